package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.vm.call.GuestStack;
import dev.tazza.wasm.PoolExhaustedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolingTest {
  private static final String MODULE =
      """
      (module
        (memory (export "memory") 2)
        (table (export "table") 10 externref)
        (global (export "global") (mut i64) (i64.const 5))
        (data (i32.const 70000) "initial")
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "growTable") (param i32) (result i32)
          (table.grow (ref.null extern) (local.get 0)))
        (func (export "swap") (param i32 i32) (result i32)
          (i32.load (local.get 0))
          (i32.store (local.get 0) (local.get 1))))
      """;

  private static Config config(InstanceLimits limits) {
    return config(new PoolingConfig().instanceLimits(limits));
  }

  private static Config config(PoolingConfig pooling) {
    return new Config().allocationStrategy(InstanceAllocationStrategy.pooling(pooling));
  }

  private static InstanceLimits limits() {
    return new InstanceLimits().count(3);
  }

  // Limits.

  private static String refusal(InstanceLimits limits, String module) {
    try (Engine engine = new Engine(config(limits));
        Store<Void> store = new Store<>(engine);
        Module compiled = Module.compile(engine, module)) {
      ResourceLimitException refused =
          assertThrows(
              ResourceLimitException.class, () -> Instance.instantiate(store, compiled, List.of()));
      assertEquals(0, engine.poolMetrics().instances(), "nothing is taken");
      return refused.getMessage();
    }
  }

  @Test
  void modulesThatDoNotFitAreRefusedByTheNameOfTheLimit() {
    assertEquals(
        "the module defines 2 memories, above the pool's limit of 1 (InstanceLimits.memories)",
        refusal(limits(), "(module (memory 1) (memory 1))"));
    assertEquals(
        "the module defines 3 memories, above the pool's limit of 2 (InstanceLimits.memories)",
        refusal(limits().memories(2), "(module (memory 1) (memory 1) (memory 1))"));
    assertEquals(
        "the module defines 1 tables, above the pool's limit of 0 (InstanceLimits.tables)",
        refusal(limits().tables(0), "(module (table 1 funcref))"));
    assertEquals(
        "memory 0 has at least 10551296 bytes, above the pool's limit of 10485760"
            + " (InstanceLimits.memoryPages)",
        refusal(limits(), "(module (memory 161))"));
    assertEquals(
        "table 0 has at least 10001 elements, above the pool's limit of 10000"
            + " (InstanceLimits.tableElements)",
        refusal(limits(), "(module (table 10001 funcref))"));
    assertEquals(
        "table 0 has at least 18446744073709551615 elements, above the pool's limit of 10000"
            + " (InstanceLimits.tableElements)",
        refusal(limits(), "(module (table i64 0xffffffffffffffff funcref))"));
    String size = refusal(limits().size(40), "(module (memory 1) (global i32 (i32.const 1)))");
    assertTrue(
        size.matches(
            "an instance of the module takes \\d+ bytes \\(\\d+ for its context, 0 for imported"
                + " functions, 0 for tables\\), above the pool's limit of 40"
                + " \\(InstanceLimits.size\\)"),
        size);
  }

  @Test
  void whatIsImportedAndWhatTheHostMakesDoesNotCount() {
    try (Engine engine = new Engine(config(limits().memories(0).memoryPages(0)));
        Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, "(module (import \"\" \"m\" (memory 200)))")) {
      Memory memory = Memory.create(store, new MemoryType(Limits.of(200)));
      Instance.instantiate(store, module, List.of(memory));
      assertEquals(0, engine.poolMetrics().memories());
      assertEquals(1, engine.poolMetrics().instances());
    }
  }

  @Test
  void growthEndsAtTheLimits() {
    try (Engine engine = new Engine(config(limits().memoryPages(5).tableElements(1000)));
        Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, MODULE)) {
      Instance instance = Instance.instantiate(store, module, List.of());
      assertEquals(2, instance.func("grow").call(3)[0]);
      assertEquals(-1, instance.func("grow").call(1)[0]);
      assertEquals(10, instance.func("growTable").call(990)[0]);
      assertEquals(-1, instance.func("growTable").call(1)[0]);
      assertEquals(1, engine.poolMetrics().tables(), "it has outgrown its first place");
    }
  }

  @Test
  void limitsMustFit() {
    IllegalArgumentException tooLarge =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Engine(config(limits()).staticMemoryMaximumSize(1 << 20)));
    assertEquals(
        "InstanceLimits.memoryPages (10485760 bytes) must not exceed staticMemoryMaximumSize"
            + " (1048576)",
        tooLarge.getMessage());
    assertRefused("count", limits -> limits.count(0));
    assertRefused("size", limits -> limits.size(0));
    assertRefused("tables", limits -> limits.tables(-1));
    assertRefused("tableElements", limits -> limits.tableElements(-1));
    assertRefused("memories", limits -> limits.memories(-1));
    assertRefused("memoryPages", limits -> limits.memoryPages(-1));
    IllegalArgumentException tooMany =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Engine(config(new InstanceLimits().count(100_000))));
    assertTrue(tooMany.getMessage().contains("128 TiB"), tooMany.getMessage());
  }

  private static void assertRefused(String limit, Consumer<InstanceLimits> setter) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> setter.accept(new InstanceLimits()));
    assertTrue(refused.getMessage().startsWith("InstanceLimits." + limit + " must be from"));
  }

  @Test
  void theEngineTakesASnapshot() {
    InstanceLimits limits = limits();
    PoolingConfig pooling = new PoolingConfig().instanceLimits(limits);
    Config config = config(pooling);
    limits.count(1);
    pooling.instanceLimits(limits);
    try (Engine engine = new Engine(config)) {
      assertEquals(3, engine.poolMetrics().count());
    }
  }

  @Test
  void withoutPoolsThereAreNoMetrics() {
    try (Engine engine = new Engine()) {
      assertThrows(IllegalStateException.class, engine::poolMetrics);
    }
  }

  // Exhaustion.

  @Test
  void oneInstanceTooMany() {
    try (Engine engine = new Engine(config(limits()));
        Module module = Module.compile(engine, MODULE);
        Store<Void> store = new Store<>(engine)) {
      for (int i = 0; i < 3; i++) {
        Instance.instantiate(store, module, List.of());
      }
      PoolExhaustedException exhausted =
          assertThrows(
              PoolExhaustedException.class, () -> Instance.instantiate(store, module, List.of()));
      assertEquals("maximum concurrent instance limit of 3 reached", exhausted.getMessage());
      assertEquals("instance", exhausted.kind());
      assertEquals(3, exhausted.limit());
      assertEquals(3, engine.poolMetrics().instances());
      assertEquals(3, engine.poolMetrics().memories());
      store.close();
      assertEquals(0, engine.poolMetrics().instances());
      assertEquals(0, engine.poolMetrics().memories());
      try (Store<Void> next = new Store<>(engine)) {
        Instance.instantiate(next, module, List.of());
      }
    }
  }

  @Test
  void oneStoreTooMany() {
    try (Engine engine = new Engine(config(limits().count(1)))) {
      try (Store<Void> store = new Store<>(engine)) {
        assertEquals(1, engine.poolMetrics().stacks());
        PoolExhaustedException exhausted =
            assertThrows(PoolExhaustedException.class, () -> new Store<Void>(engine));
        assertEquals("maximum concurrent stack limit of 1 reached", exhausted.getMessage());
        assertTrue(!store.vm().isClosed());
      }
      new Store<Void>(engine).close();
      assertEquals(0, engine.poolMetrics().stacks());
    }
  }

  @Test
  void whoMayWaitGetsWhatBecomesFree() throws Exception {
    PoolingConfig pooling =
        new PoolingConfig()
            .instanceLimits(limits().count(1))
            .acquireTimeout(Duration.ofMinutes(10));
    try (Engine engine = new Engine(config(pooling))) {
      Store<Void> first = new Store<>(engine);
      FutureTask<Void> second =
          new FutureTask<>(() -> {
            new Store<Void>(engine).close();
            return null;
          });
      Thread waiting = Thread.ofPlatform().start(second);
      while (!second.isDone() && waiting.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      first.close();
      second.get(5, TimeUnit.MINUTES);
    }
  }

  @Test
  void waitingEnds() {
    PoolingConfig pooling =
        new PoolingConfig().instanceLimits(limits().count(1)).acquireTimeout(Duration.ofMillis(5));
    try (Engine engine = new Engine(config(pooling));
        Store<Void> store = new Store<>(engine)) {
      assertThrows(PoolExhaustedException.class, () -> new Store<Void>(store.engine()));
      Thread.currentThread().interrupt();
      assertThrows(PoolExhaustedException.class, () -> new Store<Void>(store.engine()));
      assertTrue(Thread.interrupted(), "the interruption is for others to see, too");
    }
  }

  // Whom a slot is for.

  private static long baseOfNext(Engine engine, Module module) {
    try (Store<Void> store = new Store<>(engine)) {
      return Instance.instantiate(store, module, List.of()).memory("memory").segment().address();
    }
  }

  private static final String WITH_IMAGE =
      "(module (memory (export \"memory\") 2) (data (i32.const 0) \"%s\"))"
          .formatted("x".repeat(40_000));

  @Test
  void strategiesChooseTheSlot() {
    for (PoolingAllocationStrategy strategy : PoolingAllocationStrategy.values()) {
      PoolingConfig pooling = new PoolingConfig().strategy(strategy).instanceLimits(limits());
      try (Engine engine = new Engine(config(pooling));
          Module first = Module.compile(engine, WITH_IMAGE);
          Module second = Module.compile(engine, WITH_IMAGE)) {
        Set<Long> ofFirst = new HashSet<>();
        Set<Long> ofSecond = new HashSet<>();
        for (int i = 0; i < 100; i++) {
          ofFirst.add(baseOfNext(engine, first));
          ofSecond.add(baseOfNext(engine, second));
        }
        switch (strategy) {
          case NEXT_AVAILABLE -> {
            assertEquals(1, ofFirst.size());
            assertEquals(ofFirst, ofSecond);
          }
          case RANDOM -> {
            assertEquals(3, ofFirst.size());
            assertEquals(ofFirst, ofSecond);
          }
          case REUSE_AFFINITY -> {
            assertEquals(1, ofFirst.size());
            assertEquals(1, ofSecond.size());
            assertTrue(!ofFirst.equals(ofSecond));
            assertEquals(198, engine.poolMetrics().memoriesReused());
          }
        }
      }
    }
  }

  @Test
  void noMoreSlotsStayWarmThanMay() {
    PoolingConfig pooling = new PoolingConfig().instanceLimits(limits()).maxUnusedWarmSlots(1);
    try (Engine engine = new Engine(config(pooling));
        Module module = Module.compile(engine, WITH_IMAGE)) {
      try (Store<Void> store = new Store<>(engine)) {
        for (int i = 0; i < 3; i++) {
          Instance.instantiate(store, module, List.of());
        }
      }
      assertEquals(1, engine.poolMetrics().unusedWarmMemories());
    }
  }

  // Isolation.

  /** Memory, table, globals and stack of whoever comes next are as if nobody had been there. */
  @ParameterizedTest
  @EnumSource(PoolingAllocationStrategy.class)
  void nothingOfOneTenantIsSeenByTheNext(PoolingAllocationStrategy strategy) {
    for (boolean scan : new boolean[] {true, false}) {
      for (long kept : new long[] {0, 8192, 256 << 10}) {
        PoolingConfig pooling =
            new PoolingConfig()
                .strategy(strategy)
                .instanceLimits(new InstanceLimits().count(2))
                .pagemapScan(scan)
                .linearMemoryKeepResident(kept)
                .tableKeepResident(kept)
                .asyncStackKeepResident(kept)
                .decommitBatchSize(kept == 0 ? 2 : 1);
        try (Engine engine = new Engine(config(pooling).asyncStackZeroing(true));
            Module module = Module.compile(engine, MODULE)) {
          for (int i = 0; i < 10; i++) {
            try (Store<Void> store = new Store<>(engine)) {
              Instance tenant = Instance.instantiate(store, module, List.of());
              assertClean(tenant);
              soil(tenant, i % 3 == 0 ? 100_000 : 100);
            }
          }
        }
      }
    }
  }

  private static void soil(Instance tenant, int bytes) {
    tenant.func("grow").call(3);
    Memory memory = tenant.memory("memory");
    memory.fill(0, bytes, (byte) 0xee);
    memory.fill(memory.byteSize() - 10, 10, (byte) 0xee);
    memory.fill(70_003, 2, (byte) 0xee);
    Table table = tenant.table("table");
    table.grow(500, "secret");
    for (int i = 0; i < 10; i++) {
      table.set(i, "secret " + i);
    }
    tenant.global("global").set(0x5ec7e7L);
  }

  private static void assertClean(Instance tenant) {
    Memory memory = tenant.memory("memory");
    assertEquals(2 << 16, memory.byteSize());
    byte[] bytes = memory.read(0, 2 << 16);
    for (int i = 0; i < bytes.length; i++) {
      int expected = i >= 70_000 && i < 70_007 ? "initial".charAt(i - 70_000) : 0;
      if (bytes[i] != expected) {
        assertEquals(expected, bytes[i], "byte " + i);
      }
    }
    tenant.func("grow").call(4);
    byte[] grown = memory.read(2 << 16, 4 << 16);
    for (byte each : grown) {
      if (each != 0) {
        assertEquals(0, each);
      }
    }
    assertEquals(5L, tenant.global("global").get());
    Table table = tenant.table("table");
    assertEquals(10, table.size());
    table.grow(600, null);
    for (int i = 0; i < 610; i++) {
      assertNull(table.get(i));
    }
  }

  /** Code that is wrong on purpose would be needed to see more of a stack than this. */
  @Test
  void stacksAreClearedWhenAskedFor() {
    PoolingConfig pooling =
        new PoolingConfig().instanceLimits(limits().count(1)).asyncStackKeepResident(16 << 10);
    String module =
        """
        (module (func $f (export "f") (param i32 i64) (result i64)
          (if (result i64) (i32.eqz (local.get 0)) (then (local.get 1))
            (else (i64.add (call $f (i32.sub (local.get 0) (i32.const 1)) (local.get 1))
              (local.get 1))))))
        """;
    try (Engine engine = new Engine(config(pooling).asyncStackZeroing(true));
        Module compiled = Module.compile(engine, module)) {
      try (Store<Void> store = new Store<>(engine)) {
        Instance.instantiate(store, compiled, List.of()).func("f").call(3000, 0x5ec7e75ec7e7L);
      }
      GuestStack stack = engine.stacks().acquire();
      try {
        for (long at = stack.limit(); at < stack.top(); at += 8) {
          assertEquals(0, NativeMemory.getLong(at));
        }
      } finally {
        engine.stacks().release(stack);
      }
    }
  }

  @Test
  void stacksKeepAsMuchAsIsSaid() {
    for (long kept : new long[] {0, 32 << 10}) {
      PoolingConfig pooling =
          new PoolingConfig().instanceLimits(limits().count(1)).asyncStackKeepResident(kept);
      try (Engine engine = new Engine(config(pooling))) {
        GuestStack stack = engine.stacks().acquire();
        NativeMemory.fill(stack.limit(), stack.top() - stack.limit(), (byte) 1);
        engine.stacks().release(stack);
        GuestStack again = engine.stacks().acquire();
        long left = 0;
        for (long at = again.limit(); at < again.top(); at++) {
          left += NativeMemory.getByte(at);
        }
        assertEquals(kept, left);
        engine.stacks().release(again);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tablesKeepAsMuchAsIsSaid(boolean scan) {
    long elements = 8192; // 64 KiB
    for (long kept : new long[] {0, 64 << 10}) {
      InstanceLimits limits = limits().count(1).tableElements((int) elements);
      PoolingConfig pooling =
          new PoolingConfig().instanceLimits(limits).pagemapScan(scan).tableKeepResident(kept);
      try (Engine engine = new Engine(config(pooling));
          Module module = Module.compile(engine, MODULE)) {
        long address;
        try (Store<Void> store = new Store<>(engine)) {
          Table table = Instance.instantiate(store, module, List.of()).table("table");
          table.grow(elements - table.size(), "secret");
          address = table.vm().storage().base();
        }
        assertEquals(kept, residentBytes(address, elements * 8));
      }
    }
  }

  @Test
  void memoriesKeepAsMuchAsIsSaid() {
    for (long kept : new long[] {0, PIECE}) {
      PoolingConfig pooling =
          new PoolingConfig().instanceLimits(limits().count(1)).linearMemoryKeepResident(kept);
      try (Engine engine = new Engine(config(pooling));
          Module module = Module.compile(engine, TWO_PAGES)) {
        assertEquals(kept, residentBytes(soilMemory(engine, module, 0), 2 * PIECE));
      }
    }
  }

  /** What was written is known by a scan; else what is to stay is the first part. */
  @Test
  void scansFindWhatWasWritten() {
    for (boolean scan : new boolean[] {true, false}) {
      PoolingConfig pooling =
          new PoolingConfig()
              .instanceLimits(limits().count(1))
              .linearMemoryKeepResident(PIECE)
              .pagemapScan(scan);
      try (Engine engine = new Engine(config(pooling));
          Module module = Module.compile(engine, TWO_PAGES)) {
        long second = soilMemory(engine, module, PIECE) + PIECE;
        assertEquals(scan ? PIECE : 0, residentBytes(second, PIECE));
      }
    }
  }

  @Test
  void pagesAreGivenBackInBatches() {
    PoolingConfig pooling =
        new PoolingConfig()
            .instanceLimits(limits().count(3))
            .linearMemoryKeepResident(0)
            .decommitBatchSize(2);
    try (Engine engine = new Engine(config(pooling));
        Module module = Module.compile(engine, TWO_PAGES)) {
      long first = soilMemory(engine, module, 0);
      assertEquals(PIECE, residentBytes(first, PIECE));
      soilMemory(engine, module, 0);
      assertEquals(0, residentBytes(first, PIECE));
    }
  }

  private static final long PIECE = 64 << 10;
  private static final String TWO_PAGES = "(module (memory (export \"memory\") 2))";

  /** Has a tenant write to 64 KiB of its memory and leave; gives where the memory was. */
  private static long soilMemory(Engine engine, Module module, long from) {
    try (Store<Void> store = new Store<>(engine)) {
      Memory memory = Instance.instantiate(store, module, List.of()).memory("memory");
      memory.segment().asSlice(from, PIECE).fill((byte) 1);
      return memory.segment().address();
    }
  }

  /** Pages that somebody has written to since they were given back, also if with zeros. */
  private static long residentBytes(long address, long bytes) {
    long[] runs = new long[64];
    int count = Os.host().modifiedRuns(address, bytes, runs);
    assumeTrue(count >= 0, "the system does not tell which pages there are");
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += runs[2 * i + 1];
    }
    return sum;
  }

  // Lifetimes.

  @Test
  @Timeout(120)
  void whatNobodyClosesComesBack() throws InterruptedException {
    try (Engine engine = new Engine(config(limits()));
        Module module = Module.compile(engine, MODULE)) {
      for (int i = 0; i < 3; i++) {
        Instance.instantiate(new Store<Void>(engine), module, List.of());
      }
      while (engine.poolMetrics().instances() > 0) {
        System.gc();
        Thread.onSpinWait();
      }
      assertEquals(0, engine.poolMetrics().memories());
    }
  }

  @Test
  void storesGoOnWhenTheEngineIsClosed() {
    Engine engine = new Engine(config(limits()));
    Module module = Module.compile(engine, MODULE);
    Store<Void> store = new Store<>(engine);
    engine.close();
    Instance instance = Instance.instantiate(store, module, List.of());
    assertEquals(0, instance.func("swap").call(8, 5)[0]);
    module.close();
    assertEquals(5, instance.func("swap").call(8, 6)[0]);
    store.close();
  }

  @Test
  void aTrapWhileInstantiatingKeepsNothingForEver() {
    try (Engine engine = new Engine(config(limits()));
        Module module =
            Module.compile(engine, "(module (memory 1) (func $f unreachable) (start $f))")) {
      for (int i = 0; i < 10; i++) {
        try (Store<Void> store = new Store<>(engine)) {
          assertThrows(Trap.class, () -> Instance.instantiate(store, module, List.of()));
        }
      }
      assertEquals(0, engine.poolMetrics().instances());
    }
  }

  // All at once.

  /** Each thread leaves its mark where it can, and must find none. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void threadsShareThePools(boolean async) throws Exception {
    PoolingConfig pooling =
        new PoolingConfig().instanceLimits(new InstanceLimits().count(12)).maxUnusedWarmSlots(5);
    try (Engine engine = new Engine(config(pooling).asyncSupport(async));
        Module plain = Module.compile(engine, MODULE);
        Module image = Module.compile(engine, MODULE.replace("initial", "initial".repeat(4000)))) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int number = thread << 20;
        tasks.add(() -> {
          Deque<Tenant> open = new ArrayDeque<>();
          for (int i = 1; i <= 500; i++) {
            if (open.size() == 3) {
              open.remove().leave(async);
            }
            open.add(Tenant.move(engine, i % 3 == 0 ? image : plain, number + i, async));
          }
          while (!open.isEmpty()) {
            open.remove().leave(async);
          }
          return null;
        });
      }
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        for (Future<Void> done : threads.invokeAll(tasks)) {
          done.get();
        }
      }
      PoolMetrics metrics = engine.poolMetrics();
      assertEquals(0, metrics.instances() + metrics.stacks() + metrics.memories());
      assertEquals(2000, metrics.memoriesTaken());
      assertTrue(metrics.unusedWarmMemories() <= 5);
    }
  }

  /** Whoever has an instance, and a mark in its memory. */
  private record Tenant(Store<Void> store, Func swap, int mark) {
    private static final int[] ADDRESSES = {0, 40_000, 131_068};

    /** Finds an instance as it should be. */
    static Tenant move(Engine engine, Module module, int mark, boolean async) throws Exception {
      Store<Void> store = new Store<>(engine);
      Func swap = Instance.instantiate(store, module, List.of()).func("swap");
      for (int address : ADDRESSES) {
        assertEquals(0, call(swap, async, address, mark));
      }
      return new Tenant(store, swap, mark);
    }

    /** Finds it as it was left. */
    void leave(boolean async) throws Exception {
      for (int address : ADDRESSES) {
        assertEquals(mark, call(swap, async, address, 0x5ec7e7));
      }
      store.close();
    }
  }

  private static Object call(Func swap, boolean async, int address, int mark) throws Exception {
    Object[] args = {address, mark};
    return (async ? swap.callAsync(args).get(1, TimeUnit.MINUTES) : swap.call(args))[0];
  }
}
