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
 * thread must not: a blocking system call would hold its carrier. It looks without waiting and
 * parks in between, for 20 microseconds at first and at most for a millisecond; that much later
 * than possible may it notice.
 */
final class Waiter {
  private static final long SLICE = 100_000_000L;
  private static final long FIRST_PAUSE = 20_000L;
  private static final long LONGEST_PAUSE = 1_000_000L;

  private final Kernel kernel;
  private MemorySegment entries = Arena.ofAuto().allocate(8L * FileCalls.pollEntrySize(), 8);
  private int count;
  private long pause;

  Waiter(Kernel kernel) {
    this.kernel = kernel;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Forgets what was waited for. */
  void clear() {
    count = 0;
    pause = FIRST_PAUSE;
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
    LockSupport.parkNanos(Math.min(limit, pause));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
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
