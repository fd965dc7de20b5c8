package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.TableType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceLimiterTest {
  private static final int PAGE = 65536;

  private static final String GROWS =
      """
      (module
        (memory (export "m") 1 9)
        (table (export "t") 2 8 funcref)
        (table (export "e") 1 externref)
        (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "table.grow") (param i32) (result i32)
          (table.grow 0 (ref.null func) (local.get 0)))
        (func (export "extern.grow") (param i32) (result i32)
          (table.grow 1 (ref.null extern) (local.get 0))))
      """;

  private final Engine engine = new Engine();
  private final Store<Void> store = new Store<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    try (Module module = Module.compile(engine, text)) {
      return new Linker<Void>(engine).instantiate(store, module);
    }
  }

  private static Object call(Instance instance, String name, int delta) {
    return instance.func(name).call(delta)[0];
  }

  @Test
  void memoriesGrowToTheBoundAndNoFurther() {
    store.limiter(StoreLimits.builder().memorySize(4 * PAGE + 5).build());
    Instance instance = instantiate(GROWS);
    assertEquals(1, call(instance, "memory.grow", 2));
    assertEquals(-1, call(instance, "memory.grow", 2));
    assertEquals(3, call(instance, "memory.grow", 1));
    assertEquals(-1, call(instance, "memory.grow", -1));
    assertEquals(4, call(instance, "memory.grow", 0));
    Memory memory = instance.memory("m");
    assertEquals(-1, memory.grow(1));
    assertEquals(4, memory.size());
    assertEquals(2, call(instance, "table.grow", 6));
    store.limiter(StoreLimits.builder().build());
    assertEquals(4, memory.grow(5));
    assertEquals(-1, memory.grow(1));
  }

  @Test
  void tablesGrowToTheBoundAndNoFurther() {
    store.limiter(StoreLimits.builder().tableElements(5).build());
    Instance instance = instantiate(GROWS);
    assertEquals(-1, call(instance, "table.grow", 4));
    assertEquals(2, call(instance, "table.grow", 3));
    assertEquals(-1, call(instance, "extern.grow", 5));
    assertEquals(1, call(instance, "extern.grow", 4));
    assertEquals(-1, call(instance, "extern.grow", -1));
    assertEquals(-1, instance.table("t").grow(1, null));
    assertEquals(5, instance.table("t").grow(0, null));
  }

  @Test
  void aRefusalIsATrapIfThatIsWanted() {
    store.limiter(
        StoreLimits.builder()
            .memorySize(2 * PAGE)
            .tableElements(3)
            .trapOnGrowFailure(true)
            .build());
    Instance instance = instantiate(GROWS);
    assertEquals(1, call(instance, "memory.grow", 1));
    for (String name : List.of("memory.grow", "table.grow", "extern.grow")) {
      Trap trap = assertThrows(Trap.class, () -> call(instance, name, 7));
      assertEquals(TrapCode.RESOURCE_LIMIT, trap.code());
      assertEquals(1, trap.frames().size());
      String what = name.startsWith("m") ? "a memory" : "a table";
      assertTrue(
          trap.getMessage().contains("resource limit exceeded: " + what + " cannot grow so far"),
          trap.getMessage());
    }
    assertThrows(Trap.class, () -> instance.memory("m").grow(1));
    assertEquals(2, instance.memory("m").size());
    assertEquals(2, call(instance, "table.grow", 1));
  }

  @Test
  void instancesNeedWhatTheyBeginWith() {
    store.limiter(StoreLimits.builder().memorySize(PAGE).tableElements(3).build());
    assertRefused("a memory of 131072 bytes, which the store's limiter", "(module (memory 2))");
    assertRefused("a table of 4 elements, which the store's limiter", "(module (table 4 funcref))");
    instantiate("(module (memory 1) (table 3 funcref))");
  }

  @Test
  void thereAreNoMoreThanMayBe() {
    store.limiter(StoreLimits.builder().instances(2).memories(2).tables(3).build());
    assertRefused(
        "the store would have 3 memories; its limiter allows 2",
        "(module (memory 1) (memory 1) (memory 1))");
    assertRefused(
        "the store would have 4 tables; its limiter allows 3",
        "(module (table 0 funcref) (table 0 funcref) (table 0 funcref) (table 0 funcref))");
    instantiate("(module (memory 1) (table 1 funcref))");
    Memory.create(store, new MemoryType(Limits.of(1)));
    assertThrows(
        ResourceLimitException.class, () -> Memory.create(store, new MemoryType(Limits.of(1))));
    Table.create(store, new TableType(RefType.FUNCREF, Limits.of(1)));
    Table.create(store, new TableType(RefType.FUNCREF, Limits.of(1)));
    assertThrows(
        ResourceLimitException.class,
        () -> Table.create(store, new TableType(RefType.FUNCREF, Limits.of(1))));
    instantiate("(module)");
    assertRefused("the store would have 3 instances; its limiter allows 2", "(module)");
  }

  private void assertRefused(String message, String module) {
    ResourceLimitException refused =
        assertThrows(ResourceLimitException.class, () -> instantiate(module));
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  /** Notes what it is asked. */
  private static final class Noting implements ResourceLimiter {
    final List<String> asked = new ArrayList<>();

    @Override
    public boolean memoryGrowing(long current, long desired, long maximum) {
      asked.add("memory " + current + " " + desired + " " + maximum);
      return true;
    }

    @Override
    public boolean tableGrowing(long current, long desired, long maximum) {
      asked.add("table " + current + " " + desired + " " + maximum);
      return true;
    }
  }

  @Test
  void limitersKnowWhatThereIsAndWhatIsWanted() {
    Noting noting = new Noting();
    store.limiter(noting);
    Instance instance = instantiate(GROWS);
    assertEquals(
        List.of("memory 0 65536 589824", "table 0 2 8", "table 0 1 " + Long.MAX_VALUE),
        noting.asked);
    noting.asked.clear();
    call(instance, "memory.grow", 2);
    call(instance, "table.grow", 1);
    instance.memory("m").grow(1);
    instance.table("e").grow(3, null);
    // Above the maximum: asked all the same, but it does not grow.
    assertEquals(-1, call(instance, "memory.grow", 100));
    assertEquals(
        List.of(
            "memory 65536 196608 589824",
            "table 2 3 8",
            "memory 196608 262144 589824",
            "table 1 4 " + Long.MAX_VALUE,
            "memory 262144 6815744 589824"),
        noting.asked);
  }

  @Test
  void whatALimiterThrowsSurfacesAsItIs() {
    Instance instance = instantiate(GROWS);
    IllegalStateException mine = new IllegalStateException("mine");
    store.limiter(
        new ResourceLimiter() {
          @Override
          public boolean memoryGrowing(long current, long desired, long maximum) {
            throw mine;
          }

          @Override
          public boolean tableGrowing(long current, long desired, long maximum) {
            return true;
          }
        });
    for (int i = 0; i < 3; i++) {
      assertSame(
          mine, assertThrows(RuntimeException.class, () -> call(instance, "memory.grow", 1)));
    }
    assertSame(mine, assertThrows(RuntimeException.class, () -> instance.memory("m").grow(1)));
    assertSame(
        mine, assertThrows(RuntimeException.class, () -> instantiate("(module (memory 1))")));
    store.limiter(StoreLimits.builder().build());
    assertEquals(1, call(instance, "memory.grow", 1));
  }

  @Test
  void aLimiterMayNotGrowWhatItIsAskedAbout() {
    Instance instance = instantiate(GROWS);
    boolean[] inside = new boolean[1];
    store.limiter(
        new ResourceLimiter() {
          @Override
          public boolean memoryGrowing(long current, long desired, long maximum) {
            if (!inside[0]) {
              inside[0] = true;
              instance.memory("m").grow(1);
            }
            return true;
          }

          @Override
          public boolean tableGrowing(long current, long desired, long maximum) {
            return true;
          }
        });
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> call(instance, "memory.grow", 1));
    assertEquals("a limiter must not grow what it is asked about", refused.getMessage());
  }

  @Test
  void boundsAreNotNegative() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> StoreLimits.builder().memorySize(-1));
    assertEquals("memorySize must not be negative, but is -1", refused.getMessage());
  }
}
