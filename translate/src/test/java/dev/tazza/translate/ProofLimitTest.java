package dev.tazza.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.codegen.Compilation;
import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Observer;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.isa.x64.X64Isa;
import dev.tazza.codegen.regalloc.SsaAllocator;
import dev.tazza.environ.StoreContext;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.WasmModule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of functions whose proof takes more of the heap than there is for each thread. */
class ProofLimitTest {
  private static final int FEW = 500;
  private static final int MANY = 1000;

  /** By compilation of the function: how many instructions it was translated to. */
  private final List<Integer> sizes = new ArrayList<>();

  /**
   * A function with so many locals that are kept, and changed, over as many branches. The fill,
   * which must begin at 0, is for the thorough proof.
   */
  private static WasmModule manyValues(int count) {
    StringBuilder text =
        new StringBuilder("(module (memory i64 1 2) (func $f (export \"f\") (param i64 i32)");
    text.append("(local").append(" i64".repeat(count)).append(")");
    for (int i = 2; i < count + 2; i++) {
      text.append("(local.set %1$d (i64.load offset=%1$d (local.get 0)))".formatted(i));
    }
    text.append("(memory.fill (local.get 0) (i32.const 7) (i64.const 131072)) (loop ");
    for (int i = 2; i < count + 2; i++) {
      text.append("(if (local.get 1) (then (local.set %1$d (i64.const %1$d))))".formatted(i));
    }
    text.append("(br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))");
    for (int i = 2; i < count + 2; i++) {
      text.append("(i64.store offset=%1$d (local.get 0) (local.get %1$d))".formatted(i));
    }
    byte[] bytes = text.append("))").toString().getBytes(StandardCharsets.UTF_8);
    return ModuleReader.read(bytes, Features.DEFAULT);
  }

  private ModuleCompiler compiler(boolean parallel, long heap) {
    Settings settings =
        new Settings(
            Effort.NONE, false, Set.of(), StoreContext.STACK_LIMIT, TrapCode.STACK_OVERFLOW.code());
    Observer observer =
        (String stage, Compilation compilation) -> {
          if (stage.equals("input") && compilation.function().name.equals("f")) {
            sizes.add(compilation.function().instCount());
          }
        };
    Compiler functions = new Compiler(X64Isa.INSTANCE, new SsaAllocator(), settings, observer);
    return new ModuleCompiler(
        functions, Tunables.DEFAULT, parallel, true, new CompilationHeap(heap));
  }

  @Test
  void isProvedAloneWithACheckBesideEachAccess() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    assertNotNull(compiler(true, 4 << 20).compile(manyValues(FEW)));
    assertEquals(3, sizes.size());
    assertEquals(sizes.get(0), sizes.get(1));
    // Each access but the first has a comparison more, and what belongs to it.
    assertTrue(sizes.get(2) > sizes.get(0) + 3 * FEW, sizes::toString);
  }

  @Test
  void isRefusedWhenThereIsNoRoomForItAlone() {
    ModuleCompiler compiler = compiler(false, 8 << 20);
    String message =
        assertThrows(ResourceLimitException.class, () -> compiler.compile(manyValues(MANY)))
            .getMessage();
    assertTrue(message.startsWith("function f is too large to be proved safe"), message);
    assertTrue(message.contains("6144 KB"), message);
    assertEquals(3, sizes.size());
    assertNotNull(compiler.compile(manyValues(FEW / 2)));
  }
}
