package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostLambdaTest {
  private final Engine engine = new Engine(new Config().debugVerifier(true));
  private final List<Object> seen = new ArrayList<>();

  @AfterEach
  void close() {
    engine.close();
  }

  /** Calls the lambda from a guest that passes everything on. */
  private <F> Object[] through(Class<F> type, F lambda, String signature, Object... args) {
    assertNotNull(HostLambda.of(type, lambda), "not by a method handle");
    return throughLinker(type, lambda, signature, args);
  }

  private <F> Object[] throughLinker(Class<F> type, F lambda, String signature, Object... args) {
    StringBuilder gets = new StringBuilder();
    for (int i = 0; i < args.length; i++) {
      gets.append("local.get ").append(i).append(' ');
    }
    String text =
        """
        (module (import "h" "f" (func $f %s)) (func (export "f") %s %s call $f))
        """
            .formatted(signature, signature, gets);
    Linker<Void> linker = new Linker<>(engine);
    linker.func("h", "f", type, lambda);
    try (Store<Void> store = new Store<>(engine);
        Module module = Module.compile(engine, text)) {
      return linker.instantiate(store, module).func("f").call(args);
    }
  }

  private static Object[] values(Object... values) {
    return values;
  }

  @Test
  void nothing() {
    assertArrayEquals(values(), through(Runnable.class, () -> seen.add("ran"), ""));
    assertArrayEquals(values("ran"), seen.toArray());
  }

  @Test
  void ints() {
    String one = "(param i32) (result i32)";
    String two = "(param i32 i32) (result i32)";
    assertArrayEquals(values(-3), through(IntSupplier.class, () -> -3, "(result i32)"));
    assertArrayEquals(values(), through(IntConsumer.class, seen::add, "(param i32)", -4));
    assertArrayEquals(values(5), through(IntUnaryOperator.class, a -> -a, one, -5));
    assertArrayEquals(values(-4), through(IntBinaryOperator.class, (a, b) -> a - b, two, 3, 7));
    assertArrayEquals(values(-4), seen.toArray());
  }

  @Test
  void longs() {
    long big = 1L << 40;
    String one = "(param i64) (result i64)";
    String two = "(param i64 i64) (result i64)";
    assertArrayEquals(values(-big), through(LongSupplier.class, () -> -big, "(result i64)"));
    assertArrayEquals(values(), through(LongConsumer.class, seen::add, "(param i64)", big));
    assertArrayEquals(values(-big), through(LongUnaryOperator.class, a -> -a, one, big));
    assertArrayEquals(
        values(big - 1), through(LongBinaryOperator.class, (a, b) -> a - b, two, big, 1L));
    assertArrayEquals(values(big), seen.toArray());
  }

  @Test
  void doubles() {
    String one = "(param f64) (result f64)";
    String two = "(param f64 f64) (result f64)";
    assertArrayEquals(values(-0.5), through(DoubleSupplier.class, () -> -0.5, "(result f64)"));
    assertArrayEquals(values(), through(DoubleConsumer.class, seen::add, "(param f64)", 1e300));
    assertArrayEquals(values(-2.5), through(DoubleUnaryOperator.class, a -> -a, one, 2.5));
    assertArrayEquals(
        values(-0.5), through(DoubleBinaryOperator.class, (a, b) -> a - b, two, 1.0, 1.5));
    assertArrayEquals(values(1e300), seen.toArray());
  }

  @Test
  void othersGoByMethodHandle() {
    assertNull(HostLambda.of(IntToLongFunction.class, (IntToLongFunction) a -> a));
    assertArrayEquals(
        values(-7L),
        throughLinker(IntToLongFunction.class, a -> a, "(param i32) (result i64)", -7));
  }

  @Test
  void whatTheyThrowSurfaces() {
    RuntimeException thrown = new RuntimeException("on purpose");
    assertThrows(
        RuntimeException.class,
        () ->
            through(
                IntSupplier.class,
                () -> {
                  throw thrown;
                },
                "(result i32)"));
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void objectsOfOtherClassesAreRefused() {
    Linker<Void> linker = new Linker<>(engine);
    Class raw = Runnable.class;
    assertThrows(ClassCastException.class, () -> linker.func("h", "f", raw, "no lambda"));
    assertThrows(NullPointerException.class, () -> HostLambda.of(raw, none()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <F> F none() {
    return null;
  }
}
