package dev.tazza.testkit.fuzz.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tazza.codegen.Compilation;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Pass;
import dev.tazza.codegen.PassList;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunables;
import dev.tazza.testkit.fuzz.address.AddressShapes.Shape;
import dev.tazza.translate.ModuleCompiler;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.text.Wat;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every pass that touches addresses has a shape near the ends of memory, and works on it. */
class ShapesOfPassesTest {
  private static final int MOST_MODULES = 60;

  /** These move blocks and values as they are. */
  private static final Set<Pass> TOUCH_NO_ADDRESSES =
      EnumSet.of(
          Pass.REMOVE_UNREACHABLE,
          Pass.REMOVE_REDUNDANT_PARAMS,
          Pass.SIMPLIFY_CONTROL_FLOW,
          Pass.ELIMINATE_DEAD_CODE,
          Pass.INSERT_PREHEADERS,
          Pass.THIN_POLLS,
          Pass.PLACE_CHARGES,
          Pass.LOCALIZE_CONSTANTS,
          Pass.SINK_INTO_PADS,
          Pass.SPLIT_CRITICAL_EDGES,
          Pass.LAY_OUT_BLOCKS);

  private static final Map<Pass, Shape> SHAPES =
      Map.ofEntries(
          Map.entry(Pass.LOOP_TAIL_CALLS, Shape.TAIL_CALLS),
          Map.entry(Pass.GUESS_CALLEES, Shape.MIXED),
          Map.entry(Pass.INLINE_CALLS, Shape.MIXED),
          Map.entry(Pass.UNROLL_LOOPS, Shape.FEW_ROUNDS),
          Map.entry(Pass.NUMBER_VALUES, Shape.OVERLAPPING),
          Map.entry(Pass.WIDEN_ELEMENT_LOOPS, Shape.ELEMENTS),
          Map.entry(Pass.WIDEN_ADDRESSES, Shape.COUNTED),
          Map.entry(Pass.HOIST_INVARIANTS, Shape.INVARIANT),
          Map.entry(Pass.ELIMINATE_DEAD_STORES, Shape.OVERLAPPING),
          Map.entry(Pass.THREAD_JUMPS, Shape.SWITCHED),
          Map.entry(Pass.UNROLL_OPEN_LOOPS, Shape.NESTED),
          Map.entry(Pass.COMPARE_NEXT_VALUES, Shape.COUNTED),
          Map.entry(Pass.LOOK_UP_VALUES, Shape.SWITCHED),
          Map.entry(Pass.SELECT_VALUES, Shape.SWITCHED));

  /** Its algebra is done by {@link Pass#NUMBER_VALUES}; alone it is for tests. */
  private static final Pass NEVER_RUN = Pass.SIMPLIFY;

  /** Those of memories with 64-bit indexes. */
  private static final Set<Pass> WIDE =
      EnumSet.of(Pass.ELIMINATE_BOUNDS_CHECKS, Pass.HOIST_BOUNDS_CHECKS);

  @Test
  void noPassIsForgotten() {
    Set<Pass> known = EnumSet.copyOf(TOUCH_NO_ADDRESSES);
    known.addAll(SHAPES.keySet());
    known.addAll(WIDE);
    assertEquals(EnumSet.complementOf(EnumSet.of(NEVER_RUN)), known);
    assertEquals(known.size(), TOUCH_NO_ADDRESSES.size() + SHAPES.size() + WIDE.size());
    assertFalse(PassList.of(Effort.SPEED).passes().contains(NEVER_RUN));
  }

  @Test
  void passesWorkOnTheirShapes() {
    Set<String> idle = new TreeSet<>();
    SHAPES.forEach((pass, shape) -> {
      boolean works = false;
      for (long seed = 1; seed <= MOST_MODULES && !works; seed++) {
        works = changes(pass, AddressModule.of(seed, List.of(shape)).text());
      }
      if (!works) {
        idle.add(pass + " on " + shape);
      }
    });
    for (Pass pass : WIDE) {
      boolean works = false;
      for (long seed = 1; seed <= MOST_MODULES && !works; seed++) {
        works = changes(pass, Memory64Module.of(seed).text());
      }
      if (!works) {
        idle.add(pass.toString());
      }
    }
    assertEquals(Set.of(), idle);
  }

  private static boolean changes(Pass pass, String text) {
    Map<Long, String> before = new HashMap<>();
    boolean[] changes = {false};
    Settings settings =
        new Settings(
            Effort.SPEED,
            false,
            Set.copyOf(X64Isa.INSTANCE.features()),
            StoreContext.STACK_LIMIT,
            TrapCode.STACK_OVERFLOW.code());
    Compiler compiler =
        new Compiler(
            X64Isa.INSTANCE,
            new SsaAllocator(),
            settings,
            (stage, compilation) -> {
              changes[0] |= stage.equals(pass.title()) && differs(before, compilation);
              before.put(compilation.function().symbol, Printer.print(compilation.function()));
            });
    Features features = Features.DEFAULT.with(Feature.THREADS).with(Feature.CUSTOM_PAGE_SIZES);
    new ModuleCompiler(compiler, Tunables.DEFAULT, false, false)
        .compile(ModuleReader.read(Wat.parse(text), features));
    return changes[0];
  }

  private static boolean differs(Map<Long, String> before, Compilation compilation) {
    String last = before.get(compilation.function().symbol);
    return last != null && !last.equals(Printer.print(compilation.function()));
  }
}
