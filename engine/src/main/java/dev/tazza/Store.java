package dev.tazza;

import dev.tazza.vm.instance.VmFunction;
import dev.tazza.vm.instance.VmStore;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds instances, and everything they can reach: memories, tables, globals, host functions, Java
 * objects that guests have references to. All of it is freed by {@link #close}, and not before.
 *
 * <p>A store serves one thread at a time, not always the same one; a second thread gets an {@link
 * IllegalStateException}.
 *
 * @param <T> type of the data that host functions find in it, see {@link Caller#data}
 */
public final class Store<T extends @Nullable Object> implements AutoCloseable {
  private final Engine engine;
  private final VmStore vm;
  private final Map<Object, VmFunction> hostFunctions = new IdentityHashMap<>(1);
  private final ValueSlots slots;
  private final AsyncCalls asyncCalls = new AsyncCalls(this);

  private final Interruption<T> interruption;
  private final FuelSupply fuel;
  private T data;

  /** A store with data. */
  public Store(Engine engine, T data) {
    this.engine = engine;
    this.data = data;
    this.vm = engine.newStore();
    this.slots = new ValueSlots(this);
    vm.exceptions().setThrowables(new GuestExceptions(this));
    this.interruption = engine.newInterruption(this, vm);
    this.fuel = new FuelSupply(vm);
    if (engine.config().asyncSupport()) {
      vm.suspendWaitsBy(() -> new AsyncWait(this));
    }
  }

  /** A store whose data is null. */
  @SuppressWarnings("NullAway") // T is then a nullable type
  public Store(Engine engine) {
    this(engine, null);
  }

  public Engine engine() {
    return engine;
  }

  /** The embedder's data. */
  public T data() {
    return data;
  }

  public void setData(T data) {
    this.data = data;
  }

  /**
   * Has {@code limiter} asked from now on before anything in the store is made or grows: memories,
   * tables, instances. What is there already stays. To bound untrusted code, set one before you
   * instantiate; {@link StoreLimits} is ready-made.
   *
   * @throws IllegalStateException when the store is closed or in use by another thread
   */
  public void limiter(ResourceLimiter limiter) {
    AskedLimiter asked = new AskedLimiter(Objects.requireNonNull(limiter, "limiter"));
    vm.enter();
    try {
      vm.limitBy(asked);
    } finally {
      vm.leave();
    }
  }

  /**
   * The same with a limiter that may take its time: a guest of an asynchronous call whose memory or
   * table is to grow waits for the answer without a thread.
   *
   * @throws IllegalStateException when {@link Config#asyncSupport} is off, or the store is closed
   *     or in use by another thread
   */
  public void limiterAsync(AsyncResourceLimiter limiter) {
    Objects.requireNonNull(limiter, "limiter");
    requireAsync();
    AsyncGrowth asked = new AsyncGrowth(this, limiter);
    vm.enter();
    try {
      vm.limitBy(asked, asked);
    } finally {
      vm.leave();
    }
  }

  // Interruption.

  /**
   * Sets the epoch at which the guest is stopped: the current one plus {@code ticks}, an unsigned
   * number. What happens then is {@link #epochDeadlineTrap}, if nothing else was said. A new
   * store's deadline has come already.
   *
   * @throws IllegalStateException when {@link Config#epochInterruption} is off, or the store is
   *     closed or in use by another thread
   */
  public void setEpochDeadline(long ticks) {
    vm.enter();
    try {
      interruption.setDeadline(ticks);
    } finally {
      vm.leave();
    }
  }

  /** At the deadline the guest traps with {@link dev.tazza.wasm.TrapCode#INTERRUPT}. */
  public void epochDeadlineTrap() {
    setCallback(null);
  }

  /**
   * At the deadline {@code callback} decides, on the thread that called the guest. It may look at
   * memories and globals and may change them, though the guest may see that late; calling the guest
   * and growing a memory or table throw {@link IllegalStateException}. What it throws surfaces from
   * the call of the guest.
   */
  public void epochDeadlineCallback(Function<? super Store<T>, UpdateDeadline> callback) {
    setCallback(Objects.requireNonNull(callback, "callback"));
  }

  private void setCallback(@Nullable Function<? super Store<T>, UpdateDeadline> callback) {
    vm.enter();
    try {
      interruption.setCallback(callback);
    } finally {
      vm.leave();
    }
  }

  /**
   * Ends the guest of this store for good, from any thread: it traps with {@link
   * dev.tazza.wasm.TrapCode#INTERRUPT}, now if it is in its code or waits at a shared memory, when
   * it comes back to it from a host function, or else as soon as it is called.
   */
  public void terminate() {
    engine.requireStops();
    interruption.terminate();
  }

  /**
   * Runs {@code calls}, which may call the guests of this store any number of times, and stops them
   * when {@code timeout} is over: then the guest traps with {@link
   * dev.tazza.wasm.TrapCode#INTERRUPT}. A host function is not stopped, but the guest is as soon as
   * it comes back to it. Timeouts may be nested; the first to end counts.
   *
   * @return what {@code calls} returns
   * @throws IllegalStateException when the store is closed or in use by another thread
   * @throws E what {@code calls} throws
   */
  public <R extends @Nullable Object, E extends Exception> R callWithTimeout(
      Duration timeout, TimedCalls<R, E> calls) throws E {
    vm.enter();
    try (Timeout _ = engine.timeout(vm.stop(), interruption, timeout)) {
      return calls.run();
    } finally {
      vm.leave();
    }
  }

  /**
   * What {@link #callWithTimeout} runs.
   *
   * @param <R> of its result
   * @param <E> of what it may throw
   */
  @FunctionalInterface
  public interface TimedCalls<R extends @Nullable Object, E extends Exception> {
    R run() throws E;
  }

  // Asynchronous calls.

  /**
   * Sets on which threads guests of this store run that are called by {@link Func#callAsync}, from
   * their next step on. Any executor will do, one of virtual threads too. At first it is the common
   * pool of the JVM.
   *
   * @throws IllegalStateException when {@link Config#asyncSupport} is off
   */
  public void setExecutor(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    requireAsync();
    asyncCalls.setExecutor(executor);
  }

  /**
   * At the deadline the guest of an asynchronous call lets others have their turn on the executor,
   * and may go on for {@code ticks} epochs then.
   *
   * @throws IllegalStateException when {@link Config#asyncSupport} is off
   */
  public void epochDeadlineAsyncYieldAndUpdate(long ticks) {
    requireAsync();
    UpdateDeadline update = UpdateDeadline.yield(ticks);
    setCallback(_ -> update);
  }

  /** A guest that let others have their turn has its own. */
  void beginTurn() {
    interruption.beginTurn();
  }

  AsyncCalls asyncCalls() {
    return asyncCalls;
  }

  void requireAsync() {
    if (!engine.config().asyncSupport()) {
      throw new IllegalStateException(
          "asynchronous calls are off; turn them on with Config.asyncSupport(true)");
    }
  }

  /** Refuses a call that would block. */
  void requireSync(String instead) {
    if (engine.config().asyncSupport()) {
      throw new IllegalStateException(
          "guests of an engine with asyncSupport cannot be called so; use " + instead);
    }
  }

  // Fuel.

  /**
   * Gives the guest so much fuel, in place of what it had.
   *
   * @throws IllegalArgumentException when {@code amount} is negative
   * @throws IllegalStateException when {@link Config#consumeFuel} is off, the guest was stopped
   *     somewhere, or the store is closed or in use by another thread
   */
  public void setFuel(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("fuel must not be negative, but is " + amount);
    }
    vm.enter();
    try {
      requireFuel();
      vm.requireNotStopped();
      fuel.set(amount);
    } finally {
      vm.leave();
    }
  }

  /**
   * How much fuel is left: exactly, between calls, in host functions and after traps; 0 when the
   * guest would have needed more. When a guest was stopped somewhere by a timeout or an epoch, it
   * is exact up to the last branch or so.
   *
   * @throws IllegalStateException when {@link Config#consumeFuel} is off, or the store is closed or
   *     in use by another thread
   */
  public long getFuel() {
    vm.enter();
    try {
      requireFuel();
      return Math.max(0, fuel.left());
    } finally {
      vm.leave();
    }
  }

  /**
   * Has the guest of an asynchronous call let others have their turn on the executor each time that
   * it has used up {@code amount} of its fuel: at the first call, branch back to the start of a
   * loop or operator on many bytes for which that is not enough. So nobody computes for long
   * without a break, and when that is does not depend on the machine. What fuel there is in all is
   * what {@link #setFuel} gave. 0, the default: never.
   *
   * @throws IllegalArgumentException when {@code amount} is negative
   * @throws IllegalStateException when {@link Config#asyncSupport} or {@link Config#consumeFuel} is
   *     off, the guest was stopped somewhere, or the store is closed or in use by another thread
   */
  public void fuelAsyncYieldInterval(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("an interval must not be negative, but is " + amount);
    }
    requireAsync();
    vm.enter();
    try {
      requireFuel();
      vm.requireNotStopped();
      fuel.setInterval(amount);
    } finally {
      vm.leave();
    }
  }

  private void requireFuel() {
    if (!engine.tunables().usesFuel()) {
      throw new IllegalStateException("fuel is off; turn it on with Config.consumeFuel(true)");
    }
  }

  VmStore vm() {
    return vm;
  }

  /** What can stop its guest. */
  Interruption<T> interruption() {
    return interruption;
  }

  /** For what could answer without the store. */
  void requireOpen() {
    if (vm.isClosed()) {
      throw new IllegalStateException("the store is closed");
    }
  }

  /** The slots of host functions. */
  ValueSlots slots() {
    return slots;
  }

  /** The function in this store for a host function that was defined for all stores. */
  VmFunction materialize(HostDefinition<T> definition) {
    VmFunction known = hostFunctions.get(definition);
    if (known == null) {
      known = vm.newHostFunction(definition.type(), definition.bind(this));
      hostFunctions.put(definition, known);
    }
    return known;
  }

  /**
   * Frees everything in it; its memories' segments become invalid. Does nothing when that is done
   * already.
   *
   * @throws IllegalStateException when called from inside the store, or while another thread uses
   *     it: then nothing has happened; or when another thread is using a segment in a native call,
   *     such as a read from a channel: then all but that memory is freed, and the rest by closing
   *     the store again
   */
  @Override
  public void close() {
    asyncCalls.close();
    vm.close();
  }

  /** Tells it from others; not its data, which may be large or secret. */
  @Override
  public String toString() {
    return (vm.isClosed() ? "closed store " : "store ")
        + Integer.toHexString(System.identityHashCode(this));
  }
}
