package dev.tazza.vm.instance;

import dev.tazza.vm.call.CallLoop;
import dev.tazza.vm.interrupt.StopRequest;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.ParkingLot;
import dev.tazza.vm.memory.ParkingLot.Waiter;
import dev.tazza.wasm.TrapCode;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@code memory.atomic.wait} and {@code memory.atomic.notify} of one store's guests (specification
 * of threads, "Wait and notify").
 *
 * <p>The thread that called the guest parks. No native frame is on its stack then, so a virtual
 * thread gives its carrier away. What stops a guest stops one that waits, too: the {@link
 * StopRequest} unparks the thread, and the {@link dev.tazza.vm.interrupt.StopHandler} decides. If
 * it lets the guest go on, that waits on, with its place among the waiters.
 */
final class GuestWaits {
  /** What a wait gives when the waiter was notified. */
  private static final int WOKEN = 0;

  /** When the value was not the expected one, so that there was no wait. */
  private static final int NOT_EQUAL = 1;

  /** When nobody notified the waiter in time. */
  private static final int TIMED_OUT = 2;

  private final VmStore store;
  private final CallLoop loop;
  private final StopRequest stop;
  private @Nullable WaitSuspender suspender;

  GuestWaits(VmStore store, CallLoop loop, StopRequest stop) {
    this.store = store;
    this.loop = loop;
    this.stop = stop;
  }

  /** Has guests suspended in place of blocking their thread. */
  void suspendBy(WaitSuspender suspender) {
    this.suspender = suspender;
  }

  /**
   * Waits at 32 bits.
   *
   * @param index unsigned, as is {@code offset}: the address is their sum
   * @param timeout in nanoseconds; negative for ever
   * @return 0: notified; 1: the value is not {@code expected}; 2: the time is over
   */
  int wait32(VmMemory memory, long index, long offset, int expected, long timeout) {
    long address = address(memory, index, offset, Integer.BYTES);
    ParkingLot lot = requireShared(memory).waiters();
    return await(wake -> lot.enlist32(address, expected, wake), timeout);
  }

  /** The same at 64 bits. */
  int wait64(VmMemory memory, long index, long offset, long expected, long timeout) {
    long address = address(memory, index, offset, Long.BYTES);
    ParkingLot lot = requireShared(memory).waiters();
    return await(wake -> lot.enlist64(address, expected, wake), timeout);
  }

  /**
   * Wakes at most {@code count} guests, an unsigned number.
   *
   * @return how many; none in a memory that is not shared
   */
  int notify(VmMemory memory, long index, long offset, int count) {
    long address = address(memory, index, offset, Integer.BYTES);
    VmSharedMemory shared = memory.shared();
    return shared == null ? 0 : shared.waiters().notify(address, count);
  }

  private VmSharedMemory requireShared(VmMemory memory) {
    VmSharedMemory shared = memory.shared();
    if (shared == null) {
      throw store.trap(TrapCode.EXPECTED_SHARED_MEMORY);
    }
    return shared;
  }

  /** The absolute address of what is accessed, which is aligned and there. */
  private long address(VmMemory memory, long index, long offset, int bytes) {
    LinearMemory storage = memory.storage();
    long address = index + offset;
    if ((address & bytes - 1) != 0) {
      throw store.trap(TrapCode.UNALIGNED_ATOMIC);
    }
    boolean overflows = Long.compareUnsigned(address, index) < 0;
    if (overflows || address < 0 || address > storage.length() - bytes) {
      throw store.trap(TrapCode.MEMORY_OUT_OF_BOUNDS);
    }
    return storage.base() + address;
  }

  /** Enlists somebody to wake; null: the value is not the expected one. */
  private interface Enlisting {
    @Nullable Waiter enlist(Runnable wake);
  }

  private int await(Enlisting enlisting, long timeout) {
    WaitSuspender suspends = suspender;
    if (suspends == null) {
      Thread thread = Thread.currentThread();
      Waiter waiter = enlisting.enlist(() -> LockSupport.unpark(thread));
      return waiter == null ? NOT_EQUAL : park(waiter, timeout);
    }
    WaitSuspender.Suspension suspension = suspends.prepare();
    Waiter waiter = enlisting.enlist(suspension::wake);
    if (waiter == null) {
      return NOT_EQUAL;
    }
    suspension.begin(waiter, timeout);
    store.letWait();
    return WOKEN; // replaced by what the guest goes on with
  }

  private int park(Waiter waiter, long timeout) {
    long end = System.nanoTime() + timeout;
    boolean interrupted = false;
    stop.unparks(Thread.currentThread());
    try {
      while (!waiter.isWoken()) {
        if (stop.isRaised() || Thread.currentThread().isInterrupted()) {
          loop.stop();
          // It goes on all the same. Parking does not, for a thread that is interrupted.
          interrupted |= Thread.interrupted();
        } else if (timeout < 0) {
          LockSupport.park(this);
        } else {
          long rest = end - System.nanoTime();
          if (rest <= 0) {
            break;
          }
          LockSupport.parkNanos(this, rest);
        }
      }
      return waiter.leave() ? WOKEN : TIMED_OUT;
    } finally {
      waiter.leave();
      stop.unparks(null);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
