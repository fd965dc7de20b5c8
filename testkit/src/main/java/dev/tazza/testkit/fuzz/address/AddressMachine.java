package dev.tazza.testkit.fuzz.address;

import java.util.Arrays;

/** What a function works on while it is interpreted. */
final class AddressMachine {
  static final int PAGE = 1 << 16;
  static final int MOST_PAGES = 3;
  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

  /** Ends a call; without a stack trace. */
  static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final Stop OUT_OF_BOUNDS = new Stop("out of bounds memory access");
    static final Stop OUT_OF_FUEL = new Stop("out of fuel");

    private Stop(String message) {
      super(message, null, false, false);
    }
  }

  byte[] memory;
  int[] locals = {};
  long sum;

  /** Rounds that may be run. */
  int fuel;

  /** How many accesses there were, those that trap among them. */
  long accesses;

  AddressMachine(byte[] memory) {
    this.memory = memory;
  }

  void start(int localCount, int[] arguments, int rounds) {
    locals = Arrays.copyOf(arguments, localCount);
    sum = 0;
    fuel = rounds;
  }

  void useFuel() {
    if (fuel-- <= 0) {
      throw Stop.OUT_OF_FUEL;
    }
  }

  /** Takes note of a value. */
  void observe(long value) {
    sum = (sum + value) * FACTOR;
  }

  /** The text for {@link #observe}: what stands before the value, which is an I64. */
  static String observeBefore() {
    return "(local.set $sum (i64.mul (i64.add (local.get $sum) ";
  }

  static String observeAfter() {
    return ") (i64.const " + FACTOR + ")))";
  }

  private int at(int address, long offset, int bytes) {
    accesses++;
    long first = (address & 0xffff_ffffL) + offset;
    if (first + bytes > memory.length) {
      throw Stop.OUT_OF_BOUNDS;
    }
    return (int) first;
  }

  long load(AccessKind kind, int address, long offset) {
    int at = at(address, offset, kind.bytes());
    long raw = 0;
    for (int i = kind.bytes() - 1; i >= 0; i--) {
      raw = raw << 8 | memory[at + i] & 0xff;
    }
    return kind.extend(raw);
  }

  void store(AccessKind kind, int address, long offset, long value) {
    int at = at(address, offset, kind.bytes());
    for (int i = 0; i < kind.bytes(); i++) {
      memory[at + i] = (byte) (value >>> 8 * i);
    }
  }

  int grow(int pages) {
    int before = memory.length / PAGE;
    if (Integer.compareUnsigned(pages, MOST_PAGES - before) > 0) {
      return -1;
    }
    memory = Arrays.copyOf(memory, (before + pages) * PAGE);
    return before;
  }
}
