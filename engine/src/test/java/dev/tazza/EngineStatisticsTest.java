package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What an engine's stores and modules are counted to take. */
class EngineStatisticsTest {
  private static final long PAGE = 65536;

  @Test
  void storesAndModulesAreCounted() {
    try (Engine engine = new Engine()) {
      assertEquals(new EngineStatistics(0, 0, 0, 0, 0, null), engine.statistics());
      Module module =
          Module.compile(engine, "(module (memory (export \"memory\") 2) (func (export \"f\")))");
      long code = engine.statistics().codeBytes();
      assertTrue(code > 0);
      assertEquals(1, engine.statistics().modules());

      Store<Void> store = new Store<>(engine);
      Linker<Void> linker = new Linker<>(engine);
      Instance first = linker.instantiate(store, module);
      linker.instantiate(store, module);
      assertEquals(new EngineStatistics(1, 2, 4 * PAGE, 1, code, null), engine.statistics());
      first.memory("memory").grow(3);
      assertEquals(7 * PAGE, engine.statistics().memoryBytes());

      module.close();
      assertEquals(1, engine.statistics().modules(), "its instances need it");
      store.close();
      assertEquals(new EngineStatistics(0, 0, 0, 0, 0, null), engine.statistics());
      assertNull(engine.statistics().pool());
    }
  }

  @Test
  void functionsAreCountedWhenTheyAreCompiled() {
    String text = "(module (func (export \"f\") (result i32) (i32.const 1)) (func (export \"g\")))";
    try (Engine engine = new Engine()) {
      assertEquals(new CompilationProgress(0, 0), engine.compilationProgress());
      Module.compile(engine, text);
      assertEquals(new CompilationProgress(2, 2), engine.compilationProgress());
      engine.precompileModule(text.getBytes(StandardCharsets.UTF_8));
      assertEquals(new CompilationProgress(4, 4), engine.compilationProgress());
    }
  }

  @Test
  void poolsAreInThere() {
    Config config =
        new Config().allocationStrategy(InstanceAllocationStrategy.pooling(new PoolingConfig()));
    try (Engine engine = new Engine(config);
        Store<Void> _ = new Store<>(engine)) {
      PoolMetrics pool = engine.statistics().pool();
      assertTrue(pool != null && pool.stacks() == 1, String.valueOf(pool));
    }
  }
}
