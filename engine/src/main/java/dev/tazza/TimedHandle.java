package dev.tazza;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A handle of a guest's function, each call of which has a time limit. */
final class TimedHandle {
  private static final MethodHandle CALL = find();

  private final Store<?> store;
  private final Duration timeout;

  /** Takes all arguments as an array. */
  private final MethodHandle function;

  private TimedHandle(Store<?> store, Duration timeout, MethodHandle function) {
    this.store = store;
    this.timeout = timeout;
    this.function = function;
  }

  /** A handle of the same type as {@code function}. */
  static MethodHandle of(Store<?> store, Duration timeout, MethodHandle function) {
    int count = function.type().parameterCount();
    MethodHandle spread =
        function
            .asType(function.type().generic())
            .asSpreader(Object[].class, count)
            .asType(MethodType.methodType(Object.class, Object[].class));
    return CALL.bindTo(new TimedHandle(store, timeout, spread))
        .asCollector(Object[].class, count)
        .asType(function.type());
  }

  private static MethodHandle find() {
    try {
      MethodType type = MethodType.methodType(Object.class, Object[].class);
      return MethodHandles.lookup().findVirtual(TimedHandle.class, "call", type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Nullable Object call(@Nullable Object[] arguments) throws Throwable {
    return store.callWithTimeout(timeout, () -> invoke(arguments));
  }

  private @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    try {
      return function.invokeExact(arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a function threw what is neither exception nor error", e);
    }
  }
}
