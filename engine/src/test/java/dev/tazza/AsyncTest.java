package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guests that wait for their host without holding a thread. */
class AsyncTest {
  private static final FuncType ASK = new FuncType(List.of(NumType.I32), List.of(NumType.I32));

  private static final String MODULE =
      """
      (module
        (import "host" "ask" (func $ask (param i32) (result i32)))
        (func (export "twice") (param i32) (result i32)
          (i32.add (call $ask (local.get 0)) (call $ask (i32.const 7))))
        (func $down (export "down") (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0))
            (then (call $ask (i32.const 1)))
            (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
        (func (export "spin") (param i32) (result i32)
          (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (call $ask (i32.const 3)))
        (func $deep (export "deep") (param i32) (result i32)
          (i32.add (i32.const 1) (call $deep (call $ask (local.get 0)))))
        (func (export "crash") (param i32) (result i32)
          (drop (call $ask (local.get 0)))
          (unreachable))
        (func (export "forever") (loop (br 0))))
      """;

  private final Engine engine =
      new Engine(new Config().asyncSupport(true).epochInterruption(true).consumeFuel(true));
  private final Module module = Module.compile(engine, MODULE);
  private final List<Store<?>> stores = new ArrayList<>();

  /** What guests asked for and is not answered yet, oldest first. */
  private final Deque<CompletableFuture<Object[]>> asked = new ArrayDeque<>();

  /** Steps that are to be done, by whoever calls {@link #runAll}. */
  private final Deque<Runnable> steps = new ArrayDeque<>();

  private final Executor executor = steps::add;

  @AfterEach
  void close() {
    stores.forEach(Store::close);
    module.close();
    engine.close();
  }

