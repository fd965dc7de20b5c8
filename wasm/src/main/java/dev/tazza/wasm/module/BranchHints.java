package dev.tazza.wasm.module;

import java.util.Arrays;

/**
 * What a module's custom section {@code metadata.code.branch_hint} tells of branches. Immutable. A
 * section that is not as it should be tells nothing: a custom section makes no module invalid.
 *
 * <pre>
 *   count of functions, then for each:  function index, count of hints, then for each:
 *     offset of the instruction from the start of the function's body, 1, 0 unlikely or 1 likely
 * </pre>
 */
public final class BranchHints {
  /** The name of the section, and of the annotation that stands for it in text. */
  public static final String SECTION = "metadata.code.branch_hint";

  /** Neither of the ways is expected. */
  public static final int NONE = -1;

  /** What follows if the condition holds is unlikely. */
  public static final int UNLIKELY = 0;

  /** What follows if the condition holds is likely. */
  public static final int LIKELY = 1;

  /** Bytes of a hint. */
  private static final int SIZE = 1;

  /** Function in the upper half, offset in the lower; ascending. */
  private long[] places = new long[16];

  private byte[] hints = new byte[16];
  private int count;

  private BranchHints() {}

  /** Those of a module. */
  public static BranchHints of(WasmModule module) {
    for (CustomSection section : module.customSections()) {
      if (section.name().equals(SECTION)) {
        BranchHints hints = new BranchHints();
        boolean read = new Reader(module.bytes(), section).readInto(hints);
        return read ? hints : new BranchHints();
      }
    }
    return new BranchHints();
  }

  /** Whether nothing is told. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** The hint for the branch at {@code offset} of a function's body. */
  public int at(int function, int offset) {
    if (count == 0) {
      return NONE;
    }
    int at = Arrays.binarySearch(places, 0, count, place(function, offset));
    return at < 0 ? NONE : hints[at];
  }

  private static long place(int function, int offset) {
    return (long) function << 32 | offset;
  }

  /** Adds one; gives false unless it comes behind all others. */
  private boolean add(long place, int hint) {
    if (count > 0 && places[count - 1] >= place) {
      return false;
    }
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
      hints = Arrays.copyOf(hints, 2 * count);
    }
    places[count] = place;
    hints[count++] = (byte) hint;
    return true;
  }

  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean isBad;

    Reader(byte[] bytes, CustomSection section) {
      this.bytes = bytes;
      at = section.start();
      end = section.end();
    }

    boolean readInto(BranchHints hints) {
      int functions = number();
      for (int i = 0; i < functions && !isBad; i++) {
        int function = number();
        int count = number();
        for (int k = 0; k < count && !isBad; k++) {
          long place = place(function, number());
          isBad |= number() != SIZE;
          int hint = number();
          isBad |= hint > LIKELY || !hints.add(place, hint);
        }
      }
      return !isBad && at == end;
    }

    /** An unsigned LEB128 of 31 bits at most. */
    private int number() {
      int value = 0;
      for (int shift = 0; shift < 35 && at < end; shift += 7) {
        int next = bytes[at++];
        value |= (next & 0x7f) << shift;
        if (next >= 0) {
          isBad |= value < 0 || shift == 28 && next > 7;
          return value;
        }
      }
      isBad = true;
      return 0;
    }
  }
}
