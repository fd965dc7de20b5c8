package dev.tazza.sys;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that the process does not run out of memory mappings, of which Linux allows 65,530 by
 * default: when HotSpot cannot map memory for itself, it ends the process. Part of them are left to
 * the JVM and to other libraries; who makes mappings claims them here before, and is refused in
 * time. Thread-safe.
 *
 * <p>How many mappings there are only the system knows: it joins ours, and others make some too. It
 * takes long to tell. So it is asked only when half of what there was room for the last time has
 * been claimed since.
 *
 * <p>A claim that would be refused first has the JVM look for garbage: what became unreachable
 * without having been closed may hold mappings.
 */
public final class MappingBudget {
  /** What is claimed before the system is asked for the first time. */
  private static final int UNASKED = 256;

  /** The most that are left to others: the eighth part, but not more than this. */
  private static final int LARGEST_RESERVE = 8192;

  /** Until so few are left, half of them are claimed without asking again. */
  private static final int LEAST_STEP = 64;

  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Who counts mappings. */
  interface Host {
    int countMappings();

    int mappingLimit();

    /** Looks for garbage. */
    void collectGarbage();
  }

  private final Host host;

  // All guarded by this.
  private int claimed;
  private int unaskedUntil = UNASKED;
  private long releases;
  private boolean refused;
  private long refusedAt;
  private boolean collected;
  private long collectedAt;
  private int found;
  private int limit;

  MappingBudget(Host host) {
    this.host = host;
  }

  /** That of this process. */
  public static MappingBudget process() {
    return OfProcess.BUDGET;
  }

  private static final class OfProcess {
    static final MappingBudget BUDGET = new MappingBudget(new OsHost(Os.host()));
  }

  private record OsHost(Os os) implements Host {
    @Override
    public int countMappings() {
      return os.countMappings();
    }

    @Override
    public int mappingLimit() {
      return os.mappingLimit();
    }

    @Override
    public void collectGarbage() {
      System.gc();
    }
  }

  /**
   * Claims mappings that are about to be made. Not while holding a lock that closing something
   * takes.
   *
   * @throws SysException when there are too many in the process already
   */
  public void claim(int mappings) {
    if (!tryClaim(mappings) && !claimFromGarbage(mappings)) {
      throw refusal();
    }
  }

  /** Gives back what was claimed. */
  public synchronized void release(int mappings) {
    claimed -= mappings;
    releases++;
  }

  /** How many are claimed. */
  public synchronized int claimed() {
    return claimed;
  }

  private synchronized boolean tryClaim(int mappings) {
    if (claimed + mappings > unaskedUntil && !hasRoom(mappings)) {
      return false;
    }
    claimed += mappings;
    return true;
  }

  private boolean hasRoom(int mappings) {
    long now = System.nanoTime();
    if (refused && now - refusedAt < ASK_AGAIN_NANOS) {
      return false;
    }
    found = host.countMappings();
    limit = host.mappingLimit();
    int room = limit - Math.min(limit / 8, LARGEST_RESERVE) - found;
    refused = room < mappings;
    refusedAt = now;
    unaskedUntil = claimed + (refused ? 0 : Math.min(room, Math.max(LEAST_STEP, room / 2)));
    return !refused;
  }

  /** As long as something is being released, by whoever reclaims, there is hope. */
  private boolean claimFromGarbage(int mappings) {
    long before;
    do {
      before = countReleases();
      if (tryClaim(mappings)) {
        return true;
      }
    } while (awaitRelease(before));
    return false;
  }

  /**
   * For who was refused memory or address space by the system: has the JVM look for garbage if it
   * did not a moment ago, and waits up to 50 ms until something is released.
   *
   * @param releases {@link #countReleases} from before the attempt
   * @return whether something was: then it is worth another attempt
   */
  public boolean awaitRelease(long releases) {
    if (countReleases() != releases) {
      return true;
    }
    if (isTimeToCollect()) {
      host.collectGarbage();
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (countReleases() == releases && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return countReleases() != releases;
  }

  /** How often something was given back. */
  public synchronized long countReleases() {
    return releases;
  }

  private synchronized boolean isTimeToCollect() {
    long now = System.nanoTime();
    if (collected && now - collectedAt < ASK_AGAIN_NANOS) {
      return false;
    }
    collected = true;
    collectedAt = now;
    return true;
  }

  private synchronized SysException refusal() {
    return new SysException(
        "%d of at most %d memory mappings of the process are in use".formatted(found, limit),
        12,
        "the rest is left to the JVM; vm.max_map_count sets the limit");
  }
}
