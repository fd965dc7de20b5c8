package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.Observer;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.Wat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What options change in how functions are compiled, as somebody sees who looks on. */
class CompilerEffectTest {
  private static void compile(Config config, WasmModule module, Observer observer) {
    try (Engine engine = new Engine(config)) {
      engine.compiler().observed(observer).compile(module);
    }
  }

  private static WasmModule module(String text) {
    return ModuleReader.read(Wat.parse(text), new Config().features());
  }

  /** The mistake is one that does no harm to code, so that nobody else notices. */
  @Test
  void theVerifierFindsMistakesOfPasses() {
    WasmModule module = module("(module (func (export \"f\") (param i32)))");
    Observer mistake =
        (stage, compilation) -> {
          if (stage.equals("input")) {
            compilation.function().entry().params.getFirst().imm = 7;
          }
        };
    assertDoesNotThrow(() -> compile(new Config(), module, mistake));
    CompilerBug bug =
        assertThrows(
            CompilerBug.class, () -> compile(new Config().debugVerifier(true), module, mistake));
    assertTrue(bug.getMessage().contains("is not parameter 0"), bug.getMessage());
  }

  @Test
  void functionsAreCompiledOnSeveralThreadsOrOnOne() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor is all there is");
    StringBuilder functions = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      functions.append("(func (export \"%d\") (result i32) (i32.const 1))".formatted(i));
    }
    WasmModule module = module("(module " + functions + ")");
    assertTrue(threads(true, module).size() > 1);
    assertEquals(Set.of(Thread.currentThread()), threads(false, module));
  }

  /** Where functions are compiled. The first one waits for somebody to take another, if need be. */
  private static Set<Thread> threads(boolean parallel, WasmModule module) {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch two = new CountDownLatch(parallel ? 2 : 1);
    compile(
        new Config().parallelCompilation(parallel),
        module,
        (_, _) -> {
          if (threads.add(Thread.currentThread())) {
            two.countDown();
            await(two);
          }
        });
    return threads;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
