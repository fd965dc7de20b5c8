package dev.tazza;

import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Host functions from lambdas for the JDK's own functional interfaces of numbers of one type. They
 * are called through the interface, which the JVM's compiler inlines where it sees few classes. It
 * never inlines through a method handle that is not a constant, as those of {@link TypedHost} are.
 */
final class HostLambda {
  private HostLambda() {}

  /**
   * A lambda as a host function of the type that follows from its interface.
   *
   * @throws IllegalArgumentException when no function type corresponds to the interface's method
   */
  static <T extends @Nullable Object, F> HostDefinition<T> definition(Class<F> type, F lambda) {
    SlotFunction<T> direct = of(type, lambda);
    return direct == null
        ? TypedHost.definition(JavaTypes.handle(type, lambda))
        : HostDefinition.typed(JavaTypes.funcType(type), direct);
  }

  /**
   * The lambda as a host function; null when its interface is none of those known here.
   *
   * @throws ClassCastException when it does not implement the interface
   */
  static <T extends @Nullable Object> @Nullable SlotFunction<T> of(Class<?> type, Object lambda) {
    Objects.requireNonNull(lambda);
    if (type == Runnable.class) {
      Runnable function = (Runnable) lambda;
      return (_, _) -> function.run();
    }
    SlotFunction<T> ints = ofInts(type, lambda);
    if (ints != null) {
      return ints;
    }
    SlotFunction<T> longs = ofLongs(type, lambda);
    return longs != null ? longs : ofDoubles(type, lambda);
  }

  private static <T extends @Nullable Object> @Nullable SlotFunction<T> ofInts(
      Class<?> type, Object lambda) {
    if (type == IntSupplier.class) {
      IntSupplier function = (IntSupplier) lambda;
      return (_, slots) -> slots.setI32(0, function.getAsInt());
    }
    if (type == IntConsumer.class) {
      IntConsumer function = (IntConsumer) lambda;
      return (_, slots) -> function.accept(slots.i32(0));
    }
    if (type == IntUnaryOperator.class) {
      IntUnaryOperator function = (IntUnaryOperator) lambda;
      return (_, slots) -> slots.setI32(0, function.applyAsInt(slots.i32(0)));
    }
    if (type == IntBinaryOperator.class) {
      IntBinaryOperator function = (IntBinaryOperator) lambda;
      return (_, slots) -> slots.setI32(0, function.applyAsInt(slots.i32(0), slots.i32(1)));
    }
    return null;
  }

  private static <T extends @Nullable Object> @Nullable SlotFunction<T> ofLongs(
      Class<?> type, Object lambda) {
    if (type == LongSupplier.class) {
      LongSupplier function = (LongSupplier) lambda;
      return (_, slots) -> slots.setI64(0, function.getAsLong());
    }
    if (type == LongConsumer.class) {
      LongConsumer function = (LongConsumer) lambda;
      return (_, slots) -> function.accept(slots.i64(0));
    }
    if (type == LongUnaryOperator.class) {
      LongUnaryOperator function = (LongUnaryOperator) lambda;
      return (_, slots) -> slots.setI64(0, function.applyAsLong(slots.i64(0)));
    }
    if (type == LongBinaryOperator.class) {
      LongBinaryOperator function = (LongBinaryOperator) lambda;
      return (_, slots) -> slots.setI64(0, function.applyAsLong(slots.i64(0), slots.i64(1)));
    }
    return null;
  }

  private static <T extends @Nullable Object> @Nullable SlotFunction<T> ofDoubles(
      Class<?> type, Object lambda) {
    if (type == DoubleSupplier.class) {
      DoubleSupplier function = (DoubleSupplier) lambda;
      return (_, slots) -> slots.setF64(0, function.getAsDouble());
    }
    if (type == DoubleConsumer.class) {
      DoubleConsumer function = (DoubleConsumer) lambda;
      return (_, slots) -> function.accept(slots.f64(0));
    }
    if (type == DoubleUnaryOperator.class) {
      DoubleUnaryOperator function = (DoubleUnaryOperator) lambda;
      return (_, slots) -> slots.setF64(0, function.applyAsDouble(slots.f64(0)));
    }
    if (type == DoubleBinaryOperator.class) {
      DoubleBinaryOperator function = (DoubleBinaryOperator) lambda;
      return (_, slots) -> slots.setF64(0, function.applyAsDouble(slots.f64(0), slots.f64(1)));
    }
    return null;
  }
}
