package dev.tazza.vm.memory;

import dev.tazza.sys.Os;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of a region have contents of their own. The system tells, but walks over all pages
 * for it and takes locks that all threads of the process share.
 *
 * <p>Without asking it is known for a region that is used again and again. A page gets contents of
 * its own by a page fault of the thread that writes to it for the first time, and keeps them. So if
 * all that wrote to the region was one thread, and it has had no page fault since the region was
 * given to it, the pages are the same as before. That takes a region without large pages: the
 * kernel's own thread can put one in the place of pages that nobody has written to.
 *
 * <p>Not thread-safe.
 */
final class WrittenPages {
  private static final int RUNS = 32;

  private static final int UNKNOWN = -1;

  private final Os os;
  private long[] runs = {};

  /** How many runs there were when they were found, {@link #UNKNOWN} when they are not known. */
  private int count = UNKNOWN;

  /** The page faults of the thread that the region was given to, and how many it knew of. */
  private long @Nullable [] faults;

  private long faultsBefore;

  WrittenPages(Os os) {
    this.os = os;
  }

  /** The region, of small pages, is given to the current thread, as it was when they were found. */
  void begin() {
    long[] current = count == UNKNOWN ? null : PageFaults.ofThisThread();
    long known = current == null ? 0 : PageFaults.known(current);
    if (faults != current || faultsBefore != known) { // else nothing is written; see Slots
      faults = current;
      faultsBefore = known;
    }
  }

  /** Nothing is known any more: what is mapped changes, or the contents by another way. */
  void forget() {
    count = UNKNOWN;
    faults = null;
  }

  /**
   * Finds the pages, in a region that nobody uses any more.
   *
   * @param most how many bytes they may have
   * @param usedByThisThread whether only the current thread can have written to it since {@link
   *     #begin}
   * @return false when the system cannot tell, or there are more
   */
  boolean find(long address, long size, long most, boolean usedByThisThread) {
    long[] known = faults;
    boolean same =
        usedByThisThread
            && known != null
            && known == PageFaults.ofThisThread()
            && PageFaults.look(known) == faultsBefore;
    return same || ask(address, size, most);
  }

  private boolean ask(long address, long size, long most) {
    if (runs.length == 0) {
      runs = new long[2 * RUNS];
    }
    count = os.modifiedRuns(address, size, runs);
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += size(i);
    }
    if (bytes > most) {
      count = UNKNOWN;
    }
    return count != UNKNOWN;
  }

  /** Whether {@link #find} found them, and nothing was forgotten since. */
  boolean isKnown() {
    return count != UNKNOWN;
  }

  /** How many runs of them there are, as {@link #find} found. */
  int count() {
    return count;
  }

  /** Where a run begins. */
  long address(int run) {
    return runs[2 * run];
  }

  /** The bytes of a run. */
  long size(int run) {
    return runs[2 * run + 1];
  }
}