  private void runAll() {
    for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
      step.run();
    }
  }

  private Instance newInstance() {
    return newInstance((_, args) -> {
      CompletableFuture<Object[]> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    });
  }

  private Instance newInstance(AsyncHostFunction<Void> ask) {
    Store<Void> store = new Store<>(engine);
    stores.add(store);
    store.setExecutor(executor);
    store.setEpochDeadline(1_000_000);
    store.setFuel(Long.MAX_VALUE);
    return new Linker<Void>(engine).funcAsync("host", "ask", ASK, ask).instantiate(store, module);
  }

  private static Object[] answer(int value) {
    return new Object[] {value};
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return assertThrows(CompletionException.class, future::join).getCause();
  }

  @Test
  void aGuestWaitsOnNoThread() {
    CompletableFuture<Object[]> first = newInstance().func("twice").callAsync(1);
    CompletableFuture<Object[]> second = newInstance().func("twice").callAsync(2);
    assertTrue(asked.isEmpty(), "nothing runs but on the executor");
    runAll();
    assertEquals(2, asked.size(), "both have run, one after the other, on this thread");
    asked.remove().complete(answer(10));
    asked.remove().complete(answer(20));
    runAll();
    assertFalse(first.isDone() || second.isDone());
    asked.remove().complete(answer(100));
    asked.remove().complete(answer(200));
    runAll();
    assertArrayEquals(answer(110), first.join());
    assertArrayEquals(answer(220), second.join());
  }

  @Test
  void answersThatAreThereTakeNoStep() {
    Instance instance =
        newInstance((_, args) -> CompletableFuture.completedFuture(answer((int) args[0] + 1)));
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(5);
    assertEquals(1, steps.size());
    runAll();
    assertArrayEquals(answer(14), call.join());
  }

  @Test
  void exceptionsAndTrapsAreTheFutures() {
    Instance instance = newInstance();
    CompletableFuture<Object[]> failed = instance.func("twice").callAsync(1);
    runAll();
    asked.remove().completeExceptionally(new IllegalStateException("no"));
    runAll();
    assertEquals("no", failure(failed).getMessage());

    CompletableFuture<Object[]> crash = instance.func("crash").callAsync(1);
    runAll();
    asked.remove().complete(answer(1));
    runAll();
    Trap trap = assertInstanceOf(Trap.class, failure(crash));
    assertEquals(TrapCode.UNREACHABLE, trap.code());
    assertEquals("crash", trap.frames().get(0).functionName());

    CompletableFuture<Object[]> wrong = instance.func("twice").callAsync(1);
    runAll();
    asked.remove().complete(new Object[0]);
    runAll();
    assertInstanceOf(IllegalArgumentException.class, failure(wrong));
  }

  @Test
  void theStackEndsInATrap() {
    Instance instance =
        newInstance((_, args) -> CompletableFuture.completedFuture(answer((int) args[0])));
    CompletableFuture<Object[]> deep = instance.func("deep").callAsync(1);
    runAll();
    assertEquals(TrapCode.STACK_OVERFLOW, assertInstanceOf(Trap.class, failure(deep)).code());
  }

  @Test
  void hostsCallGuestsAgain() {
    Instance instance =
        newInstance((caller, args) -> {
          if ((int) args[0] != 100) {
            CompletableFuture<Object[]> later = new CompletableFuture<>();
            asked.add(later);
            return later;
          }
          return ((Func) caller.export("down")).callAsync(5);
        });
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(100);
    runAll();
    asked.remove().complete(answer(1000)); // down has gone down and asked
    runAll();
    asked.remove().complete(answer(7));
    runAll();
    assertArrayEquals(answer(1005 + 7), call.join());
  }

  @Test
  void whoBeganFirstGoesOnLast() {
    Instance instance = newInstance();
    CompletableFuture<Object[]> first = instance.func("twice").callAsync(1);
    runAll();
    CompletableFuture<Object[]> second = instance.func("twice").callAsync(2);
    runAll();
    asked.remove().complete(answer(1));
    runAll();
    assertTrue(steps.isEmpty(), "the second one is in the way");
    asked.remove().complete(answer(10));
    runAll();
    asked.remove().complete(answer(20));
    runAll();
    assertArrayEquals(answer(30), second.join());
    asked.remove().complete(answer(2));
    runAll();
    assertArrayEquals(answer(3), first.join());
  }

  @Test
  void aGuestThatWaitsIsCancelled() {
    Instance instance = newInstance();
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(1);
    runAll();
    CompletableFuture<Object[]> inner = instance.func("twice").callAsync(2);
    runAll();
    assertTrue(call.cancel(true));
    runAll();
    assertTrue(inner.isCancelled());
    asked.forEach(each -> each.complete(answer(1)));
    asked.clear();
    assertTrue(steps.isEmpty());
    CompletableFuture<Object[]> next = instance.func("down").callAsync(3);
    runAll();
    asked.remove().complete(answer(1));
    runAll();
    assertArrayEquals(answer(4), next.join());
  }

  @Test
  void aGuestThatRunsIsCancelled() throws Exception {
    Instance instance = newInstance();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      instance.store().setExecutor(thread);
      CompletableFuture<Object[]> call = instance.func("forever").callAsync();
      assertTrue(call.cancel(true));
      CompletableFuture<Object[]> running = instance.func("forever").callAsync();
      // Is run behind the step in which the guest runs, which is over when it was cancelled.
      CompletableFuture<Void> behind = CompletableFuture.runAsync(() -> {}, thread);
      running.cancel(true);
      behind.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void guestsTakeTurns() {
    List<CompletableFuture<Object[]>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Instance instance =
          newInstance((_, args) -> CompletableFuture.completedFuture(answer((int) args[0])));
      instance.store().setEpochDeadline(1);
      instance.store().epochDeadlineAsyncYieldAndUpdate(1);
      calls.add(instance.func("spin").callAsync(30_000_000));
    }
    int turns = 0;
    try (EpochTicker _ = engine.startEpochTicker(Duration.ofMillis(1))) {
      for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
        step.run();
        turns++;
      }
    }
    for (CompletableFuture<Object[]> call : calls) {
      assertArrayEquals(answer(3), call.join());
    }
    assertTrue(turns > 2 * calls.size(), turns + " turns");
  }

  @Test
  void fuelIsTheStoresOverAllSteps() {
    Instance instance = newInstance();
    instance.store().setFuel(1000);
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(1);
    runAll();
    assertEquals(998, instance.store().getFuel());
    instance.store().setFuel(4);
    asked.remove().complete(answer(1));
    runAll();
    asked.remove().complete(answer(2));
    runAll();
    assertArrayEquals(answer(3), call.join());
    assertEquals(1, instance.store().getFuel());
  }

  @Test
  void callsOfTheOtherKindAreRefused() throws Exception {
    Instance instance = newInstance();
    assertThrows(IllegalStateException.class, () -> instance.func("twice").call(1));
    assertThrows(IllegalStateException.class, () -> instance.func("twice").handle());
    try (Engine other = new Engine();
        Store<Void> store = new Store<>(other);
        Module plain = Module.compile(other, "(module (func (export \"f\")))")) {
      Linker<Void> linker = new Linker<>(other);
      Func f = linker.instantiate(store, plain).func("f");
      assertThrows(IllegalStateException.class, () -> f.callAsync());
      assertThrows(IllegalStateException.class, () -> store.setExecutor(executor));
      assertThrows(IllegalStateException.class, () -> linker.instantiateAsync(store, plain));
      assertThrows(
          IllegalStateException.class, () -> linker.funcAsync("a", "b", ASK, (_, _) -> null));
    }
  }

  @Test
  void startFunctionsMayWait() {
    Store<Void> store = new Store<>(engine);
    stores.add(store);
    store.setExecutor(executor);
    store.setEpochDeadline(100);
    store.setFuel(1000);
    try (Module starting =
        Module.compile(
            engine,
            """
            (module
              (import "host" "ask" (func $ask (param i32) (result i32)))
              (global $g (export "g") (mut i32) (i32.const 0))
              (func $start (global.set $g (call $ask (i32.const 1))))
              (start $start))
            """)) {
      Linker<Void> linker = new Linker<>(engine);
      CompletableFuture<Object[]> later = new CompletableFuture<>();
      linker.funcAsync("host", "ask", ASK, (_, _) -> later);
      assertThrows(IllegalStateException.class, () -> linker.instantiate(store, starting));
      CompletableFuture<Instance> instance = linker.instantiateAsync(store, starting);
      runAll();
      assertFalse(instance.isDone());
      later.complete(answer(42));
      runAll();
      assertEquals(42, instance.join().global("g").get());
    }
  }

  @Test
  void aStoreThatClosesEndsItsGuests() {
    Instance instance = newInstance();
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(1);
    runAll();
    instance.store().close();
    assertThrows(CancellationException.class, call::join);
    asked.remove().complete(answer(1));
    assertTrue(steps.isEmpty());
  }

  @Test
  void whatAnExecutorRefusesFails() {
    Instance instance = newInstance();
    CompletableFuture<Object[]> call = instance.func("twice").callAsync(1);
    runAll();
    instance
        .store()
        .setExecutor(_ -> {
          throw new RejectedExecutionException("full");
        });
    asked.remove().complete(answer(1));
    assertEquals("full", failure(call).getMessage());
  }
}
