package dev.tazza.vm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long PAGE = 64 << 10;
  private static final long GIB = 1L << 30;
  private static final MemoryType SMALL = new MemoryType(Limits.of(1, 10));

  private static Tunables tunables(long staticMaximum, boolean forced) {
    return Tunables.DEFAULT
        .with(Tunable.STATIC_MEMORY_MAXIMUM_SIZE, staticMaximum)
        .with(Tunable.STATIC_MEMORY_FORCED, forced)
        .with(Tunable.DYNAMIC_MEMORY_GUARD_SIZE, PAGE)
        .with(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH, 3 * PAGE);
  }

  private static MemoryPlan plan(MemoryType type, Tunables tunables) {
    return MemoryPlan.of(type, tunables);
  }

  @Test
  void staticMemoriesReserveTheBound() {
    assertEquals(
        MemoryPlan.fixed(PAGE, 10 * PAGE, 4 * GIB, 2 * GIB, 2 * GIB),
        plan(SMALL, tunables(4 * GIB, false)));
    assertEquals(
        MemoryPlan.fixed(0, 4 * GIB, 4 * GIB, 2 * GIB, 2 * GIB),
        plan(new MemoryType(Limits.of(0)), tunables(4 * GIB, false)));
    Tunables without = tunables(4 * GIB, false).with(Tunable.GUARD_BEFORE_LINEAR_MEMORY, false);
    assertEquals(0, plan(SMALL, without).guardBefore());
  }

  @Test
  void dynamicMemoriesReserveSlack() {
    MemoryPlan dynamic = plan(SMALL, tunables(9 * PAGE, false));
    assertEquals(MemoryPlan.movable(PAGE, 10 * PAGE, 3 * PAGE, PAGE, PAGE), dynamic);
    assertEquals(4 * PAGE, dynamic.reservation());
    Limits huge = new Limits(1, true, -1, true, false);
    MemoryPlan most = plan(new MemoryType(huge), tunables(4 * GIB, false));
    assertEquals(Tunables.LARGEST_MEMORY, most.maximum());
  }

  @Test
  void forcedStaticMemoriesEndAtTheBound() {
    MemoryPlan forced = plan(SMALL, tunables(2 * PAGE, true));
    assertEquals(2 * PAGE, forced.maximum());
    MemoryType large = new MemoryType(Limits.of(3));
    assertThrows(ResourceLimitException.class, () -> plan(large, tunables(2 * PAGE, true)));
  }

  @Test
  void impossibleMinimumsAreClearErrors() {
    MemoryType endless = new MemoryType(new Limits(-1, false, 0, true, false));
    assertThrows(ResourceLimitException.class, () -> plan(endless, tunables(0, false)));
  }

  @Test
  void pagesMayBeSingleBytes() {
    MemoryPlan bytes = plan(new MemoryType(Limits.of(5, 6), 0), tunables(4 * GIB, false));
    assertEquals(5, bytes.initial());
    assertEquals(6, bytes.maximum());
  }
}
