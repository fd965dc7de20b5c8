package dev.tazza.vm.memory;

import dev.tazza.sys.NativeMemory;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at which address of a shared memory: the waiter lists behind {@code memory.atomic.wait}
 * and {@code memory.atomic.notify}. Those that wait at one address are woken in the order in which
 * they came.
 *
 * <p>No wake-up gets lost: whether the address still has the expected value is looked at, and the
 * waiter enlisted, under the lock that {@link #notify} takes. So if a thread writes another value
 * and then notifies, a waiter either sees that value or is in the list by the time of the
 * notification. A notification of nobody, the most frequent kind, takes no lock: a waiter counts
 * itself before it looks at the value, and who notifies has written the value before it looks at
 * the count. (The scheme of the Linux futex; as a table apart from the memory, WebKit's {@code
 * ParkingLot}.)
 *
 * <p>How a waiter waits is its own business: a thread parks, a suspended call has nobody wait for
 * it. Thread-safe. Callers see to it that the memory stays open meanwhile.
 */
public final class ParkingLot {
  /** A power of two; addresses that share a list are told apart in it. */
  private static final int LISTS = 256;

  private static final int FIBONACCI = 0x9E37_79B9;

  private final WaiterList[] lists = new WaiterList[LISTS];

  /** Nobody waits. */
  public ParkingLot() {
    for (int i = 0; i < LISTS; i++) {
      lists[i] = new WaiterList();
    }
  }

  /**
   * Enlists a waiter if the 32 bits at {@code address} are {@code expected}.
   *
   * @param address absolute, a multiple of 4
   * @param wake runs when it is notified, in the notifying thread: short, and throws nothing
   * @return null if the value is another
   */
  public @Nullable Waiter enlist32(long address, int expected, Runnable wake) {
    WaiterList list = list(address);
    synchronized (list) {
      list.waiting++;
      if (NativeMemory.getIntVolatile(address) == expected) {
        return list.add(address, wake);
      }
      list.waiting--;
      return null;
    }
  }

  /** The same for 64 bits and a multiple of 8. */
  public @Nullable Waiter enlist64(long address, long expected, Runnable wake) {
    WaiterList list = list(address);
    synchronized (list) {
      list.waiting++;
      if (NativeMemory.getLongVolatile(address) == expected) {
        return list.add(address, wake);
      }
      list.waiting--;
      return null;
    }
  }

  /**
   * Wakes those that have waited longest at an address.
   *
   * @param address absolute
   * @param count at most so many, unsigned
   * @return how many it were, unsigned
   */
  public int notify(long address, int count) {
    WaiterList list = list(address);
    VarHandle.fullFence();
    if (list.waiting == 0) {
      return 0;
    }
    List<Waiter> woken = new ArrayList<>();
    synchronized (list) {
      Waiter next = list.first;
      while (next != null && Integer.compareUnsigned(woken.size(), count) < 0) {
        Waiter waiter = next;
        next = waiter.next;
        if (waiter.address == address) {
          list.remove(waiter);
          waiter.woken = true;
          woken.add(waiter);
        }
      }
    }
    for (Waiter waiter : woken) {
      waiter.wake.run();
    }
    return woken.size();
  }

  /** How many wait at an address now. */
  public int waitersAt(long address) {
    int count = 0;
    WaiterList list = list(address);
    synchronized (list) {
      for (Waiter each = list.first; each != null; each = each.next) {
        count += each.address == address ? 1 : 0;
      }
    }
    return count;
  }

  private WaiterList list(long address) {
    // Neighbours are four bytes apart at least; high bits of the product depend on all of them.
    int hash = (int) (address >>> 2 ^ address >>> 34) * FIBONACCI;
    return lists[hash >>> Integer.SIZE - Integer.numberOfTrailingZeros(LISTS)];
  }

  /** Somebody who waits. */
  public static final class Waiter {
    private final WaiterList list;
    private final long address;
    private final Runnable wake;

    // Guarded by the list.
    private @Nullable Waiter previous;
    private @Nullable Waiter next;
    private boolean enlisted;

    private volatile boolean woken; // written under the list's lock

    private Waiter(WaiterList list, long address, Runnable wake) {
      this.list = list;
      this.address = address;
      this.wake = wake;
    }

    /** Whether it was notified. */
    public boolean isWoken() {
      return woken;
    }

    /**
     * Waits no longer; has no effect a second time.
     *
     * @return whether it was notified before
     */
    public boolean leave() {
      synchronized (list) {
        if (enlisted) {
          list.remove(this);
        }
        return woken;
      }
    }
  }

  /** Those that wait at the addresses of one hash, the first to come first. */
  private static final class WaiterList {
    // Guarded by this.
    private @Nullable Waiter first;
    private @Nullable Waiter last;

    /** At least so many are in the list; read without the lock. */
    private volatile int waiting;

    /** Adds one that is counted. */
    synchronized Waiter add(long address, Runnable wake) {
      Waiter waiter = new Waiter(this, address, wake);
      Waiter before = last;
      waiter.previous = before;
      if (before == null) {
        first = waiter;
      } else {
        before.next = waiter;
      }
      last = waiter;
      waiter.enlisted = true;
      return waiter;
    }

    synchronized void remove(Waiter waiter) {
      Waiter before = waiter.previous;
      Waiter after = waiter.next;
      if (before == null) {
        first = after;
      } else {
        before.next = after;
      }
      if (after == null) {
        last = before;
      } else {
        after.previous = before;
      }
      waiter.previous = null;
      waiter.next = null;
      waiter.enlisted = false;
      waiting--;
    }
  }
}
