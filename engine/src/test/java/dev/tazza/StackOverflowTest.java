package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a guest uses up its stack, that is a trap, and its store can go on. */
class StackOverflowTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 3;

  /** For host functions that call the guest, whose frames are on the thread's stack. */
  private static final long THREAD_STACK = 256L << 20;

  /** Locals of a function with a frame of some 40 KB. */
  private static final int HUGE = 5000;

  /** Parameters of a function that tail calls one with more, on the stack. */
  private static final int MANY = 200;

  private static final List<String> SHAPES =
      List.of(
          "plain",
          "mutual",
          "table",
          "reference",
          "huge",
          "host",
          "grows",
          "into_call",
          "catches",
          "thrown",
          "vectors");

  private static String text() {
    StringBuilder huge = new StringBuilder();
    huge.append("(func $huge (export \"huge\") (param i32) (result i32) (local");
    huge.append(" i64".repeat(HUGE)).append(")\n");
    for (int i = 1; i <= HUGE; i++) {
      huge.append(
          "(local.set %d (i64.extend_i32_u (i32.mul (local.get 0) (i32.const %d))))\n"
              .formatted(i, i));
    }
    huge.append("(local.set 0 (call $huge (i32.add (local.get 0) (i32.const 1))))\n");
    for (int i = 1; i <= HUGE; i++) {
      huge.append(
          "(local.set 0 (i32.add (local.get 0) (i32.wrap_i64 (local.get %d))))\n".formatted(i));
    }
    huge.append("(local.get 0))\n");
    String many = "(local.get 0) ".repeat(MANY);
    return """
    (module
      (import "h" "again" (func $again (param i32) (result i32)))
      (type $t (func (param i32) (result i32)))
      (tag $e (param i32))
      (table funcref (elem $table))
      (elem declare func $reference)
      (func (export "fine") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func $plain (export "plain") (param i32) (result i32)
        (i32.add (i32.const 1) (call $plain (local.get 0))))
      (func $mutual (export "mutual") (param i32) (result i32)
        (i32.add (i32.const 1) (call $other (local.get 0))))
      (func $other (param i32) (result i32)
        (i32.sub (call $mutual (local.get 0)) (i32.const 2)))
      (func $table (export "table") (param i32) (result i32)
        (i32.add (i32.const 1) (call_indirect (type $t) (local.get 0) (i32.const 0))))
      (func $reference (export "reference") (param i32) (result i32)
        (i32.add (i32.const 1) (call_ref $t (local.get 0) (ref.func $reference))))
      (func (export "host") (param i32) (result i32)
        (i32.add (i32.const 1) (call $again (local.get 0))))
      (func $grows (export "grows") (param i32) (result i32)
        (i32.add (i32.const 1) (call $few (local.get 0))))
      (func $few (param i32) (result i32) (return_call $many MANY))
      (func $many (param PARAMS) (result i32) (return_call $grows (local.get MANY_LAST)))
      (func $into_call (export "into_call") (param i32) (result i32)
        (return_call $back (local.get 0) (i32.const 1)))
      (func $back (param i32 i32) (result i32)
        (i32.add (call $into_call (local.get 0)) (local.get 1)))
      (func $catches (export "catches") (param i32) (result i32)
        (block $all
          (try_table (result i32) (catch_all $all)
            (i32.add (i32.const 1) (call $catches (local.get 0))))
          (return))
        (i32.const -1))
      (func $thrown (export "thrown") (param i32) (result i32)
        (block $caught (result i32)
          (try_table (catch $e $caught) (throw $e (local.get 0)))
          (unreachable))
        (i32.add (call $thrown (i32.add (local.get 0) (i32.const 1)))))
      (func $vectors (export "vectors") (param i32) (result i32) (local v128)
        (local.set 1 (i32x4.splat (local.get 0)))
        (local.set 0 (call $vectors (i32.add (local.get 0) (i32.const 1))))
        (i32x4.extract_lane 1 (i32x4.add (local.get 1) (i32x4.splat (local.get 0)))))
    """
            .replace("MANY_LAST", String.valueOf(MANY - 1))
            .replace("PARAMS", "i32 ".repeat(MANY))
            .replace("MANY", many)
        + huge
        + ")";
  }

  private static Stream<Config> configs() {
    return Stream.of(
        new Config(),
        new Config().optLevel(OptLevel.NONE),
        new Config().signalsBasedInterruption(false),
        new Config().signalsBasedTraps(false));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyOverflowIsATrapInManyThreadsAtOnce(Config config) throws Exception {
    String text = text();
    for (long stack : new long[] {16 << 10, 200 << 10}) {
      try (Engine engine = new Engine(config.maxWasmStack(stack));
          Module module = Module.compile(engine, text)) {
        CountDownLatch ready = new CountDownLatch(THREADS);
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          int first = i;
          FutureTask<Integer> task = new FutureTask<>(() -> overflow(engine, module, first, ready));
          tasks.add(task);
          new Thread(null, task, "overflow " + i, THREAD_STACK).start();
        }
        for (FutureTask<Integer> task : tasks) {
          assertEquals(ROUNDS * SHAPES.size(), task.get());
        }
      }
    }
  }

  /** How many traps there were. */
  private static int overflow(Engine engine, Module module, int first, CountDownLatch ready)
      throws InterruptedException {
    int traps = 0;
    try (Store<Void> store = new Store<>(engine)) {
      Func[] host = new Func[1];
      Linker<Void> linker = new Linker<>(engine);
      linker.func(
          "h",
          "again",
          java.util.function.IntUnaryOperator.class,
          n -> (int) host[0].call(n + 1)[0]);
      Instance instance = linker.instantiate(store, module);
      host[0] = instance.func("host");
      ready.countDown();
      ready.await();
      for (int i = 0; i < ROUNDS * SHAPES.size(); i++) {
        Func shape = instance.func(SHAPES.get((first + i) % SHAPES.size()));
        Trap trap = assertThrows(Trap.class, () -> shape.call(1));
        assertEquals(TrapCode.STACK_OVERFLOW, trap.code(), shape::toString);
        assertTrue(trap.frames().size() <= 20 && !trap.frames().isEmpty());
        assertEquals(42, instance.func("fine").call(41)[0]);
        traps++;
      }
    }
    return traps;
  }
}
