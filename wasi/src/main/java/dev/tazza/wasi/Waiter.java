package dev.tazza.wasi;

import dev.tazza.sys.fs.FileCalls;
import dev.tazza.sys.fs.Kernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until descriptors of the host are ready.
 *
 * <p>A platform thread waits in {@code ppoll}, in slices so that it notices interruption. A virtual
 * thread must not: a blocking system call would hold its carrier. It parks and has itself woken by
 * the {@link Poller}. What cannot be waited for in that way is looked at every millisecond.
 */
final class Waiter {
  private static final long SLICE = 100_000_000L;
  private static final long SHORT_SLICE = 1_000_000L;

  private final Kernel kernel;
  private MemorySegment entries = Arena.ofAuto().allocate(8L * FileCalls.pollEntrySize(), 8);
  private int count;

  Waiter(Kernel kernel) {
    this.kernel = kernel;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Forgets what was waited for. */
  void clear() {
    count = 0;
  }

  /** Adds a descriptor to wait for; returns its index for {@link #result}. */
  int add(int fd, int events) {
    long needed = (count + 1L) * FileCalls.pollEntrySize();
    if (entries.byteSize() < needed) {
      MemorySegment larger = Arena.ofAuto().allocate(2 * needed, 8);
      larger.copyFrom(entries);
      entries = larger;
    }
    FileCalls.setPollEntry(entries, count, fd, events);
    return count++;
  }

  int count() {
    return count;
  }

  /** Events found by the last {@link #look} or {@link #pause}: bits of {@code POLL…}. */
  int result(int index) {
    return FileCalls.pollResult(entries, index);
  }

  /** Asks once, without waiting, how many are ready. */
  int look() {
    return Math.max(0, kernel.files().poll(entries, count, 0));
  }

  /** Waits a moment, at most {@code limit} nanoseconds; returns how many are ready now. */
  int pause(long limit) {
    WasiInterruptedException.check();
    if (!Thread.currentThread().isVirtual()) {
      return Math.max(0, kernel.files().poll(entries, count, Math.min(limit, SLICE)));
    }
    return park(limit);
  }

  private int park(long limit) {
    Poller poller = Poller.shared();
    long slice = limit;
    int added = 0;
    while (added < count) {
      int fd = FileCalls.pollDescriptor(entries, added);
      if (!poller.add(fd, FileCalls.pollEvents(entries, added))) {
        slice = Math.min(limit, SHORT_SLICE);
        break;
      }
      added++;
    }
    try {
      LockSupport.parkNanos(slice);
    } finally {
      for (int i = 0; i < added; i++) {
        poller.remove(FileCalls.pollDescriptor(entries, i));
      }
    }
    return look();
  }

  boolean isReady(int fd, int events) {
    clear();
    add(fd, events);
    return look() > 0;
  }

  /** Waits for one descriptor as long as it takes. */
  void await(int fd, int events) {
    clear();
    add(fd, events);
    int ready = Thread.currentThread().isVirtual() ? look() : 0;
    while (ready == 0) {
      ready = pause(Long.MAX_VALUE);
    }
  }
}
