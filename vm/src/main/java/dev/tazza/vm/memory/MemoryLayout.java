package dev.tazza.vm.memory;

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
public record MemoryLayout(
    long initial,
    long maximum,
    long reservation,
    long slack,
    long guardBefore,
    long guardAfter,
    boolean movable) {

  public MemoryLayout {
    if (initial < 0 || maximum < initial) {
      throw new IllegalArgumentException("a memory of " + initial + " to " + maximum + " bytes");
    }
    if (reservation < 0 || slack < 0 || guardBefore < 0 || guardAfter < 0) {
      throw new IllegalArgumentException("negative size");
    }
  }

  /** A memory that never moves: grows within {@code reservation}. */
  public static MemoryLayout fixed(
      long initial, long maximum, long reservation, long guardBefore, long guardAfter) {
    return new MemoryLayout(
        initial, maximum, reservation, 0, guardBefore, guardAfter, false);
  }

  /** A memory that moves when it outgrows the slack after it. */
  public static MemoryLayout movable(
      long initial, long maximum, long slack, long guardBefore, long guardAfter) {
    long reservation = initial > Long.MAX_VALUE - slack ? initial : initial + slack;
    return new MemoryLayout(
        initial, maximum, Math.min(reservation, maximum), slack, guardBefore, guardAfter, true);
  }
}
