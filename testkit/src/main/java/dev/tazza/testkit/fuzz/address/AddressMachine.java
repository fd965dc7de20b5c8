package dev.tazza.testkit.fuzz.address;

import java.util.Arrays;
import java.util.Random;

/** What a function works on while it is interpreted. */
final class AddressMachine {
  static final int PAGE = 1 << 16;
  static final int MOST_PAGES = 3;
  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

  /** Ends a call; without a stack trace. */
  static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final Stop OUT_OF_BOUNDS = new Stop("out of bounds memory access");
    static final Stop OUT_OF_TABLE = new Stop("out of bounds table access");
    static final Stop UNDEFINED = new Stop("undefined element");
    static final Stop UNINITIALIZED = new Stop("uninitialized element");
    static final Stop OUT_OF_FUEL = new Stop("out of fuel");

    private Stop(String message) {
      super(message, null, false, false);
    }
  }

  /** The passive data segment. */
  static final byte[] SEGMENT = segment();

  static final int ELEMENTS = 24;

  byte[] memory;

  /** Which elements are not null. */
  boolean[] table = new boolean[ELEMENTS];

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

  private static byte[] segment() {
    byte[] bytes = new byte[300];
    new Random(1).nextBytes(bytes);
    return bytes;
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
    if (kind.bytes() > Long.BYTES) {
      return raw(at, Long.BYTES) ^ raw(at + Long.BYTES, Long.BYTES);
    }
    return kind.extend(raw(at, kind.bytes()));
  }

  private long raw(int at, int bytes) {
    long raw = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      raw = raw << 8 | memory[at + i] & 0xff;
    }
    return raw;
  }

  void store(AccessKind kind, int address, long offset, long value) {
    int at = at(address, offset, kind.bytes());
    boolean repeats = kind.type().equals("v128");
    for (int i = 0; i < kind.bytes(); i++) {
      memory[at + i] = (byte) (value >>> 8 * (repeats ? i & 3 : i));
    }
  }

  /** Copies what is loaded, bit for bit. */
  void copy(AccessKind kind, int to, long toOffset, int from, long fromOffset) {
    int source = at(from, fromOffset, kind.bytes());
    byte[] bytes = Arrays.copyOfRange(memory, source, source + kind.bytes());
    System.arraycopy(bytes, 0, memory, at(to, toOffset, kind.bytes()), bytes.length);
  }

  boolean differ(AccessKind kind, int first, long firstOffset, int second, long secondOffset) {
    int one = at(first, firstOffset, kind.bytes());
    int other = at(second, secondOffset, kind.bytes());
    return !Arrays.equals(memory, one, one + kind.bytes(), memory, other, other + kind.bytes());
  }

  /** Where so many bytes begin in something that has {@code length}. */
  int area(int address, int count, int length) {
    accesses++;
    if ((address & 0xffff_ffffL) + (count & 0xffff_ffffL) > length) {
      throw Stop.OUT_OF_BOUNDS;
    }
    // What takes long must not be done often.
    fuel -= count >>> 10;
    return address;
  }

  /** The index of an element, or this is how it ends. */
  int element(int index, Stop otherwise) {
    accesses++;
    if (Integer.compareUnsigned(index, table.length) >= 0) {
      throw otherwise;
    }
    return index;
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
