package dev.tazza.vm.memory;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.vm.concurrent.ThreadCells;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Regions that wait for their next memory. Mapping and unmapping costs several system calls, page
 * faults and interrupts of the other processors; an instance whose memory finds a region of its
 * shape here, best with its image still in it, pays for none of that. One per engine. Thread-safe.
 */
public final class MemoryRegions implements MemorySource, AutoCloseable {
  /** Less room to grow than this is not worth a reservation. */
  private static final long LEAST_SLACK = 1 << 20;

  /**
   * When a memory moves, at least this part of its length is reserved behind it, so that growing by
   * small steps does not move it each time.
   */
  private static final int LEAST_PART = 4;

  /** How often to try again as long as others release something. */
  private static final int ATTEMPTS = 20;

  private final Os os = Os.host();
  private final int capacity;

  /** All reset; the longest idle first. Guarded by this. */
  private final List<MappedRegion> idle = new ArrayList<>();

  private final ThreadCells<MappedRegion> cells;

  private boolean closed; // guarded by this

  /**
   * Creates an empty cache.
   *
   * @param capacity how many idle regions to keep
   */
  public MemoryRegions(int capacity) {
    this.capacity = capacity;
    this.cells = new ThreadCells<>(capacity / 2);
  }

  @Override
  public MemoryRegion acquire(MemoryPlan plan, @Nullable MemoryImage image) {
    long room = Math.max(plan.reservation(), plan.initial());
    MappedRegion region = cells.peek();
    if (region == null || cost(region, plan, room, image) != 0 || !cells.remove(region)) {
      region = find(plan, room, image);
    }
    if (region == null) {
      region = reserve(plan, room, plan.initial());
    }
    try {
      region.prepare(plan.initial(), image);
      return region;
    } catch (RuntimeException refused) {
      region.unmap();
      throw refused;
    }
  }

  /**
   * A new region with {@code room}. Where the system refuses, idle regions go first, then the room
   * to grow of a memory that may move, down to {@code least}, and then it is awaited that what is
   * unreachable is freed.
   *
   * @throws SysException when the system refuses all the same
   */
  private MappedRegion reserve(MemoryPlan plan, long room, long least) {
    MappingBudget budget = MappingBudget.process();
    long attempt = room;
    int waits = 0;
    while (true) {
      long releases = budget.countReleases();
      try {
        return new MappedRegion(os, plan.guardBefore(), attempt, plan.guardAfter());
      } catch (SysException refused) {
        if (unmapIdle()) {
          continue;
        }
        if (plan.movable() && attempt > least) {
          long slack = (attempt - least) / 4;
          attempt = slack < LEAST_SLACK ? least : least + slack;
        } else if (++waits == ATTEMPTS || !budget.awaitRelease(releases)) {
          throw refused;
        }
      }
    }
  }

  private synchronized @Nullable List<MappedRegion> takeIdle() {
    cells.sweep(idle::add);
    if (idle.isEmpty()) {
      return null;
    }
    List<MappedRegion> taken = new ArrayList<>(idle);
    idle.clear();
    return taken;
  }

  /** Whether there were any. */
  private boolean unmapIdle() {
    List<MappedRegion> unused = takeIdle();
    if (unused == null) {
      return false;
    }
    for (MappedRegion region : unused) {
      region.unmap();
    }
    return true;
  }

  /**
   * A region of the shape that has the image, and as much of it accessible as is wanted. If there
   * is none, the one that needs the least to be done; but while there is room for more, a new one
   * rather than one that another module will miss.
   */
  private synchronized @Nullable MappedRegion find(
      MemoryPlan plan, long room, @Nullable MemoryImage image) {
    int best = -1;
    int bestCost = Integer.MAX_VALUE;
    for (int i = idle.size() - 1; i >= 0 && bestCost > 0; i--) {
      int cost = cost(idle.get(i), plan, room, image);
      if (cost < bestCost) {
        best = i;
        bestCost = cost;
      }
    }
    boolean none = best < 0 || bestCost > 0 && idle.size() + cells.opened() < capacity;
    return none ? null : idle.remove(best);
  }

  /** What has to be done to the region: 0 for nothing. */
  private int cost(MappedRegion region, MemoryPlan plan, long room, @Nullable MemoryImage image) {
    if (!region.hasShape(plan.guardBefore(), room, plan.guardAfter())) {
      return Integer.MAX_VALUE;
    }
    MemoryImage there = region.image();
    int cost = there == image ? 0 : there == null ? 2 : 4;
    return region.committed() == os.roundToPages(plan.initial()) ? cost : cost + 1;
  }

  @Override
  public MemoryRegion move(MemoryRegion from, MemoryPlan plan, long bytes, Runnable mayMove) {
    long slack = Math.max(plan.slack(), bytes / LEAST_PART);
    long room = Math.min(Math.addExact(bytes, slack), plan.maximum());
    MappedRegion larger = reserve(plan, room, bytes);
    try {
      larger.commit(bytes);
      mayMove.run();
    } catch (RuntimeException refused) {
      larger.unmap();
      throw refused;
    }
    larger.moveFrom((MappedRegion) from);
    return larger;
  }

  @Override
  public void release(MemoryRegion released, boolean usedByThisThread) {
    MappedRegion region = (MappedRegion) released; // all are that come from here
    if (capacity == 0) {
      region.unmap();
      return;
    }
    region.reset(usedByThisThread);
    MappedRegion surplus = cells.put(region) ? null : keep(region);
    if (surplus != null) {
      surplus.unmap();
    }
  }

  /** Gives the region that has no place: the longest idle; or null. */
  private synchronized @Nullable MappedRegion keep(MappedRegion region) {
    if (closed) {
      return region;
    }
    MappedRegion homeless = cells.exchange(region);
    if (homeless != null) {
      idle.add(homeless);
    }
    return idle.size() + cells.opened() > capacity ? idle.removeFirst() : null;
  }

  /** Unmaps the idle regions; those in use are unmapped when they come back. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      cells.close(idle::add);
    }
    unmapIdle();
  }
}
