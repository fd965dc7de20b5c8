package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.TrapCode;
import java.time.Duration;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tail calls: what they give, that the stack stays as it is, and whose context returns. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TailCallTest {
  private static final int MANY = 10_000_000;

  private Engine engine = new Engine();
  private Store<String> store = new Store<>(engine, "");
  private Linker<String> linker = new Linker<>(engine);

  private void open(OptLevel level) {
    open(new Config().optLevel(level).debugVerifier(true).sandboxVerifier(true));
  }

  private void open(Config config) {
    close();
    engine = new Engine(config);
    store = new Store<>(engine, "");
    linker = new Linker<>(engine);
  }

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    return linker.instantiate(store, Module.compile(engine, text));
  }

  private static int call(Instance instance, String name, int argument) {
    return instance.func(name).as(IntUnaryOperator.class).applyAsInt(argument);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void tenMillionTakeNoStack(OptLevel level) {
    open(level);
    Instance instance =
        instantiate(
            """
            (module
              (type $t (func (param i32 i32) (result i32)))
              (table funcref (elem $even $odd $self))
              (elem declare func $byReference)
              (func $self (type $t)
                (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                (return_call $self (i32.sub (local.get 0) (i32.const 1))
                  (i32.add (local.get 1) (i32.const 3))))
              (func $even (type $t)
                (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                (return_call $odd (i32.sub (local.get 0) (i32.const 1))
                  (i32.mul (local.get 1) (i32.const 3))))
              (func $odd (type $t)
                (if (i32.eqz (local.get 0)) (then (return (i32.const -1))))
                (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
                  (i32.add (local.get 1) (i32.const 1)) (i32.const 0)))
              (func $byReference (type $t)
                (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                (return_call_ref $t (i32.sub (local.get 0) (i32.const 1))
                  (i32.add (local.get 1) (i32.const 5)) (ref.func $byReference)))
              (func (export "self") (param i32) (result i32)
                (i32.add (call $self (local.get 0) (i32.const 0)) (i32.const 1)))
              (func (export "even") (param i32) (result i32)
                (i32.add (call $even (local.get 0) (i32.const 1)) (i32.const 1)))
              (func (export "ref") (param i32) (result i32)
                (return_call $byReference (local.get 0) (i32.const 0))))
            """);
    assertEquals(3 * MANY + 1, call(instance, "self", MANY));
    int expected = 1;
    for (int i = 0; i < MANY / 2; i++) {
      expected = expected * 3 + 1;
    }
    assertEquals(expected + 1, call(instance, "even", MANY));
    assertEquals(5 * MANY, call(instance, "ref", MANY));
  }

  /** Both instances count their own calls, also those that come back after the other's. */
  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void tenMillionBetweenInstancesTakeNoStack(OptLevel level) {
    open(level);
    Instance ping =
        instantiate(
            """
            (module
              (type $t (func (param i32) (result i32)))
              (table (export "table") 2 funcref)
              (elem (i32.const 0) $ping)
              (global $count (mut i32) (i32.const 0))
              (func $ping (type $t)
                (global.set $count (i32.add (global.get $count) (i32.const 1)))
                (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
                (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
                  (i32.const 1)))
              (func (export "ping") (type $t) (return_call $ping (local.get 0)))
              (func (export "run") (param i32) (result i32)
                (i32.add (call $ping (local.get 0)) (global.get $count))))
            """);
    linker.instance("ping", ping);
    Instance pong =
        instantiate(
            """
            (module
              (type $t (func (param i32) (result i32)))
              (import "ping" "ping" (func $ping (type $t)))
              (import "ping" "table" (table 2 funcref))
              (elem (i32.const 1) $pong)
              (global $count (mut i32) (i32.const 1000000000))
              (func $pong (type $t)
                (global.set $count (i32.add (global.get $count) (i32.const 1)))
                (if (i32.eqz (local.get 0)) (then (return (i32.const 9))))
                (return_call $ping (i32.sub (local.get 0) (i32.const 1))))
              (func (export "run") (param i32) (result i32)
                (i32.add (call $pong (local.get 0)) (global.get $count))))
            """);
    assertEquals(7 + MANY / 2 + 1, call(ping, "run", MANY));
    assertEquals(9 + 1000000000 + MANY / 2 + MANY / 2 + 1, call(pong, "run", MANY));
  }

  private static final List<OptLevel> LEVELS = List.of(OptLevel.NONE, OptLevel.SPEED);

  /** Functions with from none to many arguments call each other in all pairs, and across. */
  @ParameterizedTest
  @MethodSource("levels")
  void argumentsOfAllSizes(OptLevel level) {
    open(level);
    int[] counts = {0, 3, 9, 25, 160};
    String first = functions(counts, "");
    Instance a = instantiate("(module " + first + ")");
    linker.instance("a", a);
    String imports =
        IntStream.of(counts)
            .mapToObj(n -> "(import \"a\" \"f%d\" (func $a%d %s))".formatted(n, n, type(n)))
            .collect(Collectors.joining("\n"));
    Instance b = instantiate("(module " + imports + functions(counts, "$a") + ")");
    for (Instance instance : List.of(a, b)) {
      for (int from : counts) {
        for (int to : counts) {
          Func function = instance.func("from" + from + "to" + to);
          Object[] results = function.call(5L);
          long sum = 0;
          for (int i = 0; i < to; i++) {
            sum += (5L + 11 * i) * (i + 1);
          }
          assertEquals(9, results.length);
          assertEquals(sum, results[0], from + " to " + to);
          assertEquals(to + 0.5, results[7]);
          assertEquals(5L, results[8], "what the caller kept");
        }
      }
    }
  }

  static List<OptLevel> levels() {
    return LEVELS;
  }

  private static String type(int count) {
    String params = "i64 v128 ".repeat(count / 2) + (count % 2 == 1 ? "i64" : "");
    return "(param " + params + ") (result i64 i64 i64 i64 i64 i64 i64 f64)";
  }

  /**
   * For each count a function that sums its arguments up, and for each pair one that is called with
   * the first count and calls the second in its place.
   */
  private static String functions(int[] counts, String prefix) {
    StringBuilder text = new StringBuilder();
    for (int count : counts) {
      text.append(
          "(func $f%d (export \"f%d\") %s (i64.const 0)".formatted(count, count, type(count)));
      for (int i = 0; i < count; i++) {
        String lane = i % 2 == 0 ? "" : "i64x2.extract_lane 1 ";
        text.append(" local.get %d %s i64.const %d i64.mul i64.add".formatted(i, lane, i + 1));
      }
      text.append(" (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)");
      text.append(" (i64.const 6) (f64.const %d.5))\n".formatted(count));
    }
    for (int from : counts) {
      for (int to : counts) {
        String name = "from%dto%d".formatted(from, to);
        // One more local than is needed is kept over the call, in a register that is preserved.
        text.append(
            "(func $%s %s (local $x i64) (local.set $x (i64.const 5))".formatted(name, type(from)));
        if (from > 0) {
          text.append(" (local.set $x (local.get 0))");
        }
        for (int i = 0; i < to; i++) {
          String splat = i % 2 == 0 ? "" : " i64x2.splat";
          text.append(" local.get $x i64.const %d i64.add%s".formatted(11 * i, splat));
        }
        String callee = prefix.isEmpty() ? "$f" : prefix;
        text.append(" return_call %s%d)\n".formatted(callee, to));
        text.append(
            "(func (export \"%s\") (param i64) (result i64 i64 i64 i64 i64 i64 i64 f64 i64)"
                .formatted(name));
        for (int i = 0; i < from; i++) {
          text.append(" local.get 0").append(i % 2 == 0 ? "" : " i64x2.splat");
        }
        text.append(" call $%s local.get 0)\n".formatted(name));
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void hostFunctionsAreCalledInPlaceOfTheirCaller(OptLevel level) {
    open(level);
    linker.func("h", "twice", IntUnaryOperator.class, x -> 2 * x);
    Instance instance =
        instantiate(
            """
            (module
              (import "h" "twice" (func $twice (param i32) (result i32)))
              (global $g (mut i32) (i32.const 100))
              (func $f (param i32) (result i32)
                (return_call $twice (i32.add (local.get 0) (i32.const 1))))
              (func (export "run") (param i32) (result i32)
                (i32.add (call $f (local.get 0)) (global.get $g))))
            """);
    assertEquals(112, call(instance, "run", 5));
  }

  /** Handlers around a tail call are gone, those of the caller are there, also over instances. */
  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void exceptionsPassTheFunctionThatIsGone(OptLevel level) {
    open(new Config().optLevel(level).debugVerifier(true).wasmExceptions(true));
    Instance thrower =
        instantiate(
            """
            (module
              (tag $e (export "e") (param i32))
              (func (export "throw") (param i32) (result i32)
                (throw $e (i32.add (local.get 0) (i32.const 1)))))
            """);
    linker.instance("thrower", thrower);
    Instance instance =
        instantiate(
            """
            (module
              (import "thrower" "e" (tag $e (param i32)))
              (import "thrower" "throw" (func $far (param i32) (result i32)))
              (global $g (mut i32) (i32.const 1000))
              (func $near (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                (throw $e (i32.add (local.get 0) (i32.const 2))))
              (func $gone (param i32) (result i32)
                (block $h (result i32)
                  (try_table (catch $e $h)
                    (if (i32.lt_s (local.get 0) (i32.const 10))
                      (then (return_call $near (local.get 0))))
                    (return_call $far (local.get 0)))
                  unreachable)
                (drop) (i32.const -1))
              (func (export "run") (param i32) (result i32)
                (block $h (result i32)
                  (try_table (result i32) (catch $e $h) (call $gone (local.get 0))))
                (i32.add (global.get $g))))
            """);
    assertEquals(1007, call(instance, "run", 5));
    assertEquals(1021, call(instance, "run", 20));
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void backtracesHaveTheCalleeOnly(OptLevel level) {
    // The sandbox verifier has no rule for a reference that is always null.
    open(new Config().optLevel(level));
    Instance other = instantiate("(module (func $far (export \"far\") (param i32) unreachable))");
    linker.instance("other", other);
    Instance instance =
        instantiate(
            """
            (module
              (type $v (func (param i32)))
              (import "other" "far" (func $far (type $v)))
              (func $last (type $v) (drop (i32.div_u (i32.const 1) (local.get 0))))
              (func $middle (type $v) (return_call $last (local.get 0)))
              (func $away (type $v) (return_call $far (local.get 0)))
              (func $null (type $v) (return_call_ref $v (local.get 0) (ref.null $v)))
              (func (export "near") (type $v) (call $middle (local.get 0)))
              (func (export "far") (type $v) (call $away (local.get 0)))
              (func (export "null") (type $v) (call $null (local.get 0))))
            """);
    assertEquals(
        List.of("last", "near"), trapped(instance, "near", TrapCode.INTEGER_DIVIDE_BY_ZERO));
    assertEquals(List.of("far", "far"), trapped(instance, "far", TrapCode.UNREACHABLE));
    assertEquals(
        List.of("null", "null"), trapped(instance, "null", TrapCode.NULL_FUNCTION_REFERENCE));
  }

  private static List<String> trapped(Instance instance, String name, TrapCode code) {
    Trap trap = assertThrows(Trap.class, () -> instance.func(name).call(0));
    assertEquals(code, trap.code());
    return trap.frames().stream().map(Frame::displayName).toList();
  }

  @ParameterizedTest
  @MethodSource("levels")
  void whatNeverEndsIsStopped(OptLevel level) {
    for (boolean signals : List.of(true, false)) {
      open(new Config().optLevel(level).epochInterruption(true).signalsBasedInterruption(signals));
      Instance instance =
          instantiate(
              """
              (module
                (type $v (func))
                (table funcref (elem $table))
                (func $self (export "self") (return_call $self))
                (func $a (export "a") (return_call $b))
                (func $b (return_call $a))
                (func $table (export "table") (return_call_indirect (type $v) (i32.const 0))))
              """);
      for (String name : List.of("self", "a", "table")) {
        Func endless = instance.func(name).withTimeout(Duration.ofMillis(20));
        Trap trap = assertThrows(Trap.class, endless::call, name);
        assertEquals(TrapCode.INTERRUPT, trap.code());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "SPEED"})
  void inlinedTailCallsAreCalls(OptLevel level) {
    open(level);
    Instance instance =
        instantiate(
            """
            (module
              (type $t (func (param i32) (result i32)))
              (table funcref (elem $big))
              (global $g (mut i32) (i32.const 0))
              (func $small (type $t)
                (if (result i32) (i32.and (local.get 0) (i32.const 1))
                  (then (return_call $big (local.get 0)))
                  (else (return_call_indirect (type $t) (local.get 0) (i32.const 0)))))
              (func $big (type $t)
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (if (i32.gt_u (local.get 0) (i32.const 1000)) (then unreachable))
                (i32.mul (local.get 0) (local.get 0)))
              (func (export "run") (param i32) (result i32) (local $sum i32)
                (loop $next
                  (local.set $sum (i32.add (local.get $sum) (call $small (local.get 0))))
                  (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (i32.add (local.get $sum) (global.get $g))))
            """);
    assertEquals(385 + 10, call(instance, "run", 10));
    assertArrayEquals(new Object[] {1 + 1 + 10}, instance.func("run").call(1));
  }
}
