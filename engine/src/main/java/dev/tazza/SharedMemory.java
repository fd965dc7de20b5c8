package dev.tazza;

import dev.tazza.vm.instance.VmSharedMemory;
import dev.tazza.vm.memory.ParkingLot;
import dev.tazza.vm.memory.ParkingLot.Waiter;
import dev.tazza.wasm.type.MemoryType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory that guests in several stores use at once, each on a thread of its own, and Java
 * code with them. It belongs to an engine; stores and objects of this class <em>use</em> it, and it
 * is freed when all that use it are closed, in any order.
 *
 * <pre>{@code
 * Engine engine = new Engine(new Config().wasmThreads(true));
 * SharedMemory memory = SharedMemory.create(engine, type);     // or instance.memory("memory").shared()
 * linker.define("env", "memory", memory);                      // once, for all stores
 * }</pre>
 *
 * <p>It never moves, so a {@link #segment} stays valid when the memory grows. All that it can grow
 * to is reserved when it is made, as address space.
 *
 * <p>The accessors here are atomic and in one order with all other atomic accesses, of guests too,
 * as those of a volatile variable are. Addresses must be multiples of the size; values are
 * little-endian. What is read or written otherwise, by {@link #read}, {@link #write}, {@link
 * #segment} or {@link Memory}, may at the same time be written by somebody else: bytes of old and
 * new values mix then, and what was read and checked may be different the next time. Copy, then
 * check, then use.
 *
 * <p>All accesses throw an {@link IndexOutOfBoundsException} outside the memory, an {@link
 * IllegalArgumentException} at an address that is not aligned, and an {@link IllegalStateException}
 * when this object is closed. Thread-safe.
 */
public final class SharedMemory implements AutoCloseable {
  private static final VarHandle INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

  private final Engine engine;
  private final VmSharedMemory vm;
  private volatile boolean closed; // written under the lock

  /** One more user of {@code vm}, which counts already. */
  SharedMemory(Engine engine, VmSharedMemory vm) {
    this.engine = engine;
    this.vm = vm;
  }

  /**
   * A new memory of zeros.
   *
   * @param type shared, with a maximum
   * @throws IllegalArgumentException when it is not, or its limits are not in order or too large
   * @throws IllegalStateException when {@link Config#wasmThreads} is off
   * @throws dev.tazza.wasm.ResourceLimitException when there is no room for the maximum
   */
  public static SharedMemory create(Engine engine, MemoryType type) {
    engine.checkOpen();
    HostTypes.check(type);
    if (!type.limits().shared()) {
      throw new IllegalArgumentException("not shared: " + type);
    }
    return new SharedMemory(engine, engine.newSharedMemory(type));
  }

  /** The engine whose stores may use it. */
  public Engine engine() {
    return engine;
  }

  /** The type it was made with. */
  public MemoryType type() {
    return vm.type();
  }

  /**
   * This memory as it is in {@code store}, which is a user of it from then on: for {@link
   * Instance#instantiate}. A {@link Linker} does it by itself.
   *
   * @throws IllegalArgumentException when the store is another engine's
   */
  public Memory in(Store<?> store) {
    if (store.engine() != engine) {
      throw new IllegalArgumentException("the store belongs to another engine than the memory");
    }
    store.vm().enter();
    try {
      requireOpen();
      return new Memory(store, store.vm().share(vm));
    } finally {
      store.vm().leave();
    }
  }

  /** One more object for the same memory, for somebody else to close. */
  public SharedMemory again() {
    requireOpen();
    vm.retain();
    return new SharedMemory(engine, vm);
  }

  // Size.

  /** Current size in pages, usually of 64 KiB. It may be larger already when this returns. */
  public long size() {
    requireOpen();
    return vm.pages();
  }

  /** Current size in bytes. */
  public long byteSize() {
    requireOpen();
    return vm.storage().length();
  }

  /**
   * Grows by {@code delta} pages, for all stores. No limiter is asked.
   *
   * @return the size before in pages, or -1 when it cannot grow so far
   */
  public long grow(long delta) {
    requireOpen();
    return vm.grow(delta);
  }

  // Contents.

  /**
   * All bytes as they are now. Stays valid until the memory is freed; keeps its size when the
   * memory grows: take it again.
   */
  public MemorySegment segment() {
    requireOpen();
    return vm.storage().segment();
  }

  /** Copies {@code length} bytes out, one after the other. */
  public byte[] read(long address, int length) {
    return at(address, length, 1).asSlice(address, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Copies bytes in, one after the other. */
  public void write(long address, byte[] bytes) {
    MemorySegment all = at(address, bytes.length, 1);
    MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, address, bytes.length);
  }

  public byte getByte(long address) {
    return (byte) BYTE.getVolatile(at(address, Byte.BYTES, Byte.BYTES), address);
  }

  public void setByte(long address, byte value) {
    BYTE.setVolatile(at(address, Byte.BYTES, Byte.BYTES), address, value);
  }

  public int getInt(long address) {
    return (int) INT.getVolatile(ints(address), address);
  }

  public void setInt(long address, int value) {
    INT.setVolatile(ints(address), address, value);
  }

  public long getLong(long address) {
    return (long) LONG.getVolatile(longs(address), address);
  }

  public void setLong(long address, long value) {
    LONG.setVolatile(longs(address), address, value);
  }

  /** Sets a value if it is {@code expected}; gives what it was, as {@code atomic.rmw.cmpxchg}. */
  public int compareAndExchangeInt(long address, int expected, int value) {
    return (int) INT.compareAndExchange(ints(address), address, expected, value);
  }

  /** The same for 64 bits. */
  public long compareAndExchangeLong(long address, long expected, long value) {
    return (long) LONG.compareAndExchange(longs(address), address, expected, value);
  }

  /** Whether a value was {@code expected}; then it is set. */
  public boolean compareAndSetInt(long address, int expected, int value) {
    return INT.compareAndSet(ints(address), address, expected, value);
  }

  /** The same for 64 bits. */
  public boolean compareAndSetLong(long address, long expected, long value) {
    return LONG.compareAndSet(longs(address), address, expected, value);
  }

  /** Sets a value; gives what it was. */
  public int getAndSetInt(long address, int value) {
    return (int) INT.getAndSet(ints(address), address, value);
  }

  /** The same for 64 bits. */
  public long getAndSetLong(long address, long value) {
    return (long) LONG.getAndSet(longs(address), address, value);
  }

  /** Adds to a value; gives what it was. */
  public int getAndAddInt(long address, int delta) {
    return (int) INT.getAndAdd(ints(address), address, delta);
  }

  /** The same for 64 bits. */
  public long getAndAddLong(long address, long delta) {
    return (long) LONG.getAndAdd(longs(address), address, delta);
  }

  private MemorySegment ints(long address) {
    return at(address, Integer.BYTES, Integer.BYTES);
  }

  private MemorySegment longs(long address) {
    return at(address, Long.BYTES, Long.BYTES);
  }

  /** All bytes, of which those at {@code address} are there. */
  private MemorySegment at(long address, long length, int alignment) {
    MemorySegment all = segment();
    if ((address | length) < 0 || length > all.byteSize() - address) {
      throw new IndexOutOfBoundsException(
          "address %s + %d is outside the memory of %d bytes"
              .formatted(Long.toUnsignedString(address), length, all.byteSize()));
    }
    if ((address & alignment - 1) != 0) {
      throw new IllegalArgumentException(
          "address %d is not a multiple of %d".formatted(address, alignment));
    }
    return all;
  }

  // Waiting.

  /**
   * Wakes those that have waited longest at an address, guests and Java threads.
   *
   * @param address a multiple of 4
   * @param count at most so many, unsigned: -1 for all
   * @return how many it were
   */
  public int atomicNotify(long address, int count) {
    ints(address);
    return vm.waiters().notify(vm.storage().base() + address, count);
  }

  /** How many wait at an address now, guests and Java threads. */
  public int waitersAt(long address) {
    ints(address);
    return vm.waiters().waitersAt(vm.storage().base() + address);
  }

  /**
   * Waits at 32 bits for a notification, if they are {@code expected}. A virtual thread gives its
   * carrier away meanwhile. Nothing but a notification ends it early.
   *
   * @param address a multiple of 4
   * @param timeout the longest to wait; null for ever
   * @throws InterruptedException when the thread is interrupted
   */
  public WaitResult atomicWait32(long address, int expected, @Nullable Duration timeout)
      throws InterruptedException {
    ints(address);
    long absolute = vm.storage().base() + address;
    ParkingLot lot = vm.waiters();
    return await(wake -> lot.enlist32(absolute, expected, wake), timeout);
  }

  /** The same at 64 bits, whose address is a multiple of 8. */
  public WaitResult atomicWait64(long address, long expected, @Nullable Duration timeout)
      throws InterruptedException {
    longs(address);
    long absolute = vm.storage().base() + address;
    ParkingLot lot = vm.waiters();
    return await(wake -> lot.enlist64(absolute, expected, wake), timeout);
  }

  /** Enlists somebody to wake; null: the value is not the expected one. */
  private interface Enlisting {
    @Nullable Waiter enlist(Runnable wake);
  }

  private WaitResult await(Enlisting enlisting, @Nullable Duration timeout)
      throws InterruptedException {
    vm.retain(); // all others may close it meanwhile
    try {
      Thread thread = Thread.currentThread();
      Waiter waiter = enlisting.enlist(() -> LockSupport.unpark(thread));
      return waiter == null ? WaitResult.MISMATCH : park(waiter, timeout);
    } finally {
      vm.release();
    }
  }

  private WaitResult park(Waiter waiter, @Nullable Duration timeout) throws InterruptedException {
    long nanos = timeout == null ? Long.MAX_VALUE : Nanos.of(timeout);
    long begin = System.nanoTime();
    try {
      while (!waiter.isWoken()) {
        long rest = nanos - (System.nanoTime() - begin);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (rest <= 0) {
          break;
        }
        LockSupport.parkNanos(this, rest);
      }
    } finally {
      waiter.leave();
    }
    return waiter.isWoken() ? WaitResult.WOKEN : WaitResult.TIMED_OUT;
  }

  // Lifetime.

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the shared memory is closed");
    }
  }

  /**
   * Ends this use of the memory. It is freed if no store and no other object of this class uses it.
   *
   * @throws IllegalStateException when it would be freed, but another thread is inside a native
   *     call with a segment of it: then nothing has happened
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      vm.release();
      closed = true;
    }
  }

  @Override
  public String toString() {
    return "shared memory " + type();
  }
}
