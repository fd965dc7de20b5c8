package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Store#fuelAsyncYieldInterval}: guests that let others have their turn by their fuel. */
class FuelYieldTest {
  private static final String TEXT =
      """
      (module
        (import "h" "note" (func $note (param i32)))
        (memory 4)
        (global $sum (mut i64) (i64.const 0))
        (func (export "loop") (param i32) (result i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (local.get 0))))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 1))
        (func $fib (export "fib") (param i32) (result i32)
          (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else
              (i32.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
        (func (export "fill") (param i32) (result i32)
          (memory.fill (i32.const 0) (i32.const 7) (local.get 0))
          (i32.load8_u (i32.sub (local.get 0) (i32.const 1))))
        (func $even (param i32 i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
          (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 3))))
        (func $odd (param i32 i32) (result i32)
          (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))
        (func (export "tail") (param i32) (result i32)
          (call $even (i32.mul (local.get 0) (i32.const 2)) (i32.const 0)))
        (func (export "notes") (param i32) (result i32)
          (loop
            (call $note (local.get 0))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (i32.const 0)))
      """;

  private static final long MUCH = 1_000_000;

  /** Steps of calls, to be done by whoever has time. */
  private final Queue<Runnable> queue = new ArrayDeque<>();

  private final List<Integer> notes = new ArrayList<>();
  private int steps;

  private void runAll() {
    for (Runnable step = queue.poll(); step != null; step = queue.poll()) {
      steps++;
      step.run();
    }
  }

  private static Stream<Config> configs() {
    return Stream.of(
        config(),
        config().optLevel(OptLevel.NONE).debugVerifier(true),
        config().sandboxVerifier(true),
        config().signalsBasedInterruption(false).sandboxVerifier(true),
        config().signalsBasedTraps(false).sandboxVerifier(true));
  }

  private static Config config() {
    return new Config().consumeFuel(true).asyncSupport(true);
  }

  private Store<Integer> store(Engine engine, int number) {
    Store<Integer> store = new Store<>(engine, number);
    store.setExecutor(queue::add);
    return store;
  }

  private Instance instantiate(Store<Integer> store, Module module) {
    Linker<Integer> linker = new Linker<>(store.engine());
    linker.func(
        "h",
        "note",
        new dev.tazza.wasm.type.FuncType(List.of(dev.tazza.wasm.type.ValType.I32), List.of()),
        (caller, values) -> notes.add(caller.data()));
    CompletableFuture<Instance> instance = linker.instantiateAsync(store, module);
    runAll();
    return instance.join();
  }

