package dev.tazza.codegen.ir;

/**
 * The bits of a vector, or of a scalar with zeros above it.
 *
 * @param low bytes 0 to 7, little-endian
 * @param high bytes 8 to 15
 */
public record Bits128(long low, long high) {
  public static final Bits128 ZERO = new Bits128(0, 0);

  /** Lane {@code index} of {@code bytes} bytes, with zeros above it. */
  public long lane(int bytes, int index) {
    int at = bytes * index;
    long word = at < 8 ? low : high;
    return bytes == 8 ? word : word >>> 8 * (at & 7) & (1L << 8 * bytes) - 1;
  }

  /** The same, sign-extended. */
  public long signedLane(int bytes, int index) {
    int unused = 64 - 8 * bytes;
    return lane(bytes, index) << unused >> unused;
  }

  /** A copy with another value in a lane, of which the low {@code bytes} bytes count. */
  public Bits128 withLane(int bytes, int index, long value) {
    int at = bytes * index;
    long mask = bytes == 8 ? -1 : (1L << 8 * bytes) - 1;
    int shift = 8 * (at & 7);
    long word = (at < 8 ? low : high) & ~(mask << shift) | (value & mask) << shift;
    return at < 8 ? new Bits128(word, high) : new Bits128(low, word);
  }
}
