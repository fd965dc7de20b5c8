package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.MemoryType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code memory.atomic.wait} and {@code memory.atomic.notify}, and what stops who waits. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AtomicWaitTest {
  private static final String GUEST =
      """
      (module
        (memory (import "env" "memory") 1 1 shared)
        (memory $own 1)
        (func (export "wait") (param i32 i32 i64) (result i32)
          (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
        (func (export "wait64") (param i32 i64 i64) (result i32)
          (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
        (func (export "far") (param i32) (result i32)
          (memory.atomic.wait32 offset=0xffff_fffc (local.get 0) (i32.const 0) (i64.const 0)))
        (func (export "notify") (param i32 i32) (result i32)
          (memory.atomic.notify (local.get 0) (local.get 1)))
        (func (export "wait own") (result i32)
          (memory.atomic.wait32 $own (i32.const 0) (i32.const 0) (i64.const 0)))
        (func (export "notify own") (param i32) (result i32)
          (memory.atomic.notify $own (local.get 0) (i32.const 5)))
        (func (export "exchange") (param i32 i32) (result i32)
          (i32.atomic.rmw.xchg (local.get 0) (local.get 1))))
      """;

  private static final long FOREVER = -1;

  private Engine engine = new Engine(new Config().wasmThreads(true));
  private SharedMemory memory = SharedMemory.create(engine, MemoryType.shared(1, 1));

  private void configure(Config config) {
    close();
    engine = new Engine(config.wasmThreads(true));
    memory = SharedMemory.create(engine, MemoryType.shared(1, 1));
  }

  @AfterEach
  void close() {
    memory.close();
    engine.close();
  }

  private Instance newInstance(Store<Void> store) {
    try (Module module = Module.compile(engine, GUEST)) {
      return new Linker<Void>(engine).define("env", "memory", memory).instantiate(store, module);
    }
  }

  private static int call(Instance instance, String name, Object... args) {
    return (int) instance.func(name).call(args)[0];
  }

  /** Runs {@code action} with an instance in a store and a thread of its own. */
  private <R> FutureTask<R> inThread(InGuest<R> action) {
    FutureTask<R> task = new FutureTask<>(guest(action));
    Thread.ofPlatform().start(task);
    return task;
  }

  private interface InGuest<R> {
    R run(Store<Void> store, Instance instance) throws Exception;
  }

  private <R> Callable<R> guest(InGuest<R> action) {
    return () -> {
      try (Store<Void> store = new Store<>(engine)) {
        return action.run(store, newInstance(store));
      }
    };
  }

  private void awaitWaiters(int count) {
    while (memory.waitersAt(0) != count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void resultsOfWait() throws Exception {
    inThread(
            (_, guest) -> {
              memory.setLong(8, 1L << 32);
              assertEquals(1, call(guest, "wait", 0, 5, FOREVER));
              assertEquals(1, call(guest, "wait64", 8, 0L, FOREVER));
              assertEquals(2, call(guest, "wait", 8, 0, 1_000_000L));
              assertEquals(2, call(guest, "wait64", 8, 1L << 32, 0L));
              assertEquals(0, call(guest, "notify", 0, -1));
              return 0;
            })
        .get();
    assertEquals(0, memory.waitersAt(8));
    FutureTask<Integer> waiting = inThread((_, guest) -> call(guest, "wait", 0, 0, Long.MAX_VALUE));
    FutureTask<Integer> wide = inThread((_, guest) -> call(guest, "wait64", 0, 0L, FOREVER));
    awaitWaiters(2);
    assertEquals(2, inThread((_, guest) -> call(guest, "notify", 0, 7)).get());
    assertEquals(0, waiting.get());
    assertEquals(0, wide.get());
  }

  @Test
  void traps() throws Exception {
    inThread(
            (_, guest) -> {
              assertTrap(TrapCode.UNALIGNED_ATOMIC, () -> call(guest, "wait", 2, 0, 0L));
              assertTrap(TrapCode.UNALIGNED_ATOMIC, () -> call(guest, "wait64", 4, 0L, 0L));
              assertTrap(TrapCode.UNALIGNED_ATOMIC, () -> call(guest, "notify", 1, 0));
              assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, () -> call(guest, "wait", 65536, 0, 0L));
              assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, () -> call(guest, "notify", -4, 0));
              assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, () -> call(guest, "far", 4));
              assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, () -> call(guest, "far", -4));
              assertTrap(TrapCode.EXPECTED_SHARED_MEMORY, () -> call(guest, "wait own"));
              assertEquals(0, call(guest, "notify own", 8));
              assertTrap(TrapCode.UNALIGNED_ATOMIC, () -> call(guest, "notify own", 3));
              assertTrap(TrapCode.MEMORY_OUT_OF_BOUNDS, () -> call(guest, "notify own", 65536));
              return 0;
            })
        .get();
  }

  private static Trap assertTrap(TrapCode code, Runnable call) {
    Trap trap = assertThrows(Trap.class, call::run);
    assertEquals(code, trap.code());
    return trap;
  }

  // What stops a guest that waits.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTimeoutEndsAWait(boolean bySignals) throws Exception {
    configure(new Config().signalsBasedInterruption(bySignals));
    inThread(
            (store, guest) -> {
              assertTrap(
                  TrapCode.INTERRUPT,
                  () ->
                      store.callWithTimeout(
                          Duration.ofMillis(10), () -> call(guest, "wait", 0, 0, FOREVER)));
              assertEquals(0, memory.waitersAt(0));
              assertEquals(2, call(guest, "wait", 0, 0, 0L));
              return 0;
            })
        .get();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEpochEndsAWait(boolean bySignals) throws Exception {
    configure(new Config().epochInterruption(true).signalsBasedInterruption(bySignals));
    FutureTask<Trap> task =
        inThread((store, guest) -> {
          store.setEpochDeadline(1);
          return assertTrap(TrapCode.INTERRUPT, () -> call(guest, "wait", 0, 0, FOREVER));
        });
    awaitWaiters(1);
    engine.incrementEpoch();
    assertEquals("wait", task.get().frames().getFirst().functionName());
    assertEquals(0, memory.waitersAt(0));
  }

  /** Who is told to go on keeps its place, and can still be woken. */
  @Test
  void aCallbackLetsAWaitGoOn() throws Exception {
    configure(new Config().epochInterruption(true));
    CountDownLatch asked = new CountDownLatch(2);
    FutureTask<Integer> first =
        inThread((store, guest) -> {
          store.setEpochDeadline(1);
          store.epochDeadlineCallback(its -> {
            asked.countDown();
            assertThrows(IllegalStateException.class, () -> call(guest, "notify", 0, 1));
            return UpdateDeadline.continueWith(1);
          });
          return call(guest, "wait", 0, 0, FOREVER);
        });
    awaitWaiters(1);
    FutureTask<Integer> second =
        inThread((store, guest) -> {
          store.setEpochDeadline(-1);
          return call(guest, "wait", 0, 0, FOREVER);
        });
    awaitWaiters(2);
    // More epochs than it is asked for: it sets its next deadline some time after it was asked.
    while (asked.getCount() > 0) {
      engine.incrementEpoch();
      Thread.onSpinWait();
    }
    assertEquals(1, memory.atomicNotify(0, 1));
    assertEquals(0, first.get());
    assertEquals(1, memory.atomicNotify(0, 1));
    assertEquals(0, second.get());
  }

  @Test
  void anInterruptEndsAWaitWhereThatIsWanted() throws Exception {
    configure(new Config().threadInterruption(true));
    FutureTask<Boolean> task =
        new FutureTask<>(
            guest((_, guest) -> {
              assertTrap(TrapCode.INTERRUPT, () -> call(guest, "wait", 0, 0, FOREVER));
              return Thread.interrupted();
            }));
    Thread thread = Thread.ofVirtual().start(task);
    awaitWaiters(1);
    thread.interrupt();
    assertTrue(task.get());
  }

  @Test
  void anInterruptIsKeptForLaterOtherwise() throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(
            guest((_, guest) -> {
              assertEquals(0, call(guest, "wait", 0, 0, FOREVER));
              return Thread.interrupted();
            }));
    Thread thread = Thread.ofPlatform().start(task);
    awaitWaiters(1);
    thread.interrupt();
    LockSupport.unpark(thread);
    // It has seen the interrupt when it waits again without one.
    while (thread.isInterrupted() || thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertEquals(1, memory.waitersAt(0));
    assertEquals(1, memory.atomicNotify(0, 1));
    assertTrue(task.get());
  }

  @Test
  void aStoreWhoseGuestWaitsIsInUse() throws Exception {
    try (Store<Void> store = new Store<>(engine)) {
      Instance guest = newInstance(store);
      FutureTask<Integer> task = new FutureTask<>(() -> call(guest, "wait", 0, 0, FOREVER));
      Thread.ofVirtual().start(task);
      awaitWaiters(1);
      assertThrows(IllegalStateException.class, store::close);
      assertThrows(IllegalStateException.class, () -> call(guest, "notify", 0, 1));
      memory.atomicNotify(0, 1);
      assertEquals(0, task.get());
    }
  }

  // Threads.

  @Test
  void virtualThreadsLeaveTheirCarriers(@TempDir Path directory) throws Exception {
    waitVirtually(1); // classes that are initialized on the way would pin
    Path file = directory.resolve("pinned.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.start();
      waitVirtually(4 * Runtime.getRuntime().availableProcessors());
      recording.stop();
      recording.dump(file);
    }
    assertEquals(List.of(), pinned(file));
  }

  /** Where threads were pinned in a wait; elsewhere, classes may be initialized. */
  private static List<RecordedEvent> pinned(Path file) throws IOException {
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
        .filter(event -> String.valueOf(event.getStackTrace()).contains("Waits"))
        .toList();
  }

  /** Virtual threads do nothing but call: compiling is another matter. */
  private void waitVirtually(int count) throws Exception {
    List<Store<Void>> stores = new ArrayList<>();
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
      Store<Void> store = new Store<>(engine);
      stores.add(store);
      Func function = newInstance(store).func(i < count ? "wait" : "notify");
      Object[] args = i < count ? new Object[] {0, 0, FOREVER} : new Object[] {0, -1};
      tasks.add(new FutureTask<>(() -> (int) function.call(args)[0]));
    }
    for (FutureTask<Integer> task : tasks.subList(0, count)) {
      Thread.ofVirtual().start(task);
    }
    awaitWaiters(count);
    Thread.ofVirtual().start(tasks.getLast());
    assertEquals(count, tasks.getLast().get());
    for (FutureTask<Integer> task : tasks.subList(0, count)) {
      assertEquals(0, task.get());
    }
    stores.forEach(Store::close);
  }

  // Asynchronous calls.

  private CompletableFuture<Object[]> callAsync(Instance instance, String name, Object... args) {
    return instance.func(name).callAsync(args);
  }

  @Test
  void asynchronousGuestsWaitOnNoThread() throws Exception {
    configure(new Config().asyncSupport(true));
    int count = 20;
    List<Store<Void>> stores = new ArrayList<>();
    List<CompletableFuture<Object[]>> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Store<Void> store = new Store<>(engine);
      stores.add(store);
      waiting.add(callAsync(newInstance(store), "wait", 0, 0, FOREVER));
    }
    awaitWaiters(count);
    Instance last = newInstance(stores.getLast());
    // All threads of the executor are free.
    assertEquals(2, callAsync(last, "wait", 4, 0, 1_000_000L).get()[0]);
    assertEquals(1, callAsync(last, "wait", 0, 1, FOREVER).get()[0]);
    assertEquals(3, callAsync(last, "notify", 0, 3).get()[0]);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, waiting.get(i).get()[0]);
    }
    assertFalse(waiting.get(3).isDone());
    assertTrue(waiting.get(3).cancel(false));
    awaitWaiters(count - 4);
    stores.get(4).close();
    awaitWaiters(count - 5);
    assertTrue(waiting.get(4).isCancelled());
    assertEquals(count - 5, callAsync(last, "notify", 0, -1).get()[0]);
    for (int i = 5; i < count; i++) {
      assertEquals(0, waiting.get(i).get()[0]);
    }
    stores.forEach(Store::close);
  }

  @Test
  void anAsynchronousWaitTraps() {
    configure(new Config().asyncSupport(true));
    try (Store<Void> store = new Store<>(engine)) {
      CompletableFuture<Object[]> call = callAsync(newInstance(store), "wait own");
      ExecutionException failure = assertThrows(ExecutionException.class, call::get);
      Trap trap = assertInstanceOf(Trap.class, failure.getCause());
      assertEquals(TrapCode.EXPECTED_SHARED_MEMORY, trap.code());
    }
  }
}