  /** What a call comes to with a fuel and an interval, and what is left. */
  private String call(Store<Integer> store, Instance instance, String name, long all, long each) {
    store.setFuel(all);
    store.fuelAsyncYieldInterval(each);
    assertEquals(all, store.getFuel());
    steps = 0;
    CompletableFuture<Object[]> result = instance.func(name).callAsync(50);
    runAll();
    String outcome;
    try {
      outcome = String.valueOf(result.join()[0]);
    } catch (CompletionException e) {
      Trap trap = assertInstanceOf(Trap.class, e.getCause());
      outcome = trap.code() + " " + trap.frames();
    }
    return outcome + " left " + store.getFuel();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void turnsChangeNothingElse(Config config) {
    try (Engine engine = new Engine(config);
        Module module = Module.compile(engine, TEXT);
        Store<Integer> store = store(engine, 0)) {
      Instance instance = instantiate(store, module);
      for (String name : List.of("loop", "tail", "fill", "notes")) {
        for (long all : new long[] {0, 1, 57, 300, 301, MUCH}) {
          String expected = call(store, instance, name, all, 0);
          assertEquals(1, steps);
          for (long each : new long[] {1, 7, 100, MUCH}) {
            assertEquals(expected, call(store, instance, name, all, each), name + " " + all);
          }
        }
      }
    }
  }

  @Test
  void whenTurnsEndDoesNotDependOnTheCode() {
    List<Integer> expected = null;
    for (Config config : configs().toList()) {
      try (Engine engine = new Engine(config);
          Module module = Module.compile(engine, TEXT);
          Store<Integer> store = store(engine, 0)) {
        Instance instance = instantiate(store, module);
        List<Integer> turns = new ArrayList<>();
        for (String name : List.of("loop", "tail", "fill", "notes")) {
          call(store, instance, name, MUCH, 40);
          turns.add(steps);
          long used = MUCH - store.getFuel();
          assertTrue(steps >= used / 80 && steps <= used / 40 + 1, name + ": " + steps);
        }
        expected = expected == null ? turns : expected;
        assertEquals(expected, turns);
      }
    }
  }

  @Test
  void othersHaveTheirTurn() {
    try (Engine engine = new Engine(config());
        Module module = Module.compile(engine, TEXT);
        Store<Integer> first = store(engine, 1);
        Store<Integer> second = store(engine, 2)) {
      List<CompletableFuture<Object[]>> calls = new ArrayList<>();
      List<Instance> instances = List.of(instantiate(first, module), instantiate(second, module));
      for (Instance instance : instances) {
        instance.store().setFuel(MUCH);
        instance.store().fuelAsyncYieldInterval(60);
        calls.add(instance.func("notes").callAsync(100));
      }
      runAll();
      calls.forEach(CompletableFuture::join);
      // Ten or so notes a turn, one after the other.
      assertEquals(200, notes.size());
      int changes = 0;
      for (int i = 1; i < notes.size(); i++) {
        changes += notes.get(i).equals(notes.get(i - 1)) ? 0 : 1;
      }
      assertTrue(changes >= 15 && changes <= 30, changes + " changes");
    }
  }

  @Test
  void aCallIsCancelledBetweenTurns() {
    try (Engine engine = new Engine(config());
        Module module = Module.compile(engine, TEXT);
        Store<Integer> store = store(engine, 0)) {
      Instance instance = instantiate(store, module);
      store.setFuel(MUCH);
      store.fuelAsyncYieldInterval(1000);
      CompletableFuture<Object[]> call = instance.func("fib").callAsync(30);
      for (int i = 0; i < 10; i++) {
        queue.remove().run();
      }
      // It waits in the midst of its code: nothing of what it may hold can change.
      assertThrows(IllegalStateException.class, () -> store.setFuel(1));
      assertFalse(call.isDone());
      call.cancel(true);
      runAll();
      assertTrue(call.isCancelled());
      String after = call(store, instance, "loop", MUCH, 0);
      assertTrue(after.startsWith("42925 left"), after);
    }
  }

  @Test
  void mistakesAreRefused() {
    assertRefused(new Config().consumeFuel(true), IllegalStateException.class, 1, "asyncSupport");
    assertRefused(new Config().asyncSupport(true), IllegalStateException.class, 1, "consumeFuel");
    assertRefused(config(), IllegalArgumentException.class, -1, "must not be negative");
  }

  private static <E extends Exception> void assertRefused(
      Config config, Class<E> type, long interval, String part) {
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Function<Long, E> refusal =
          each -> assertThrows(type, () -> store.fuelAsyncYieldInterval(each));
      String message = String.valueOf(refusal.apply(interval).getMessage());
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void withoutTurnsThereIsOneCode() {
    // A trap of a guest that is not asynchronous comes from the same place.
    try (Engine engine = new Engine(new Config().consumeFuel(true));
        Module module = Module.compile(engine, "(module (func (export \"f\") (loop (br 0))))");
        Store<Void> store = new Store<>(engine)) {
      store.setFuel(1000);
      Func endless = Instance.instantiate(store, module, List.of()).func("f");
      Trap trap = assertThrows(Trap.class, endless::call);
      assertEquals(TrapCode.OUT_OF_FUEL, trap.code());
      assertEquals(1, trap.frames().size());
      assertTrue(trap.frames().getFirst().offset() > 0);
    }
  }
}
