package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls between Java and guests, and between guests, of all shapes. */
class CallTest {
  private final Engine engine = new Engine(new Config().debugVerifier(true));
  private final Linker<Void> linker = new Linker<>(engine);
  private final Store<Void> store = new Store<>(engine);

  @AfterEach
  void close() {
    store.close();
    engine.close();
  }

  private Instance instantiate(String text) {
    try (Module module = Module.compile(engine, text)) {
      return linker.instantiate(store, module);
    }
  }

  private static final String[] TYPES = {"i32", "i64", "f32", "f64"};
  private static final Object[][] VALUES = {
    {-5, -1L << 40, -0.5f, 1e300}, {Integer.MIN_VALUE, -7L, Float.NaN, -0.0}
  };

  /** Functions of up to three parameters, each of which returns one of them. */
  @Test
  void typedCallsOfAllShapes() throws Throwable {
    for (int count = 1; count <= 3; count++) {
      for (int shape = 0; shape < Math.powExact(4, count); shape++) {
        StringBuilder params = new StringBuilder();
        List<Object> args = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          int type = shape >> 2 * i & 3;
          params.append(' ').append(TYPES[type]);
          args.add(VALUES[i & 1][type]);
        }
        StringBuilder text = new StringBuilder("(module");
        for (int i = 0; i < count; i++) {
          text.append(
              "(func (export \"%d\") (param%s) (result %s) (local.get %d))"
                  .formatted(i, params, TYPES[shape >> 2 * i & 3], i));
        }
        text.append("(func (export \"none\") (param").append(params).append(")))");
        Instance instance = instantiate(text.toString());
        for (int i = 0; i < count; i++) {
          MethodHandle handle = instance.func("" + i).handle();
          assertEquals(args.get(i), handle.invokeWithArguments(args), params.toString());
          assertEquals(args.get(i), instance.func("" + i).call(args.toArray())[0]);
        }
        instance.func("none").handle().invokeWithArguments(args);
      }
    }
  }

  /** So many that some travel over the stack; the sum is weighted, so that none gets confused. */
  @Test
  void importsOfManyParametersAndResults() {
    for (int count = 0; count <= 14; count++) {
      StringBuilder types = new StringBuilder();
      StringBuilder gets = new StringBuilder();
      StringBuilder adds = new StringBuilder("(i64.const 0)");
      List<ValType> list = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        boolean wide = i % 3 != 1;
        list.add(wide ? ValType.I64 : ValType.F64);
        types.append(wide ? " i64" : " f64");
        gets.append("(local.get %d)".formatted(i));
        String value = "(local.get %d)".formatted(i);
        adds.append(
            "(i64.add (i64.mul (i64.const %d) %s))"
                .formatted(i + 1, wide ? value : "(i64.trunc_f64_s " + value + ")"));
      }
      String signature = "(param%s) (result%s)".formatted(types, types);
      linker.allowShadowing(true);
      linker.func(
          "h",
          "f",
          new FuncType(list, list),
          (caller, values) -> {
            for (int i = 0; i < list.size(); i++) {
              if (list.get(i) == ValType.I64) {
                values.setI64(i, values.i64(i) + 1);
              } else {
                values.setF64(i, values.f64(i) + 1);
              }
            }
          });
      Instance guest =
          instantiate("(module (func (export \"g\") %s %s))".formatted(signature, gets));
      linker.instance("guest", guest);
      Instance instance =
          instantiate(
              """
              (module (import "h" "f" (func $f %1$s)) (import "guest" "g" (func $g %1$s))
                (table 2 funcref) (elem (i32.const 0) func $f $g)
                (func (export "direct") %1$s (call $g (call $f (call $g (call $f %2$s)))))
                (func (export "indirect") %1$s
                  (call_indirect %1$s (call_indirect %1$s %2$s (i32.const 0)) (i32.const 1))))
              """
                  .formatted(signature, gets));
      Object[] args = new Object[count];
      for (int i = 0; i < count; i++) {
        args[i] = list.get(i) == ValType.I64 ? (Object) (long) (100 * i) : (Object) (0.5 + 100 * i);
      }
      Object[] direct = instance.func("direct").call(args);
      Object[] indirect = instance.func("indirect").call(args);
      for (int i = 0; i < count; i++) {
        assertEquals(((Number) args[i]).doubleValue() + 2, ((Number) direct[i]).doubleValue());
        assertEquals(((Number) args[i]).doubleValue() + 1, ((Number) indirect[i]).doubleValue());
      }
    }
  }

  @Test
  void backtracesGoThroughOtherInstances() {
    linker.instance(
        "a",
        instantiate(
            """
            (module $a (func $bad (export "bad") (param i32) (result i32)
              (i32.div_u (i32.const 1) (local.get 0))))
            """));
    Instance instance =
        instantiate(
            """
            (module $b (import "a" "bad" (func $bad (param i32) (result i32)))
              (func $outer (export "outer") (param i32) (result i32)
                (i32.add (call $bad (local.get 0)) (i32.const 1))))
            """);
    assertEquals(2, instance.func("outer").call(1)[0]);
    Trap trap = assertThrows(Trap.class, () -> instance.func("outer").call(0));
    assertEquals(TrapCode.INTEGER_DIVIDE_BY_ZERO, trap.code());
    assertEquals(List.of("bad", "outer"), trap.frames().stream().map(Frame::functionName).toList());
  }

  /** One call of functions of three instances in turn: each sees its own globals and memory. */
  @Test
  void indirectCallsSwitchInstances() {
    String member =
        """
        (module $member (import "main" "t" (table 4 funcref)) (memory 1)
          (global $g (mut i32) (i32.const %1$d)) (data (i32.const 0) "\\%1$02x")
          (elem (i32.const %2$d) func $f)
          (func $f (param i32) (result i32)
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (if (i32.eq (local.get 0) (i32.const 13)) (then (unreachable)))
            (i32.add (i32.load8_u (i32.const 0)) (i32.mul (global.get $g) (i32.const 1000)))))
        """;
    Instance main =
        instantiate(
            """
            (module $main (table (export "t") 4 funcref) (memory 1) (data (i32.const 0) "\\07")
              (type $f (func (param i32) (result i32)))
              (global $g (mut i32) (i32.const 0))
              (elem (i32.const 0) func $own)
              (func $own (param i32) (result i32) (i32.load8_u (i32.const 0)))
              (func $sum (export "sum") (param $n i32) (result i32) (local $s i32)
                (loop $l
                  (local.set $s (i32.add (local.get $s) (call_indirect (type $f)
                    (local.get $n) (i32.and (local.get $n) (i32.const 3)))))
                  (global.set $g (i32.add (global.get $g) (i32.load8_u (i32.const 0))))
                  (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $s))
              (func (export "g") (result i32) (global.get $g)))
            """);
    linker.instance("main", main);
    instantiate(member.formatted(10, 1));
    instantiate(member.formatted(20, 2));
    instantiate(member.formatted(30, 3));
    int members = 2 * (10 + 20 + 30) + 1000 * (11 + 12 + 21 + 22 + 31 + 32);
    assertEquals(2 * 7 + members, main.func("sum").call(8)[0]);
    assertEquals(8 * 7, main.func("g").call()[0]);
    Trap trap = assertThrows(Trap.class, () -> main.func("sum").call(16));
    assertEquals(List.of("f", "sum"), trap.frames().stream().map(Frame::functionName).toList());
    assertEquals(11 * 7, main.func("g").call()[0]);
  }

  /** What was just put into a table is known to be a reference in the caller's own context. */
  @Test
  void calledThroughATableRightAfterItWasStored() {
    Instance other =
        instantiate(
            """
            (module (memory 1) (data (i32.const 0) "\\2a")
              (func (export "f") (param i32) (result i32) (i32.load8_u (local.get 0))))
            """);
    linker.instance("other", other);
    Instance main =
        instantiate(
            """
            (module (type $t (func (param i32) (result i32)))
              (import "other" "f" (func $f (type $t))) (memory 1) (data (i32.const 0) "\\07")
              (table 4 4 funcref) (elem declare func $f)
              (func (export "go") (param i32) (result i32)
                (table.set (i32.const 1) (ref.func $f))
                (call_indirect (type $t) (local.get 0) (i32.const 1))
                (i32.add (i32.load8_u (i32.const 0)))))
            """);
    assertEquals(0x2a + 7, main.func("go").call(0)[0]);
  }

  @Test
  void recursionThroughInstancesEndsInATrap() {
    Instance first =
        instantiate(
            """
            (module $a (table (export "t") 1 funcref) (type $f (func (param i32) (result i32)))
              (func (export "f") (param i32) (result i32)
                (i32.add (i32.const 1) (call_indirect (type $f) (local.get 0) (i32.const 0)))))
            """);
    linker.instance("a", first);
    Instance second =
        instantiate(
            """
            (module $b (import "a" "f" (func $f (param i32) (result i32)))
              (import "a" "t" (table 1 funcref))
              (elem (i32.const 0) func $g)
              (func $g (export "g") (param i32) (result i32)
                (if (result i32) (local.get 0)
                  (then (call $f (i32.sub (local.get 0) (i32.const 1))))
                  (else (i32.const 0)))))
            """);
    assertEquals(100, second.func("g").call(100)[0]);
    for (int i = 0; i < 3; i++) {
      Trap trap = assertThrows(Trap.class, () -> second.func("g").call(-1));
      assertEquals(TrapCode.STACK_OVERFLOW, trap.code());
      assertEquals(1000, second.func("g").call(1000)[0]);
    }
  }

  /**
   * Wherever a StackOverflowError comes from, the store is left, and another thread can use it;
   * also when the thread had called so often that the store was leased to it.
   */
  @Test
  void stackOverflowsOfJavaLeaveTheStore() throws Throwable {
    linker.func("h", "f", IntUnaryOperator.class, x -> x + 1);
    String text =
        """
        (module (import "h" "f" (func $f (param i32) (result i32)))
          (func (export "direct") (param i32) (result i32) (call $f (local.get 0)))
          (func (export "numbers") (param i32 i32 i64) (result i64) (local.get 2))
          (func (export "boxed") (param externref i32) (result externref i32)
            (local.get 0) (local.get 1)))
        """;
    try (Module module = Module.compile(engine, text)) {
      for (int round = 0; round < 120; round++) {
        try (Store<Void> own = new Store<>(engine)) {
          overflowIn(linker.instantiate(own, module), round);
        }
      }
    }
  }

  private static void overflowIn(Instance instance, int round) throws Throwable {
    MethodHandle direct = instance.func("direct").handle();
    MethodHandle numbers = instance.func("numbers").handle();
    MethodHandle boxed = instance.func("boxed").handle();
    List<Call> calls =
        List.of(
            () -> (int) direct.invokeExact(1),
            () -> (long) numbers.invokeExact(1, 2, 3L),
            () -> (Object[]) boxed.invokeExact((Object) "x", 1));
    int callsBefore = round % 4 == 0 ? 0 : 1200;
    Overflow victim = new Overflow(calls.get(round % 3), callsBefore, round / 3);
    Thread thread = new Thread(null, victim, "victim", 256 << 10);
    thread.start();
    thread.join();
    assertTrue(victim.overflows > 0);
    assertEquals(42, (int) direct.invokeExact(41));
    assertEquals(3L, (long) numbers.invokeExact(1, 2, 3L));
    assertEquals(1, ((Object[]) boxed.invokeExact((Object) "x", 1))[1]);
  }

  private interface Call {
    Object run() throws Throwable;
  }

  /** Goes down to the end of the stack and calls in each of the last frames on the way back. */
  private static final class Overflow implements Runnable {
    private static final int FRAMES = 150;

    private final Call call;
    private final int callsBefore;
    private final int shift;
    private int left = FRAMES;
    int overflows;

    Overflow(Call call, int callsBefore, int shift) {
      this.call = call;
      this.callsBefore = callsBefore;
      this.shift = shift;
    }

    @Override
    public void run() {
      for (int i = 0; i < callsBefore; i++) {
        callAtTheEnd();
      }
      shifted(shift);
    }

    /** Frames of another size first, so that the end is not always at the same place. */
    private long shifted(long count) {
      if (count > 0) {
        return shifted(count - 1) + count * left;
      }
      deeper();
      return overflows;
    }

    private void deeper() {
      try {
        deeper();
      } catch (StackOverflowError end) {
        overflows++;
      }
      if (left > 0) {
        left--;
        callAtTheEnd();
      }
    }

    private void callAtTheEnd() {
      try {
        call.run();
      } catch (StackOverflowError expected) {
        overflows++;
      } catch (Throwable other) {
        throw new AssertionError(other);
      }
    }
  }
}
