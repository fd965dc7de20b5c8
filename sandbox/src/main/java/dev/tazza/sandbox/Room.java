package dev.tazza.sandbox;

/**
 * How much of the heap the proof of a function takes, and may take: so much for each of its
 * instructions, and some for all. Real functions need up to a kilobyte for an instruction; what
 * could need any amount is many values that are kept over many blocks.
 */
final class Room {
  /** There is not enough. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exceeded() {
      super(null, null, false, false);
    }
  }

  private static final long FOR_ALL = 96L << 20;
  private static final long PER_INSTRUCTION = 1 << 10;

  /** What may be kept from one function to the next, in bytes. */
  private static final long KEPT = 16L << 20;

  private final long most;
  private final boolean takesAll;
  private long limit = Long.MAX_VALUE;
  private long taken;

  /**
   * @param most bytes that no function may go beyond
   * @param takesAll whether each may take as much, however small it is
   */
  Room(long most, boolean takesAll) {
    this.most = most;
    this.takesAll = takesAll;
  }

  /** Another function. */
  void start(int instructions) {
    limit = takesAll ? most : Math.min(most, FOR_ALL + PER_INSTRUCTION * instructions);
  }

  /** Bytes that the function may take. */
  long limit() {
    return limit;
  }

  /** Bytes that are left of that. */
  long left() {
    return limit - taken;
  }

  /**
   * So many bytes more are about to be taken.
   *
   * @throws Exceeded if there are not as many
   */
  void take(long bytes) {
    if (bytes > limit - taken) {
      throw new Exceeded();
    }
    taken += bytes;
  }

  /** Whether less should be kept for the next function than what is taken. */
  boolean isLarge() {
    return taken > KEPT;
  }

  /** The function is done, and all but so many bytes have been given back. */
  void keep(long bytes) {
    taken = bytes;
    limit = Long.MAX_VALUE;
  }
}
