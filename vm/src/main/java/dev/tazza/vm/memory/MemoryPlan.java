package dev.tazza.vm.memory;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.type.MemoryType;

/**
 * How a linear memory is laid out in address space. Sizes in bytes.
 *
 * <pre>
 *   guardBefore │ reservation                                            │ guardAfter
 *   no access   │ accessible up to the length  │ no access: room to grow │ no access
 *               ^ base
 * </pre>
 *
 * @param initial the length to begin with
 * @param maximum the length never grows beyond this
 * @param reservation room that the memory can grow into in place; less than {@code initial} counts
 *     as {@code initial}
 * @param slack when it outgrows the reservation and may move: room to reserve after the new length
 * @param guardBefore inaccessible bytes before byte 0
 * @param guardAfter inaccessible bytes after the reservation
 * @param movable whether it may move to grow; if not, the reservation is a bound for growth too
 */
public record MemoryPlan(
    long initial,
    long maximum,
    long reservation,
    long slack,
    long guardBefore,
    long guardAfter,
    boolean movable) {

  public MemoryPlan {
    if (initial < 0 || maximum < initial) {
      throw new IllegalArgumentException("a memory of " + initial + " to " + maximum + " bytes");
    }
    if (reservation < 0 || slack < 0 || guardBefore < 0 || guardAfter < 0) {
      throw new IllegalArgumentException("negative size");
    }
  }

  /**
   * The plan of a memory of a module, which must agree with what compiled code relies on.
   *
   * @param tunables what the code was compiled with
   * @throws ResourceLimitException when the memory's minimum does not fit
   */
  public static MemoryPlan of(MemoryType type, Tunables tunables) {
    long maximum = Math.min(Tunables.maximumBytes(type), Tunables.LARGEST_MEMORY);
    long initial = Tunables.minimumBytes(type);
    if (initial > maximum) {
      String pages = Long.toUnsignedString(type.limits().minimum());
      throw new ResourceLimitException("a memory of " + pages + " pages is too large");
    }
    boolean guardBefore = tunables.is(Tunable.GUARD_BEFORE_LINEAR_MEMORY);
    if (!tunables.isStatic(type)) {
      long guard = tunables.guardSize(type);
      long before = guardBefore ? tunables.get(Tunable.DYNAMIC_MEMORY_GUARD_SIZE) : 0;
      if (type.limits().shared()) {
        // Other threads may be in it at any time: it cannot move.
        return fixed(initial, maximum, maximum, before, guard);
      }
      long slack = tunables.get(Tunable.DYNAMIC_MEMORY_RESERVED_FOR_GROWTH);
      return movable(initial, maximum, slack, before, guard);
    }
    long bound = tunables.get(Tunable.STATIC_MEMORY_MAXIMUM_SIZE);
    if (initial > bound) {
      throw new ResourceLimitException(
          "a memory of %d bytes is larger than the bound of %d for static memories"
              .formatted(initial, bound));
    }
    long guard = tunables.get(Tunable.STATIC_MEMORY_GUARD_SIZE);
    return fixed(initial, Math.min(maximum, bound), bound, guardBefore ? guard : 0, guard);
  }

  /** A memory that never moves: grows within {@code reservation}. */
  public static MemoryPlan fixed(
      long initial, long maximum, long reservation, long guardBefore, long guardAfter) {
    return new MemoryPlan(initial, maximum, reservation, 0, guardBefore, guardAfter, false);
  }

  /** A memory that moves when it outgrows the slack after it. */
  public static MemoryPlan movable(
      long initial, long maximum, long slack, long guardBefore, long guardAfter) {
    long reservation = initial > Long.MAX_VALUE - slack ? initial : initial + slack;
    return new MemoryPlan(
        initial, maximum, Math.min(reservation, maximum), slack, guardBefore, guardAfter, true);
  }
}
