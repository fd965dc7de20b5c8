package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Guests that are stopped while they run, and those that go on after it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptionTest {
  private static final String HEAD =
      """
      (module
        (type $v (func))
        (import "h" "f" (func $host))
        (memory (export "m") 2)
        (global $g (mut i32) (i32.const 0))
        (tag $e (param i32 i64))
        (table 4 funcref)
        (elem (i32.const 0) $self $other $throw)
        (func $throw (throw $e (i32.const 1) (i64.const 2)))
        (func $self (call_indirect (type $v) (i32.const 0)))
        (func $other (call $self))
        (func $small (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      """;

  /** Bodies that never end. */
  private static final List<String> ENDLESS =
      List.of(
          "(loop br 0)",
          "(loop (loop br 1))",
          "(loop (br_if 0 (i32.const 1)) (br 0))",
          "(local i32) (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0))",
          "(local i32) (loop (local.set 0 (call $small (local.get 0))) (br 0))",
          "(loop (call $host) (br 0))",
          "(local i32) (loop (block (block (block (br_table 0 1 2 (i32.and (local.get 0) (i32.const"
              + " 3)))) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 1)) (br 1)) (br"
              + " 0))",
          "(loop (i32.store8 (i32.const 8) (i32.load8_u (i32.const 9))) (br 0))",
          "(loop $l (block $h (try_table (catch_all $h) (call_indirect (type $v) (i32.const 2))))"
              + " (br $l))",
          "(loop $l (drop (block $h (result i32 i64) (try_table (catch $e $h) (throw $e (i32.const"
              + " 1) (i64.const 2))) (unreachable))) (drop) (br $l))",
          "(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br 0))",
          "(loop (memory.copy (i32.const 0) (i32.const 8) (i32.const 65536)) (br 0))",
          "(loop (global.set $g (i32.add (global.get $g) (i32.const 1))) (br 0))",
          "(local f64) (loop (local.set 0 (f64.add (local.get 0) (f64.const 1))) (br 0))",
          // Loops that end, after ages.
          "(local i64) (loop (br_if 0 (i64.ne (local.tee 0 (i64.add (local.get 0) (i64.const 1)))"
              + " (i64.const -1))))",
          "(local i32 i32) (loop $o (local.set 1 (i32.const 0)) (loop $i (br_if $i (i32.lt_u"
              + " (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 1000000)))) (br_if"
              + " $o (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))",
          "(local i32 i32) (loop $o (local.set 1 (i32.const 0)) (loop $i (br_if $i (i32.lt_u"
              + " (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 16)))) (br $o))");

  private static final String CHAIN =
      "(func $a (param i32) (result i32) (if (result i32) (local.get 0) (then (call $b (i32.sub"
          + " (local.get 0) (i32.const 1)))) (else (i32.const 1))))"
          + " (func $b (param i32) (result i32) (i32.add (call $a (local.get 0)) (call $a"
          + " (local.get 0))))";

  private static Engine engine(OptLevel level) {
    return engine(level, true);
  }

  private static Engine engine(OptLevel level, boolean signals) {
    return new Engine(
        new Config().optLevel(level).epochInterruption(true).signalsBasedInterruption(signals));
  }

  private static Instance instantiate(Store<Void> store, String text) {
    Module module = Module.compile(store.engine(), text);
    Linker<Void> linker = new Linker<>(store.engine());
    linker.func("h", "f", Runnable.class, () -> {});
    return linker.instantiate(store, module);
  }

  private static List<String> endless() {
    List<String> texts = new ArrayList<>();
    for (String body : ENDLESS) {
      texts.add(HEAD + "(func (export \"f\") " + body + "))");
    }
    // A tree of calls 60 levels deep takes longer than anybody waits.
    texts.add(HEAD + CHAIN + "(func (export \"f\") (drop (call $a (i32.const 60)))))");
    return texts;
  }

  @ParameterizedTest
  @CsvSource({"NONE, true", "SPEED, true", "NONE, false", "SPEED, false"})
  void everyEndlessLoopEndsAtTheDeadline(OptLevel level, boolean signals) {
    try (Engine engine = engine(level, signals);
        EpochTicker _ = engine.startEpochTicker(Duration.ofMillis(1))) {
      for (String text : endless()) {
        try (Store<Void> store = new Store<>(engine)) {
          Func f = instantiate(store, text).func("f");
          store.setEpochDeadline(2);
          Trap trap = assertThrows(Trap.class, f::call, text);
          assertEquals(TrapCode.INTERRUPT, trap.code(), text);
          assertEquals("interrupt: the epoch deadline was reached", trap.getMessage());
          // Again, and the store is as good as before.
          store.setEpochDeadline(1);
          assertThrows(Trap.class, f::call, text);
        }
      }
    }
  }

  /** All kinds of registers full at each poll, some thousand stops while it counts. */
  @ParameterizedTest
  @CsvSource({"NONE, true", "SPEED, true", "NONE, false", "SPEED, false"})
  void nothingIsLostOverAStop(OptLevel level, boolean signals) {
    StringBuilder text = new StringBuilder("(module (func (export \"f\") (param i64) (result i64)");
    for (int i = 1; i <= 14; i++) {
      text.append("(local i64) (local f64)");
    }
    text.append("(loop ");
    for (int i = 1; i <= 14; i++) {
      int number = 2 * i - 1;
      text.append(
          "(local.set %d (i64.add (i64.mul (local.get %1$d) (i64.const %d)) (local.get 0)))"
              .formatted(number, 3 + 2 * i));
      text.append(
          "(local.set %d (f64.add (local.get %1$d) (f64.const %d)))".formatted(number + 1, i));
    }
    text.append("(br_if 0 (i32.wrap_i64 (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))");
    text.append("(i64.const 0)");
    for (int i = 1; i <= 14; i++) {
      text.append("(i64.add (local.get %d))".formatted(2 * i - 1));
      text.append("(i64.xor (i64.reinterpret_f64 (local.get %d)))".formatted(2 * i));
    }
    text.append("))");
    try (Engine engine = engine(level, signals);
        Store<Void> store = new Store<>(engine)) {
      LongUnaryOperator f =
          instantiate(store, text.toString()).func("f").as(LongUnaryOperator.class);
      store.setEpochDeadline(1);
      long expected = f.applyAsLong(3_000_000);
      int[] stops = {0};
      store.epochDeadlineCallback(s -> {
        stops[0]++;
        return UpdateDeadline.continueWith(1);
      });
      try (EpochTicker _ = engine.startEpochTicker(Duration.ofNanos(20_000))) {
        assertEquals(expected, f.applyAsLong(3_000_000));
      }
      assertTrue(stops[0] > 0, "it was never stopped");
    }
  }

  /** Pieces of a mebibyte and a rest, in both directions, overlapping and not. */
  @Test
  void longCopiesAndFills() {
    String text =
        """
        (module (memory (export "m") 320)
          (func (export "copy") (param i32 i32 i32)
            (memory.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill") (param i32 i32 i32)
            (memory.fill (local.get 0) (local.get 1) (local.get 2))))
        """;
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(store, text);
      Memory memory = instance.memory("m");
      byte[] expected = new byte[(int) memory.byteSize()];
      new Random(1).nextBytes(expected);
      memory.write(0, expected);
      int[][] moves = {
        {100, 0, 3 << 20}, {0, 100, 3 << 20}, {5, 1 << 20, (1 << 20) + 1}, {1 << 20, 5, 5 << 20},
        {7 << 20, 3, 2 << 20}, {12, 12, 4 << 20}, {0, 5 << 20, 5 << 20}, {(3 << 20) + 1, 7, 7 << 20}
      };
      for (int[] move : moves) {
        instance.func("copy").call(move[0], move[1], move[2]);
        System.arraycopy(expected, move[1], expected, move[0], move[2]);
        assertArrayEquals(expected, memory.read(0, expected.length));
        instance.func("fill").call(move[1], 0x1234, move[2] - 13);
        Arrays.fill(expected, move[1], move[1] + move[2] - 13, (byte) 0x34);
        assertArrayEquals(expected, memory.read(0, expected.length));
      }
    }
  }

  @Test
  void aFillOfEverythingIsStopped() {
    String text =
        """
        (module (memory 65536)
          (func (export "f") (loop
            (memory.fill (i32.const 0) (i32.const 0) (i32.const -1)) (br 0))))
        """;
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      Func f = instantiate(store, text).func("f");
      Trap trap =
          assertThrows(
              Trap.class, () -> store.callWithTimeout(Duration.ofMillis(500), () -> f.call()));
      assertEquals("f", trap.frames().getFirst().functionName());
    }
  }

  @Test
  void aNewStoreHasNoTime() {
    try (Engine engine = engine(OptLevel.SPEED);
        Store<Void> store = new Store<>(engine)) {
      Func f = instantiate(store, HEAD + "(func (export \"f\") (call $host)))").func("f");
      assertThrows(Trap.class, f::call);
      store.setEpochDeadline(1);
      f.call();
      engine.incrementEpoch();
      assertThrows(Trap.class, f::call);
      store.setEpochDeadline(-1); // unsigned: never
      engine.incrementEpoch();
      f.call();
    }
  }

  @Test
  void theCallbackDecides() {
    try (Engine engine = engine(OptLevel.SPEED);
        EpochTicker _ = engine.startEpochTicker(Duration.ofMillis(1));
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(store, HEAD + "(func (export \"f\") (loop br 0)))");
      Func f = instance.func("f");
      List<String> seen = new ArrayList<>();
      store.epochDeadlineCallback(s -> {
        seen.add("asked");
        assertThrows(IllegalStateException.class, f::call);
        assertThrows(IllegalStateException.class, () -> instance.memory("m").grow(1));
        instance.memory("m").setInt(0, seen.size());
        return seen.size() < 5 ? UpdateDeadline.continueWith(1) : UpdateDeadline.trap();
      });
      Trap trap = assertThrows(Trap.class, f::call);
      assertEquals("f", trap.frames().getFirst().functionName());
      assertEquals(5, seen.size());
      assertEquals(5, instance.memory("m").getInt(0));
      store.epochDeadlineCallback(s -> {
        throw new UnsupportedOperationException("mine");
      });
      assertThrows(UnsupportedOperationException.class, f::call);
      store.epochDeadlineTrap();
      assertThrows(Trap.class, f::call);
      assertEquals(2, instance.memory("m").grow(1));
    }
  }

  @Test
  void whatIsOffIsRefused() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      assertThrows(IllegalStateException.class, () -> store.setEpochDeadline(1));
    }
    try (Engine engine = engine(OptLevel.SPEED)) {
      assertThrows(IllegalArgumentException.class, () -> engine.startEpochTicker(Duration.ZERO));
      assertThrows(IllegalArgumentException.class, () -> UpdateDeadline.continueWith(0));
    }
  }

  @Test
  void timeouts() {
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      Func f = instantiate(store, HEAD + "(func (export \"f\") (loop br 0)))").func("f");
      long start = System.nanoTime();
      Trap trap =
          assertThrows(
              Trap.class, () -> store.callWithTimeout(Duration.ofMillis(30), () -> f.call()));
      assertEquals("interrupt: the time for the call is over", trap.getMessage());
      assertTrue(System.nanoTime() - start >= 30_000_000);
      // The inner one ends later.
      assertThrows(
          Trap.class,
          () ->
              store.callWithTimeout(
                  Duration.ofMillis(5), () -> store.callWithTimeout(Duration.ofDays(1), f::call)));
      // One that was not needed does no harm later.
      assertEquals(7, store.callWithTimeout(Duration.ofMillis(1), () -> 7));
      assertThrows(Trap.class, () -> store.callWithTimeout(Duration.ofMillis(20), () -> f.call()));
    }
  }

  @Test
  void functionsWithATimeout() throws Throwable {
    String text =
        """
        (module
          (func (export "f") (param i32 f64) (result i32)
            (loop (br_if 0 (local.get 0))) (i32.trunc_f64_s (local.get 1)))
          (func (export "g") (param i32) (loop (br_if 0 (local.get 0)))))
        """;
    try (Engine engine = new Engine();
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(store, text);
      Func slow = instance.func("f").withTimeout(Duration.ofHours(1));
      assertEquals(7, slow.call(0, 7.5)[0]);
      assertEquals(7, (int) slow.handle().invokeExact(0, 7.5));
      Func f = instance.func("f").withTimeout(Duration.ofMillis(20));
      assertThrows(Trap.class, () -> f.call(1, 7.5));
      MethodHandle handle = f.handle();
      assertThrows(Trap.class, () -> handle.invoke(1, 7.5));
      instance.func("g").withTimeout(Duration.ofHours(1)).as(IntConsumer.class).accept(0);
      IntConsumer g = instance.func("g").withTimeout(Duration.ofMillis(20)).as(IntConsumer.class);
      assertThrows(Trap.class, () -> g.accept(1));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void anInterruptedThreadComesBack(OptLevel level) throws InterruptedException {
    Config config = new Config().optLevel(level).threadInterruption(true);
    try (Engine engine = new Engine(config)) {
      Store<Void> store = new Store<>(engine);
      Func f = instantiate(store, HEAD + "(func (export \"f\") (loop br 0)))").func("f");
      List<Object> outcome = new ArrayList<>();
      Thread caller =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  f.call();
                } catch (Trap trap) {
                  outcome.add(trap.getMessage());
                  outcome.add(Thread.currentThread().isInterrupted());
                }
              });
      caller.interrupt();
      assertTrue(caller.join(Duration.ofNanos(TimeUnit.SECONDS.toNanos(60))));
      assertEquals(List.of("interrupt: the calling thread was interrupted", true), outcome);
      store.close();
    }
  }

  /** Where a guest is stopped that copies and fills memory, mostly in code that is not its own. */
  @Test
  void theFunctionThatFillsMemoryIsInTheBacktrace() {
    String text =
        """
        (module (import "" "entered" (func $entered)) (memory 4)
          (func $filler
            (call $entered)
            (loop $again
              (memory.fill (i32.const 0) (i32.const 1) (i32.const 100000))
              (memory.copy (i32.const 131072) (i32.const 0) (i32.const 20000))
              (br $again)))
          (func $outer (export "outer") (call $filler)))
        """;
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Store<Void> store = new Store<>(engine)) {
      AtomicBoolean entered = new AtomicBoolean();
      Linker<Void> linker = new Linker<>(engine);
      linker.func("", "entered", Runnable.class, () -> entered.set(true));
      Func outer = linker.instantiate(store, Module.compile(engine, text)).func("outer");
      // On a busy machine the time may be over before the guest is where it is to be seen.
      int seen = 0;
      for (int millis = 5; seen < 20; millis += entered.get() ? 0 : 5) {
        entered.set(false);
        Duration timeout = Duration.ofMillis(millis);
        Trap trap =
            assertThrows(Trap.class, () -> store.callWithTimeout(timeout, () -> outer.call()));
        if (entered.get()) {
          assertEquals(
              List.of("filler", "outer"), trap.frames().stream().map(Frame::functionName).toList());
          seen++;
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aTerminatedGuestRunsNoMore(boolean bySignals) throws Exception {
    String text = "(module (func (export \"run\") (loop br 0)) (func (export \"f\") (loop)))";
    try (Engine engine = new Engine(new Config().signalsBasedInterruption(bySignals));
        Module module = Module.compile(engine, text);
        Store<Void> store = new Store<>(engine)) {
      Instance instance = Instance.instantiate(store, module, List.of());
      instance.func("f").call();
      Thread other = Thread.ofPlatform().start(store::terminate);
      assertEquals(TrapCode.INTERRUPT, trap(instance, "run"));
      other.join();
      assertEquals(TrapCode.INTERRUPT, trap(instance, "run"));
      store.terminate();
      assertEquals(TrapCode.INTERRUPT, trap(instance, "run"));
    }
  }

  private static TrapCode trap(Instance instance, String function) {
    return assertThrows(Trap.class, () -> instance.func(function).call()).code();
  }
}
