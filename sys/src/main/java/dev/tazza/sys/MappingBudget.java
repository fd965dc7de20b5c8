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

  /** How often a claim is tried again as long as others release something. */
  private static final int ATTEMPTS = 20;

  /** At most one part in so many of the time is spent with looking for garbage. */
  private static final int COLLECTION_SHARE = 5;

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
  private long collectedReleases = -1;
  private long collectedAt = System.nanoTime();
  private long collectionNanos;
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

  /** Gives back what was claimed in vain: the system refused. */
  public synchronized void cancel(int mappings) {
    claimed -= mappings;
  }

  /** Gives back what was claimed: the mappings are no more. */
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
    for (int i = 0; i < ATTEMPTS; i++) {
      long before = countReleases();
      if (tryClaim(mappings)) {
        return true;
      }
      if (!awaitRelease(before)) {
        return false;
      }
    }
    return false;
  }

  /**
   * For who was refused memory or address space by the system: has the JVM look for garbage, unless
   * it just did in vain, and waits up to 50 ms until something is released.
   *
   * @param before {@link #countReleases} from before the attempt
   * @return whether something was: then it is worth another attempt
   */
  public boolean awaitRelease(long before) {
    if (hasReleasedSince(before)) {
      return true;
    }
    long pause = pauseBeforeCollection();
    if (pause >= 0) {
      if (awaitReleaseFor(pause, before)) {
        return true;
      }
      collect();
    }
    return awaitReleaseFor(PATIENCE_NANOS, before);
  }

  private boolean awaitReleaseFor(long nanos, long before) {
    long start = System.nanoTime();
    while (!hasReleasedSince(before) && System.nanoTime() - start < nanos) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return hasReleasedSince(before);
  }

  private boolean hasReleasedSince(long before) {
    return countReleases() != before;
  }

  /** So that garbage is not looked for all the time; -1 when it is not worth it. */
  private synchronized long pauseBeforeCollection() {
    long since = System.nanoTime() - collectedAt;
    if (releases == collectedReleases && since < ASK_AGAIN_NANOS) {
      return -1;
    }
    return Math.max(0, COLLECTION_SHARE * collectionNanos - since);
  }

  private void collect() {
    long start = System.nanoTime();
    long before = countReleases();
    host.collectGarbage();
    synchronized (this) {
      collectedReleases = before;
      collectedAt = System.nanoTime();
      collectionNanos = Math.min(collectedAt - start, ASK_AGAIN_NANOS);
    }
  }

  /** How often something was given back. */
  public synchronized long countReleases() {
    return releases;
  }

  private synchronized SysException refusal() {
    return new SysException(
        "%d of at most %d memory mappings of the process are in use".formatted(found, limit),
        12,
        "the rest is left to the JVM; vm.max_map_count sets the limit");
  }
}
