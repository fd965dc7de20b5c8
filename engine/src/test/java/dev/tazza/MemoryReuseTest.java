package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever wrote to a memory, and however, the next one in its place has nothing of that. */
class MemoryReuseTest {
  private static final int SIZE = 16 << 16;

  private static final String MODULE =
      """
      (module
        (memory (export "memory") 16 20)
        (data (i32.const 70000) "%s")
        (func (export "set") (param i32) (i64.store8 (local.get 0) (i64.const 255)))
        (func (export "trap") (param i32) (i64.store8 (local.get 0) (i64.const 255)) unreachable)
        (func (export "grow") (param i32)
          (drop (memory.grow (i32.const 2)))
          (i64.store8 (i32.add (local.get 0) (i32.const 131072)) (i64.const 255)))
        (func (export "mixed") (result i64) (local $at i32) (local $sum i64)
          (loop
            (local.set $sum (i64.add
              (i64.mul (local.get $sum) (i64.const 31)) (i64.load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br_if 0 (i32.lt_u (local.get $at) (i32.const 1048576))))
          (local.get $sum)))
      """
          .formatted("initial ".repeat(6000));

  private static void onAnother(boolean virtual, Runnable writes) throws InterruptedException {
    Thread thread = virtual ? Thread.startVirtualThread(writes) : new Thread(writes);
    if (!virtual) {
      thread.start();
    }
    thread.join();
  }

  private static void write(Instance tenant, int kind, int at) throws Exception {
    MemorySegment segment;
    switch (kind) {
      case 0, 1, 2, 3 -> tenant.func("set").call(at);
      case 4 -> onAnother(false, () -> tenant.func("set").call(at));
      case 5 -> onAnother(true, () -> tenant.func("set").call(at));
      case 6 -> assertThrows(Trap.class, () -> tenant.func("trap").call(at));
      case 7 -> tenant.func("grow").call(at);
      case 8 -> tenant.memory("memory").setByte(at, (byte) -1);
      case 9 -> {
        segment = tenant.memory("memory").segment();
        onAnother(false, () -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) -1));
      }
      default -> throw new AssertionError();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsLeft(boolean pooled) throws Exception {
    Config config = new Config();
    if (pooled) {
      PoolingConfig pooling = new PoolingConfig().instanceLimits(new InstanceLimits().count(1));
      config.allocationStrategy(InstanceAllocationStrategy.pooling(pooling));
    }
    Random random = new Random(1);
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, MODULE)) {
      Object expected = null;
      for (int round = 0; round < 400; round++) {
        try (Store<Void> store = new Store<>(engine)) {
          Instance tenant = Instance.instantiate(store, module, List.of());
          Object found = tenant.func("mixed").call()[0];
          expected = round == 0 ? found : expected;
          assertEquals(expected, found, "round " + round);
          int writes = random.nextInt(3);
          for (int i = 0; i < writes; i++) {
            write(tenant, random.nextInt(10), random.nextInt(SIZE));
          }
        }
      }
    }
  }
}
