package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.LinkException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memories that several stores use, seen from Java and by plain loads and stores of guests. */
class SharedMemoryTest {
  private static final int PAGE = 65536;

  private static final String USER =
      """
      (module
        (memory (export "imported") (import "env" "memory") 1 10 shared)
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
        (func (export "size") (result i32) (memory.size))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
      """;

  private static final String OWNER =
      """
      (module
        (memory (export "memory") 1 10 shared)
        (data (i32.const 8) "shared")
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
        (func (export "size") (result i32) (memory.size))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
      """;

  private final Engine engine = new Engine(new Config().wasmThreads(true));
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(engine));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T open(T what) {
    opened.add(what);
    return what;
  }

  private Store<Void> newStore() {
    return open(new Store<Void>(engine));
  }

  private SharedMemory newMemory() {
    return open(SharedMemory.create(engine, MemoryType.shared(1, 10)));
  }

  private Linker<Void> linker(SharedMemory memory) {
    return new Linker<Void>(engine).define("env", "memory", memory);
  }

  private static int call(Instance instance, String name, Object... args) {
    Object[] results = instance.func(name).call(args);
    return results.length == 0 ? 0 : (int) results[0];
  }

  @Test
  void twoStoresSeeTheSameBytesAndLength() {
    Module module = open(Module.compile(engine, USER));
    SharedMemory memory = newMemory();
    Linker<Void> linker = linker(memory);
    Instance one = linker.instantiate(newStore(), module);
    Instance two = linker.instantiate(newStore(), module);
    call(one, "store", 100, 42);
    assertEquals(42, call(two, "load", 100));
    assertEquals(42, memory.getInt(100));
    memory.setInt(104, -7);
    assertEquals(-7, call(one, "load", 104));

    assertThrows(Trap.class, () -> call(two, "load", PAGE));
    assertEquals(1, call(one, "grow", 2));
    assertEquals(3, call(two, "size"));
    assertEquals(3, memory.size());
    assertEquals(0, call(two, "load", 3 * PAGE - 4));
    assertThrows(Trap.class, () -> call(two, "load", 3 * PAGE - 3));
    assertEquals(3, memory.grow(1));
    assertEquals(4, call(one, "size"));
    assertEquals(4L * PAGE, memory.byteSize());
    assertEquals(-1, call(one, "grow", 7));
    assertEquals(4, call(two, "grow", 6));
    assertEquals(-1, memory.grow(1));
    assertEquals(10, memory.grow(0));
    assertEquals(-1, memory.grow(-1));
  }

  @Test
  void theMemoryOfAnInstanceIsForOtherStoresToo() {
    Instance owner = new Linker<Void>(engine).instantiate(newStore(), open(compile(OWNER)));
    Memory own = owner.memory("memory");
    assertTrue(own.isShared());
    SharedMemory memory = open(own.shared());
    assertEquals(MemoryType.shared(1, 10), memory.type());
    assertArrayEquals("shared".getBytes(), memory.read(8, 6));

    Module module = open(compile(USER));
    Instance byHandle = linker(memory).instantiate(newStore(), module);
    // The memory as it is in one store stands for what it is in another.
    Instance byExtern =
        new Linker<Void>(engine).define("env", "memory", own).instantiate(newStore(), module);
    Instance byList = Instance.instantiate(newStore(), module, List.of(own));
    call(byHandle, "grow", 1);
    for (Instance instance : List.of(owner, byExtern, byList, byHandle)) {
      assertEquals(2, call(instance, "size"));
      call(instance, "store", PAGE, call(instance, "load", PAGE) + 1);
    }
    assertEquals(4, memory.getInt(PAGE));
  }

  private Module compile(String text) {
    return Module.compile(engine, text);
  }

  @Test
  void oneStoreHasOneMemoryHoweverOftenItImportsIt() {
    Module module =
        open(
            compile(
                """
                (module
                  (memory (import "env" "memory") 1 10 shared)
                  (memory (import "env" "memory") 1 10 shared)
                  (func (export "same") (result i32)
                    (i32.store 0 (i32.const 0) (i32.const 5))
                    (i32.load 1 (i32.const 0))))
                """));
    Store<Void> store = newStore();
    Linker<Void> linker = linker(newMemory());
    linker.instantiate(store, module);
    assertEquals(5, call(linker.instantiate(store, module), "same"));
  }

  // Lifetimes.

  @Test
  void lastsAsLongAsSomebodyUsesIt() {
    SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 10));
    Module module = open(compile(USER));
    Store<Void> first = new Store<>(engine);
    Store<Void> second = new Store<>(engine);
    Linker<Void> linker = linker(memory);
    Instance one = linker.instantiate(first, module);
    Instance two = linker.instantiate(second, module);
    MemorySegment segment = memory.segment();
    call(one, "store", 0, 17);
    memory.close();
    memory.close();
    assertThrows(IllegalStateException.class, () -> memory.getInt(0));
    assertThrows(IllegalStateException.class, () -> linker.instantiate(newStore(), module));
    first.close();
    assertEquals(17, call(two, "load", 0));
    SharedMemory again = exported(two).shared();
    second.close();
    assertEquals(17, segment.get(ValueLayout.JAVA_INT, 0));
    assertEquals(17, again.getInt(0));
    again.close();
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_INT, 0));
  }

  private static Memory exported(Instance instance) {
    return instance.memory("imported");
  }

  @Test
  void outlivesItsEngine() {
    Engine other = new Engine(new Config().wasmThreads(true));
    SharedMemory memory = SharedMemory.create(other, MemoryType.shared(1, 2));
    other.close();
    memory.setInt(0, 3);
    assertEquals(3, memory.getInt(0));
    assertEquals(1, memory.grow(1));
    memory.close();
    assertThrows(
        IllegalStateException.class, () -> SharedMemory.create(other, MemoryType.shared(1, 2)));
  }

  // What is refused.

  @Test
  void importsMustFit() {
    Module shared = open(compile(USER));
    Module unshared = open(compile("(module (memory (import \"env\" \"memory\") 1 10))"));
    SharedMemory memory = newMemory();
    assertThrows(LinkException.class, () -> linker(memory).instantiate(newStore(), unshared));
    Store<Void> store = newStore();
    Memory own = Memory.create(store, new MemoryType(Limits.of(1, 10)));
    assertThrows(
        LinkException.class, () -> Instance.instantiate(store, shared, List.of((Extern) own)));
    assertFalse(own.isShared());
    assertThrows(IllegalStateException.class, own::shared);
    try (SharedMemory larger = SharedMemory.create(engine, MemoryType.shared(1, 11))) {
      assertThrows(LinkException.class, () -> linker(larger).instantiate(newStore(), shared));
    }
    try (Engine other = new Engine(new Config().wasmThreads(true));
        Store<Void> foreign = new Store<>(other)) {
      assertThrows(IllegalArgumentException.class, () -> memory.in(foreign));
      assertThrows(
          IllegalArgumentException.class,
          () -> new Linker<Void>(other).define("env", "memory", memory));
    }
  }

  @Test
  void typesMustBeThoseOfSharedMemories() {
    MemoryType noMaximum = new MemoryType(new Limits(1, false, 0, false, true));
    assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(engine, noMaximum));
    MemoryType unshared = new MemoryType(Limits.of(1, 2));
    assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(engine, unshared));
    MemoryType wrongOrder = MemoryType.shared(2, 1);
    assertThrows(IllegalArgumentException.class, () -> SharedMemory.create(engine, wrongOrder));
    try (Engine off = new Engine()) {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class, () -> SharedMemory.create(off, MemoryType.shared(1, 2)));
      assertTrue(refused.getMessage().contains("wasmThreads"), refused.getMessage());
    }
    MemoryType huge = new MemoryType(new Limits(1, true, 1L << 48, true, true));
    ResourceLimitException noRoom =
        assertThrows(ResourceLimitException.class, () -> SharedMemory.create(engine, huge));
    assertTrue(noRoom.getMessage().contains("reserved"), noRoom.getMessage());
  }

  @Test
  void accessesAreChecked() {
    SharedMemory memory = newMemory();
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getInt(PAGE));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.setLong(-8, 1));
    assertThrows(IllegalArgumentException.class, () -> memory.getInt(2));
    assertThrows(IllegalArgumentException.class, () -> memory.getAndAddLong(4, 1));
    assertThrows(IllegalArgumentException.class, () -> memory.atomicNotify(1, 1));
    assertThrows(IllegalArgumentException.class, () -> memory.atomicWait64(4, 0, Duration.ZERO));
    assertThrows(
        IndexOutOfBoundsException.class, () -> memory.atomicWait32(PAGE, 0, Duration.ZERO));
  }

  // Limits.

  @Test
  void eachStoresLimiterDecidesWhatThatStoreLetsGrow() {
    Module module = open(compile(USER));
    SharedMemory memory = newMemory();
    Linker<Void> linker = linker(memory);
    Store<Void> limited = newStore();
    limited.limiter(StoreLimits.builder().memorySize(2L * PAGE).build());
    Instance bounded = linker.instantiate(limited, module);
    Instance free = linker.instantiate(newStore(), module);
    assertEquals(1, call(bounded, "grow", 1));
    assertEquals(-1, call(bounded, "grow", 1));
    assertEquals(2, call(free, "grow", 1));
    assertEquals(3, call(bounded, "size"));

    Store<Void> refusing = newStore();
    refusing.limiter(StoreLimits.builder().memories(0).build());
    linker.instantiate(refusing, module);
    Module owner = open(compile(OWNER));
    assertThrows(
        ResourceLimitException.class, () -> new Linker<Void>(engine).instantiate(refusing, owner));
  }

  /** A limiter, while it decides, sees another thread grow the memory: it is asked again. */
  @Test
  void growthIsAtomic() {
    Module module = open(compile(USER));
    SharedMemory memory = newMemory();
    Store<Void> store = newStore();
    Instance instance = linker(memory).instantiate(store, module);
    List<Long> asked = new ArrayList<>();
    store.limiter(
        new ResourceLimiter() {
          @Override
          public boolean memoryGrowing(long current, long desired, long maximum) {
            asked.add(current / PAGE);
            if (asked.size() <= 2) {
              memory.grow(1);
            }
            return true;
          }

          @Override
          public boolean tableGrowing(long current, long desired, long maximum) {
            return true;
          }
        });
    assertEquals(3, call(instance, "grow", 2));
    assertEquals(List.of(1L, 2L, 3L), asked);
    assertEquals(5, memory.size());
  }

  @Test
  void threadsThatGrowItGetDifferentPages() throws Exception {
    Module module = open(compile(USER));
    try (SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 10))) {
      Linker<Void> linker = linker(memory);
      CountDownLatch go = new CountDownLatch(1);
      List<FutureTask<List<Integer>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FutureTask<List<Integer>> task =
            new FutureTask<>(() -> {
              try (Store<Void> store = new Store<>(engine)) {
                Instance instance = linker.instantiate(store, module);
                go.await();
                List<Integer> got = new ArrayList<>();
                int page = call(instance, "grow", 1);
                while (page >= 0) {
                  got.add(page);
                  call(instance, "store", page * PAGE, call(instance, "load", page * PAGE) + 1);
                  page = call(instance, "grow", 1);
                }
                return got;
              }
            });
        tasks.add(task);
        Thread.ofPlatform().start(task);
      }
      go.countDown();
      List<Integer> all = new ArrayList<>();
      for (Future<List<Integer>> task : tasks) {
        all.addAll(task.get());
      }
      assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), all.stream().sorted().toList());
      for (int page = 1; page < 10; page++) {
        assertEquals(1, memory.getInt((long) page * PAGE));
      }
    }
  }

  // Atomic accesses from Java.

  @Test
  void atomicAccesses() {
    SharedMemory memory = newMemory();
    memory.write(0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertEquals(0x04030201, memory.getInt(0));
    assertEquals(0x0807060504030201L, memory.getLong(0));
    assertEquals(5, memory.getByte(4));
    memory.setByte(4, (byte) 9);
    assertEquals(0x08070609, memory.getAndSetInt(4, 50));
    assertEquals(50, memory.getAndAddInt(4, -8));
    assertEquals(42, memory.compareAndExchangeInt(4, 41, 0));
    assertEquals(42, memory.compareAndExchangeInt(4, 42, 43));
    assertTrue(memory.compareAndSetInt(4, 43, 44));
    assertFalse(memory.compareAndSetInt(4, 43, 45));
    memory.setLong(8, 1L << 40);
    assertEquals(1L << 40, memory.getAndAddLong(8, 1));
    assertEquals((1L << 40) + 1, memory.getAndSetLong(8, 2));
    assertEquals(2, memory.compareAndExchangeLong(8, 2, 3));
    assertTrue(memory.compareAndSetLong(8, 3, 4));
    assertFalse(memory.compareAndSetLong(8, 3, 5));
    assertEquals(4, memory.getLong(8));
  }

  @Test
  void javaThreadsWait() throws Exception {
    SharedMemory memory = newMemory();
    assertEquals(WaitResult.MISMATCH, memory.atomicWait32(0, 1, null));
    assertEquals(WaitResult.TIMED_OUT, memory.atomicWait64(0, 0, Duration.ofMillis(1)));
    assertEquals(WaitResult.TIMED_OUT, memory.atomicWait32(0, 0, Duration.ofSeconds(-1)));
    FutureTask<WaitResult> waiting = new FutureTask<>(() -> memory.atomicWait32(0, 0, null));
    Thread thread = Thread.ofVirtual().start(waiting);
    awaitWaiters(memory, 1);
    // A stray permit to go on does not end it.
    LockSupport.unpark(thread);
    assertEquals(1, memory.atomicNotify(0, -1));
    assertEquals(WaitResult.WOKEN, waiting.get());
    assertEquals(0, memory.atomicNotify(0, -1));

    CountDownLatch ended = new CountDownLatch(1);
    Thread interrupted =
        Thread.ofPlatform()
            .start(() -> {
              assertThrows(
                  InterruptedException.class,
                  () -> memory.atomicWait64(0, 0, Duration.ofDays(1_000_000)));
              ended.countDown();
            });
    awaitWaiters(memory, 1);
    interrupted.interrupt();
    ended.await();
    assertEquals(0, memory.waitersAt(0));
  }

  private static void awaitWaiters(SharedMemory memory, int count) {
    while (memory.waitersAt(0) != count) {
      Thread.onSpinWait();
    }
  }

  /** The memory is not freed under a thread that waits. */
  @Test
  void closingLetsWaitersWait() throws Exception {
    SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 1));
    Memory inStore = memory.in(newStore());
    SharedMemory other = inStore.shared();
    FutureTask<WaitResult> waiting = new FutureTask<>(() -> memory.atomicWait32(0, 0, null));
    Thread.ofVirtual().start(waiting);
    awaitWaiters(other, 1);
    memory.close();
    inStore.store().close();
    assertEquals(1, other.atomicNotify(0, 1));
    other.close();
    assertEquals(WaitResult.WOKEN, waiting.get());
  }
}
