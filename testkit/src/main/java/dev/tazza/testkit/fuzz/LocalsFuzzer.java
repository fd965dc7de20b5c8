package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.CoreDump;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.BinaryReader;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.module.CustomSection;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import dev.tazza.wasm.type.TypeCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Compares what debuggers are told of the locals of random modules, optimized, with what code keeps
 * that is not: the core dumps of traps, of which most come when the fuel has run out somewhere. A
 * local that an optimized frame knows must have the value that it has there.
 *
 * <p>As a program: {@code LocalsFuzzer FIRST_SEED COUNT} prints each seed that fails, and why, and
 * how many locals were known.
 */
public final class LocalsFuzzer implements AutoCloseable {
  private static final long STACK = 1 << 20;
  private static final int FEW = 6;

  /** Amounts of fuel are from 1 to 2 to the power of this. */
  private static final int GREATEST = 12;

  private static final int MISSING = 1;

  /** Of core dumps, which have all memories of a store. */
  private static final Features FEATURES =
      Features.DEFAULT.with(Feature.MULTI_MEMORY).with(Feature.THREADS);

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));
  private long known;
  private long all;

  /** Engines for the two levels. */
  public LocalsFuzzer() {}

  private static Config config(OptLevel level) {
    return new Config()
        .optLevel(level)
        .consumeFuel(true)
        .debugInfo(true)
        .coredumpOnTrap(true)
        .wasmLegacyExceptions(true)
        .wasmThreads(true)
        .parallelCompilation(false)
        .maxWasmStack(STACK);
  }

  /** How many locals optimized frames knew so far. */
  public long known() {
    return known;
  }

  /** How many numbers there were among the locals of all frames. */
  public long all() {
    return all;
  }

  /** What is wrong with the module of {@code seed}; null when nothing is. */
  public @Nullable String check(long seed) {
    RandomModule module = RandomModule.of(seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] binary = withDebugInfo(Wat.parse(module.text()));
    try (Module kept = Module.compile(plain, binary);
        Module optimized = Module.compile(optimizing, binary)) {
      for (int i = 0; i < FEW; i++) {
        long fuel = 1 + random.nextLong(1L << random.nextInt(1, GREATEST + 1));
        String difference = compare(run(module, kept, fuel), run(module, optimized, fuel));
        if (difference != null) {
          return "with fuel " + fuel + ": " + difference;
        }
      }
    }
    return null;
  }

  /** That there is a section is enough to have code tell of its locals. */
  static byte[] withDebugInfo(byte[] binary) {
    BinaryWriter section = new BinaryWriter().name(".debug_info");
    return new BinaryWriter().bytes(binary).section(SectionId.CUSTOM, section).toByteArray();
  }

  private @Nullable String compare(
      List<List<DumpedFrame>> expected, List<List<DumpedFrame>> actual) {
    for (int call = 0; call < Math.min(expected.size(), actual.size()); call++) {
      List<DumpedFrame> whole = expected.get(call);
      List<DumpedFrame> some = actual.get(call);
      if (whole.size() != some.size()) {
        continue; // the stack was used up
      }
      for (int i = 0; i < whole.size(); i++) {
        String difference = compare(whole.get(i), some.get(i));
        if (difference != null) {
          return "call " + call + ", frame " + i + ": " + difference;
        }
      }
    }
    return null;
  }

  private @Nullable String compare(DumpedFrame whole, DumpedFrame some) {
    if (whole.function() != some.function() || whole.offset() != some.offset()) {
      return null; // where memory ends, or the stack, may be told at another instruction
    }
    for (int i = 0; i < some.locals().size(); i++) {
      Long value = whole.locals().size() > i ? whole.locals().get(i) : null;
      Long told = some.locals().get(i);
      all += value == null ? 0 : 1;
      known += told == null ? 0 : 1;
      if (value != null && told != null && !value.equals(told)) {
        return "local %d of function %d at %d is %x, not %x"
            .formatted(i, some.function(), some.offset(), value, told);
      }
    }
    return null;
  }

  // Runs.

  /**
   * A frame of a core dump.
   *
   * @param locals null: missing
   */
  private record DumpedFrame(int function, int offset, List<@Nullable Long> locals) {}

  /** The frames of each call's trap, none for those that do not trap. */
  private static List<List<DumpedFrame>> run(RandomModule random, Module module, long fuel) {
    List<List<DumpedFrame>> dumps = new ArrayList<>();
    try (Store<Void> store = new Store<>(module.engine())) {
      store.setFuel(Long.MAX_VALUE / 2);
      Linker<Void> linker = Execution.linker(module.engine(), store);
      Instance instance = linker.instantiate(store, module);
      for (RandomModule.Call call : random.calls()) {
        dumps.add(List.of());
        store.setFuel(fuel);
        try {
          instance.global("fuel").set(RandomModule.FUEL);
          instance.func("f" + call.function()).call(call.arguments().toArray());
        } catch (Trap trap) {
          CoreDump dump = trap.coreDump();
          if (dump != null) {
            dumps.set(dumps.size() - 1, frames(dump));
          }
        } catch (WasmException _) {
          // thrown by the guest
        }
      }
    } catch (WasmException _) {
      // cannot be instantiated: the same on both levels
    }
    return dumps;
  }

  private static List<DumpedFrame> frames(CoreDump dump) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      dump.writeTo(out, "random");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WasmModule module = ModuleReader.read(out.toByteArray(), FEATURES);
    CustomSection section = module.customSection("corestack");
    if (section == null) {
      throw new IllegalStateException("a core dump without a stack");
    }
    BinaryReader in = new BinaryReader(module.bytes(), section.start(), section.end());
    in.u8();
    in.name();
    int count = in.u32();
    List<DumpedFrame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      in.u8();
      in.u32(); // the instance
      int function = in.u32();
      int offset = in.u32();
      List<@Nullable Long> locals = new ArrayList<>();
      int localCount = in.u32();
      for (int k = 0; k < localCount; k++) {
        locals.add(value(in));
      }
      frames.add(new DumpedFrame(function, offset, locals));
      if (in.u32() != 0) {
        throw new IllegalStateException("values of the operand stack");
      }
    }
    return frames;
  }

  private static @Nullable Long value(BinaryReader in) {
    int type = in.u8();
    return switch (type) {
      case MISSING -> null;
      case TypeCode.I32, TypeCode.I64 -> in.s64();
      case TypeCode.F32 -> (long) in.fixed32();
      case TypeCode.F64 -> in.fixed64();
      default -> throw new IllegalStateException("a value of type " + type);
    };
  }

  @Override
  public void close() {
    plain.close();
    optimizing.close();
  }

  /** See the class. */
  public static void main(String[] args) {
    try (LocalsFuzzer fuzzer = new LocalsFuzzer()) {
      Seeds.check(args, fuzzer::check);
      System.out.println(fuzzer.known() + " of " + fuzzer.all() + " locals were known");
    }
  }
}
