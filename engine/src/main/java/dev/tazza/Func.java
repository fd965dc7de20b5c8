package dev.tazza;

import dev.tazza.vm.instance.VmFunction;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ValType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A function of a store: a guest's or the host's.
 *
 * <p>Fast calls go through {@link #handle} or {@link #as}, made once and kept (a handle in a {@code
 * static final} field is fastest). {@link #call} boxes its arguments. All of them throw {@link
 * Trap} when the guest traps, and whatever a host function throws.
 */
public final class Func implements Extern {
  private final Store<?> store;
  private final VmFunction vm;

  /** How long a call may take. */
  private final @Nullable Duration timeout;

  Func(Store<?> store, VmFunction vm) {
    this(store, vm, null);
  }

  private Func(Store<?> store, VmFunction vm, @Nullable Duration timeout) {
    this.store = store;
    this.vm = vm;
    this.timeout = timeout;
  }

  /** A host function in a store. */
  public static <T extends @Nullable Object> Func wrap(
      Store<T> store, FuncType type, HostFunction<T> function) {
    return wrap(store, HostDefinition.general(type, function));
  }

  /**
   * A host function in a store, of the type that corresponds to the handle's: int, long, float,
   * double, {@link V128}, {@link Func}, or any reference type for externref; a first parameter of
   * type {@link Caller} gets the caller.
   */
  public static Func wrap(Store<?> store, MethodHandle function) {
    return wrapTyped(store, function);
  }

  /**
   * A host function in a store by a lambda for a functional interface, such as {@code wrap(store,
   * IntBinaryOperator.class, (a, b) -> a + b)}.
   *
   * @throws IllegalArgumentException when no function type corresponds to the interface's method
   */
  public static <F> Func wrap(Store<?> store, Class<F> type, F function) {
    return wrapLambda(store, type, function);
  }

  private static <T extends @Nullable Object, F> Func wrapLambda(
      Store<T> store, Class<F> type, F function) {
    Objects.requireNonNull(store, "store");
    return wrap(store, HostLambda.<T, F>definition(type, function));
  }

  private static <T extends @Nullable Object> Func wrapTyped(
      Store<T> store, MethodHandle function) {
    return wrap(store, TypedHost.<T>definition(function));
  }

  private static <T extends @Nullable Object> Func wrap(
      Store<T> store, HostDefinition<T> definition) {
    store.vm().enter();
    try {
      return new Func(store, store.materialize(definition));
    } finally {
      store.vm().leave();
    }
  }

  VmFunction vm() {
    return vm;
  }

  @Override
  public FuncType type() {
    return vm.type();
  }

  @Override
  public Store<?> store() {
    return store;
  }

  /**
   * Calls with boxed values: Integer, Long, Float, Double, {@link V128}, {@link Func}, any object
   * for externref. Numbers of smaller types are taken where nothing of them is lost: an Integer for
   * i64 or f64, a Float for f64, a Short or Byte for any but f32.
   *
   * @return the results, in order
   * @throws IllegalArgumentException when the arguments are not those that the type wants
   */
  public @Nullable Object[] call(@Nullable Object... args) {
    checkCount(args);
    store.requireSync("Func.callAsync");
    Duration limit = timeout;
    return limit == null
        ? TypedCall.call(store, vm, args)
        : store.callWithTimeout(limit, () -> TypedCall.call(store, vm, args));
  }

  /**
   * Calls a guest's function without waiting for it: it runs on the store's executor ({@link
   * Store#setExecutor}), and while it waits for a host function's results, or for its turn, on no
   * thread at all. Calls that begin while others of the store wait are over before those go on.
   *
   * <p>Cancelling the future ends the guest at once if it waits, otherwise where it is or as soon
   * as it comes back from a host function.
   *
   * @return the results, or a {@link Trap} or whatever a host function threw
   * @throws IllegalArgumentException when there are not as many arguments as the function takes
   * @throws IllegalStateException when {@link Config#asyncSupport} is off
   */
  public CompletableFuture<@Nullable Object[]> callAsync(@Nullable Object... args) {
    checkCount(args);
    store.requireAsync();
    if (timeout != null || vm.isHost()) {
      throw new UnsupportedOperationException(
          "a function of the host, or with a timeout, cannot be called asynchronously");
    }
    return store.asyncCalls().begin(vm, args.clone());
  }

  private void checkCount(@Nullable Object[] args) {
    List<ValType> params = type().params();
    if (args.length != params.size()) {
      throw new IllegalArgumentException(
          "the function takes %d arguments, %s, but was given %d"
              .formatted(params.size(), params, args.length));
    }
  }

  /**
   * The same function, whose calls from Java, by whatever way, may take so long: then the guest
   * traps. See {@link Store#callWithTimeout}, which does the same for several calls and costs less.
   */
  public Func withTimeout(Duration timeout) {
    return new Func(store, vm, Objects.requireNonNull(timeout, "timeout"));
  }

  /**
   * A handle of the function's exact Java type, such as {@code (int,int)int}, that calls without
   * boxing. funcref is {@link Func}, externref {@link Object}; several results come as {@code
   * Object[]}.
   */
  public MethodHandle handle() {
    store.requireOpen();
    store.requireSync("Func.callAsync");
    MethodHandle handle = TypedCall.handle(store, vm);
    return timeout == null ? handle : TimedHandle.of(store, timeout, handle);
  }

  /**
   * The function as an instance of a functional interface, such as {@code IntBinaryOperator}.
   *
   * @param type a public interface whose method has exactly the function's Java type, or the same
   *     with all primitive types boxed
   * @throws IllegalArgumentException when it has another
   */
  public <F> F as(Class<F> type) {
    return InterfaceClass.isOpen(type)
        ? implement(type, null)
        : MethodHandleProxies.asInterfaceInstance(type, fitting(type));
  }

  /**
   * The same for an interface that need not be public.
   *
   * @param lookup the caller's, {@code MethodHandles.lookup()}, which may access the interface
   */
  public <F> F as(Class<F> type, Lookup lookup) {
    return implement(type, Objects.requireNonNull(lookup, "lookup"));
  }

  private <F> F implement(Class<F> type, @Nullable Lookup lookup) {
    return InterfaceClass.make(type, lookup, new Object[] {fitting(type)});
  }

  private MethodHandle fitting(Class<?> type) {
    Method method = InterfaceClass.functionalMethod(type);
    MethodType wanted = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    MethodHandle handle = handle();
    if (!JavaTypes.fits(handle.type(), wanted)) {
      throw new IllegalArgumentException(
          "%s.%s has type %s, but the function %s is %s in Java"
              .formatted(type.getName(), method.getName(), wanted, type(), handle.type()));
    }
    return handle.asType(wanted);
  }

  /** {@link #as}, by a name that is no keyword of Kotlin. */
  public <F> F typed(Class<F> type) {
    return as(type);
  }

  /** {@link #as(Class, Lookup)}, by a name that is no keyword of Kotlin. */
  public <F> F typed(Class<F> type, Lookup lookup) {
    return as(type, lookup);
  }

  /** The same function of the same store. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Func func
        && func.store == store
        && func.vm.host() == vm.host()
        && func.vm.code() == vm.code()
        && func.vm.context() == vm.context();
  }

  @Override
  public int hashCode() {
    return Long.hashCode(vm.code() * 31 + vm.context() + vm.host());
  }

  @Override
  public String toString() {
    return "func " + type();
  }
}
