package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.InstanceAllocationStrategy;
import dev.tazza.InstanceLimits;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.PoolingConfig;
import dev.tazza.Store;
import dev.tazza.vm.code.CodeRange;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A thousand of everything, made and closed: nothing may be left. */
class LifecycleStressTest {
  private static final int TIMES = 1_000;
  private static final int WARM_UP = 200;
  private static final int MOST_ATTEMPTS = 6;

  /** Mappings that the JVM itself may add meanwhile: compiled code, heap, threads. */
  private static final int SLACK_MAPPINGS = 24;

  /**
   * What the JVM itself may add: a leak of one page for each of {@link #TIMES} would be a tenth of
   * it, of a stack or memory far more.
   */
  private static final long SLACK_KIB = 40 << 10;

  private static final String TEXT =
      """
      (module
        (memory (export "memory") 2 10)
        (table 100 funcref)
        (global $g (mut i64) (i64.const 1))
        (elem (i32.const 0) func $f)
        (data (i32.const 1000) "hello")
        (func $f (export "f") (param i32) (result i32)
          (i32.store (i32.const 70000) (local.get 0))
          (drop (memory.grow (i32.const 1)))
          (memory.fill (i32.const 0) (i32.const 1) (i32.const 500))
          (i32.add (i32.load8_u (i32.const 1000)) (i32.load (i32.const 70000))))
        (data (i32.const 2000) "%s"))
      """
          .formatted("so long that it becomes an image".repeat(1000));

  private record Usage(int mappings, int descriptors, long residentKib, long code) {
    static Usage now() throws IOException {
      System.gc();
      List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
      long resident = 0;
      for (String line : status) {
        if (line.startsWith("VmRSS:")) {
          resident = Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      int mappings = Files.readAllLines(Path.of("/proc/self/maps")).size();
      int descriptors = Objects.requireNonNull(new File("/proc/self/fd").list()).length;
      return new Usage(mappings, descriptors, resident, CodeRange.process().available());
    }

    boolean isMuchMoreThan(Usage before) {
      return code < before.code
          || descriptors > before.descriptors + 2
          || mappings > before.mappings + SLACK_MAPPINGS
          || residentKib > before.residentKib + SLACK_KIB;
    }
  }

  private interface Round {
    void run(int number);
  }

  /** What leaks grows each time; the JVM's heap and code cache grow, but not for ever. */
  private static void nothingIsLeft(Round round) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      round.run(i);
    }
    List<Usage> all = new ArrayList<>(List.of(Usage.now()));
    do {
      for (int i = 0; i < TIMES; i++) {
        round.run(i);
      }
      all.add(Usage.now());
      assertTrue(all.size() <= MOST_ATTEMPTS, () -> "it grows each time: " + all);
    } while (all.getLast().isMuchMoreThan(all.get(all.size() - 2)));
  }

  private static void use(Engine engine, Module module, int number) {
    try (Store<Void> store = new Store<>(engine)) {
      Instance instance = new Linker<Void>(engine).instantiate(store, module);
      assertEquals(number + 'h', instance.func("f").call(number)[0]);
      assertEquals(3L, instance.memory("memory").size());
    }
  }

  @Test
  void storesAndInstances() throws IOException {
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, TEXT)) {
      nothingIsLeft(number -> use(engine, module, number));
    }
  }

  @Test
  void pooledInstancesCalledAsynchronously() throws IOException {
    PoolingConfig pools = new PoolingConfig().instanceLimits(new InstanceLimits().count(4));
    Config config =
        new Config()
            .asyncSupport(true)
            .allocationStrategy(InstanceAllocationStrategy.pooling(pools));
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT)) {
      nothingIsLeft(number -> {
        try (Store<Void> store = new Store<>(engine)) {
          Instance instance = new Linker<Void>(engine).instantiate(store, module);
          assertEquals(number + 'h', instance.func("f").callAsync(number).join()[0]);
        }
      });
      assertEquals(0, engine.poolMetrics().instances());
    }
  }

  @Test
  void modules() throws IOException {
    try (Engine engine = new Engine()) {
      nothingIsLeft(number -> {
        try (Module module = Module.compile(engine, TEXT)) {
          use(engine, module, number);
        }
      });
    }
  }

  /** The code has to outlive the module as long as an instance needs it. */
  @Test
  void modulesClosedBeforeTheirInstances() throws IOException {
    try (Engine engine = new Engine()) {
      nothingIsLeft(number -> {
        try (Store<Void> store = new Store<>(engine)) {
          Instance instance;
          try (Module module = Module.compile(engine, TEXT)) {
            instance = new Linker<Void>(engine).instantiate(store, module);
          }
          assertEquals(number + 'h', instance.func("f").call(number)[0]);
        }
      });
    }
  }

  @Test
  void engines() throws IOException {
    nothingIsLeft(number -> {
      try (Engine engine = new Engine();
          Module module = Module.compile(engine, TEXT)) {
        use(engine, module, number);
      }
    });
  }

  @Test
  void failedInstantiations() throws IOException {
    String text = "(module (memory 1) (table 1 funcref) (data (i32.const 65536) \"x\"))";
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, text)) {
      nothingIsLeft(_ -> {
        try (Store<Void> store = new Store<>(engine)) {
          new Linker<Void>(engine).instantiate(store, module);
          throw new AssertionError("the segment does not fit");
        } catch (dev.tazza.Trap expected) {
          assertEquals("out of bounds memory access", expected.getMessage());
        }
      });
    }
  }
}
