package dev.tazza;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Makes two modules look the same to a checksum. That is easy: the bits of a CRC are sums, modulo
 * two, of bits of the input, so four bytes to choose can give it any value.
 */
final class ChecksumForger {
  private static final byte[] SECTION = {0, 6, 1, 'x', 0, 0, 0, 0}; // a custom section

  private ChecksumForger() {}

  /** The module with a custom section of zeros. */
  static byte[] withRoom(byte[] module) {
    byte[] longer = Arrays.copyOf(module, module.length + SECTION.length);
    System.arraycopy(SECTION, 0, longer, module.length, SECTION.length);
    return longer;
  }

  /** The module with a custom section that gives it a checksum. */
  static byte[] forge(byte[] module, long wanted) {
    byte[] forged = withRoom(module);
    long difference = checksum(forged) ^ wanted;
    // Column i of the system: what the chosen bit i changes; below it, which bits that took.
    long[] columns = new long[Integer.SIZE];
    for (int i = 0; i < Integer.SIZE; i++) {
      byte[] changed = forged.clone();
      flip(changed, i);
      columns[i] = checksum(changed) ^ checksum(forged) | 1L << Integer.SIZE + i;
    }
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      int pivot = bit;
      while ((columns[pivot] >>> bit & 1) == 0) {
        pivot++;
      }
      long column = columns[pivot];
      columns[pivot] = columns[bit];
      columns[bit] = column;
      for (int i = bit + 1; i < Integer.SIZE; i++) {
        columns[i] ^= (columns[i] >>> bit & 1) * column;
      }
    }
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      difference ^= (difference >>> bit & 1) * columns[bit];
    }
    for (int i = 0; i < Integer.SIZE; i++) {
      if ((difference >>> Integer.SIZE + i & 1) != 0) {
        flip(forged, i);
      }
    }
    return forged;
  }

  private static void flip(byte[] module, int bit) {
    module[module.length - 1 - bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
  }

  static long checksum(byte[] bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return checksum.getValue();
  }
}
