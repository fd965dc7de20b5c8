package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.Trap;
import dev.tazza.wasm.TrapCode;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

/** Every kind of trap, 10,000 times, while the collector and a JFR recording run. */
class TrapStressTest {
  private static final int TIMES = 10_000;
  private static final int THREADS = 8;

  /** A function body that traps. */
  private record Case(String name, TrapCode code, String body) {}

  private static final List<Case> CASES = cases();

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("unreachable", TrapCode.UNREACHABLE, "unreachable"));
    for (String load :
        List.of(
            "i32.load",
            "i32.load8_s",
            "i32.load8_u",
            "i32.load16_s",
            "i32.load16_u",
            "i64.load",
            "i64.load8_s",
            "i64.load8_u",
            "i64.load16_s",
            "i64.load16_u",
            "i64.load32_s",
            "i64.load32_u",
            "f32.load",
            "f64.load")) {
      memory(cases, load, "(drop (" + load + " (local.get $end)))");
      memory(cases, load + "-far", "(drop (" + load + " offset=0xffffffff (i32.const -1)))");
    }
    for (String store :
        List.of(
            "i32.store",
            "i32.store8",
            "i32.store16",
            "i64.store",
            "i64.store8",
            "i64.store16",
            "i64.store32",
            "f32.store",
            "f64.store")) {
      String value = "(" + store.substring(0, 3) + ".const 1)";
      memory(cases, store, "(" + store + " (local.get $end) " + value + ")");
      memory(
          cases, store + "-far", "(" + store + " offset=0xffffffff (i32.const -1) " + value + ")");
    }
    String store = "(i32.store (local.get $end) (i32.const 1))";
    memory(cases, "store-twice", store + store);
    String half = "(i64.load (i32.sub (local.get $end) (i32.const 4)))";
    memory(cases, "half-wrapped", "(drop (memory.grow (i32.wrap_i64 " + half + ")))");
    memory(
        cases,
        "half-tested",
        "(if (i64.eqz (i64.and " + half + "(i64.const 5))) (then unreachable))");
    String range = "(local.get $end) (i32.const 0) (i32.const 1))";
    memory(cases, "memory.copy", "(memory.copy " + range);
    memory(cases, "memory.fill", "(memory.fill " + range);
    memory(cases, "memory.init", "(memory.init $data " + range);
    table(cases, "table.get", "(drop (table.get (i32.const 4)))");
    table(cases, "table.set", "(table.set (i32.const -1) (ref.null func))");
    table(cases, "table.copy", "(table.copy (i32.const 4) (i32.const 0) (i32.const 1))");
    table(cases, "table.init", "(table.init $elem (i32.const 0) (i32.const 1) (i32.const 1))");
    table(cases, "table.fill", "(table.fill (i32.const 4) (ref.null func) (i32.const 1))");
    indirect(cases, TrapCode.UNDEFINED_ELEMENT, 4);
    indirect(cases, TrapCode.UNDEFINED_ELEMENT, -1);
    indirect(cases, TrapCode.UNINITIALIZED_ELEMENT, 1);
    indirect(cases, TrapCode.INDIRECT_CALL_TYPE_MISMATCH, 0);
    for (String type : List.of("i32", "i64")) {
      divisions(cases, type);
      conversions(cases, type);
    }
    cases.add(new Case("stack", TrapCode.STACK_OVERFLOW, "call $stack"));
    cases.add(new Case("import", TrapCode.UNKNOWN_IMPORT, "call $unknown"));
    return cases;
  }

  private static void memory(List<Case> cases, String name, String body) {
    cases.add(new Case(name, TrapCode.MEMORY_OUT_OF_BOUNDS, body));
  }

  private static void table(List<Case> cases, String name, String body) {
    cases.add(new Case(name, TrapCode.TABLE_OUT_OF_BOUNDS, body));
  }

  private static void indirect(List<Case> cases, TrapCode code, int index) {
    cases.add(
        new Case(
            "call_indirect" + index,
            code,
            "(drop (call_indirect (result i32) (i32.const %d)))".formatted(index)));
  }

  private static void divisions(List<Case> cases, String type) {
    String low = type.equals("i32") ? "0x80000000" : "0x8000000000000000";
    // Through locals: neither operand is a constant for the compiler.
    String zero = "(local.get $zero-" + type + ")";
    for (String operation : List.of("div_s", "div_u", "rem_s", "rem_u")) {
      cases.add(
          new Case(
              type + operation,
              TrapCode.INTEGER_DIVIDE_BY_ZERO,
              "(drop (%s.%s (%s.const 7) %s))".formatted(type, operation, type, zero)));
    }
    cases.add(
        new Case(
            type + "overflow",
            TrapCode.INTEGER_OVERFLOW,
            "(drop (%s.div_s (%s.const %s) (%s.sub %s (%s.const 1))))"
                .formatted(type, type, low, type, zero, type)));
  }

  private static void conversions(List<Case> cases, String type) {
    for (String from : List.of("f32", "f64")) {
      for (String sign : List.of("s", "u")) {
        String name = type + ".trunc_" + from + "_" + sign;
        cases.add(
            new Case(
                name + "-nan",
                TrapCode.INVALID_CONVERSION_TO_INTEGER,
                "(drop (%s (%s.sqrt (%s.const -1))))".formatted(name, from, from)));
        cases.add(
            new Case(
                name + "-large",
                TrapCode.INTEGER_OVERFLOW,
                "(drop (%s (%s.neg (%s.const 1e30))))".formatted(name, from, from)));
      }
    }
  }

  private static String module() {
    StringBuilder text =
        new StringBuilder(
            """
            (module
              (import "no" "where" (func $unknown))
              (memory 1 2)
              (table 4 funcref)
              (elem (i32.const 0) func $stack)
              (data $data "abc")
              (elem $elem func $stack)
              (func $stack (export "recurse") call $stack i32.const 0 drop)
              (func (export "add") (param i32 i32) (result i32)
                (i32.store (i32.const 8) (i32.add (local.get 0) (local.get 1)))
                (i32.load (i32.const 8)))
            """);
    for (Case each : CASES) {
      text.append(
          "(func (export \"%s\") (local $end i32) (local $zero-i32 i32) (local $zero-i64 i64)\n"
              .formatted(each.name));
      text.append("(local.set $end (i32.mul (memory.size) (i32.const 65536)))\n");
      text.append(each.body).append(")\n");
    }
    return text.append(")").toString();
  }

  private static Instance instantiate(Engine engine, Module module, Store<Void> store) {
    Linker<Void> linker = new Linker<>(engine);
    linker.defineUnknownImportsAsTraps(module);
    return linker.instantiate(store, module);
  }

  private static void trap(Instance instance, Case each, int times) throws Throwable {
    MethodHandle function = instance.func(each.name).handle();
    for (int i = 0; i < times; i++) {
      Trap trap = null;
      try {
        function.invokeExact();
      } catch (Trap caught) {
        trap = caught;
      }
      if (trap == null || trap.code() != each.code || trap.frames().isEmpty()) {
        throw new AssertionError(each.name + ", attempt " + i, trap);
      }
    }
  }

  private static void works(Instance instance) throws Throwable {
    MethodHandle add = instance.func("add").handle();
    assertEquals(5, (int) add.invokeExact(2, 3));
  }

  @Test
  void everyTrapCodeOfWebAssembly2HasACase() {
    EnumSet<TrapCode> missing = EnumSet.allOf(TrapCode.class);
    CASES.forEach(each -> missing.remove(each.code));
    // An internal code that is always refined, those of later versions, and what others ask for.
    assertEquals(
        EnumSet.of(
            TrapCode.INTEGER_DIVISION,
            TrapCode.NULL_REFERENCE,
            TrapCode.NULL_FUNCTION_REFERENCE,
            TrapCode.NULL_EXCEPTION_REFERENCE,
            TrapCode.INTERRUPT,
            TrapCode.RESOURCE_LIMIT,
            TrapCode.OUT_OF_FUEL,
            TrapCode.UNALIGNED_ATOMIC,
            TrapCode.EXPECTED_SHARED_MEMORY),
        missing);
  }

  @Test
  void framesDoNotDependOnTheOptimizer() {
    List<String> expected = frames(OptLevel.NONE);
    assertEquals(expected, frames(OptLevel.SPEED));
  }

  private static List<String> frames(OptLevel level) {
    List<String> frames = new ArrayList<>();
    try (Engine engine = new Engine(new Config().optLevel(level));
        Module module = Module.compile(engine, module());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(engine, module, store);
      for (Case each : CASES) {
        Trap trap = assertThrows(Trap.class, () -> instance.func(each.name).call());
        // Where the stack ends depends on the size of the frames.
        boolean overflow = each.code == TrapCode.STACK_OVERFLOW;
        frames.add(each.name + (overflow ? "" : trap.frames()));
      }
    }
    return frames;
  }

  @Test
  void tenThousandTrapsOfEveryKind() throws Throwable {
    try (Recording recording = recording();
        Disturbance disturbance = new Disturbance();
        Engine engine = new Engine();
        Module module = Module.compile(engine, module());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(engine, module, store);
      for (Case each : CASES) {
        trap(instance, each, TIMES);
        works(instance);
      }
      assertTrue(disturbance.collections > 0);
    }
  }

  @Test
  void implicitChecksOfTheJvmStillWork() throws Throwable {
    try (Engine engine = new Engine();
        Module module = Module.compile(engine, module());
        Store<Void> store = new Store<>(engine)) {
      Instance instance = instantiate(engine, module, store);
      for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 1000; k++) {
          assertThrows(NullPointerException.class, () -> length(null));
          assertThrows(ArithmeticException.class, () -> divide(0));
        }
        assertThrows(StackOverflowError.class, () -> endless(0));
        trap(instance, CASES.get(i), 100);
      }
    }
  }

  private static int length(String text) {
    return text.length();
  }

  private static int divide(int by) {
    return 7 / by;
  }

  private static int endless(int depth) {
    return endless(depth + 1) + 1;
  }

  @Test
  void eightThreadsWithAStoreEach() throws Exception {
    CountDownLatch ready = new CountDownLatch(THREADS);
    List<Throwable> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (Recording recording = recording();
        Disturbance disturbance = new Disturbance();
        Engine engine = new Engine();
        Module module = Module.compile(engine, module())) {
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try (Store<Void> store = new Store<>(engine)) {
                    Instance instance = instantiate(engine, module, store);
                    ready.countDown();
                    ready.await();
                    for (int k = 0; k < 20 * CASES.size(); k++) {
                      trap(instance, CASES.get((k + 5 * seed) % CASES.size()), 5);
                      works(instance);
                    }
                  } catch (Throwable e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        assertTrue(thread.join(Duration.ofMinutes(2)), "hangs");
      }
      assertEquals(List.of(), failures);
    }
  }

  private static Recording recording() throws Exception {
    Recording recording = new Recording(Configuration.getConfiguration("profile"));
    recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
    recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10));
    recording.start();
    return recording;
  }

  /** A thread that makes garbage and collects it. */
  private static final class Disturbance implements AutoCloseable {
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    volatile int collections;

    Disturbance() {
      thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
      try {
        do {
          byte[][] garbage = new byte[64][];
          for (int i = 0; i < garbage.length; i++) {
            garbage[i] = new byte[16 << 10];
          }
          System.gc();
          collections++;
        } while (!end.await(100, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws InterruptedException {
      end.countDown();
      thread.join();
    }
  }
}
