package dev.tazza.wasm.dwarf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one section from a place on: little-endian numbers, LEB128 numbers, strings. Past the end
 * it throws a {@link DwarfException}.
 */
final class DwarfReader {
  /** An initial length of this announces the 64-bit format (section 7.4). */
  private static final long DWARF64 = 0xFFFF_FFFFL;

  private final byte[] bytes;
  private int position;

  /** Size of offsets into sections: 4, or 8 in the 64-bit format. */
  private int offsetSize = 4;

  DwarfReader(byte[] bytes, long position) {
    this.bytes = bytes;
    seek(position);
  }

  int position() {
    return position;
  }

  int size() {
    return bytes.length;
  }

  void seek(long to) {
    if (to < 0 || to > bytes.length) {
      throw new DwarfException("offset " + to + " in a section of " + bytes.length);
    }
    position = (int) to;
  }

  /** The next bytes. */
  byte[] bytes(long count) {
    int start = position;
    skip(count);
    return Arrays.copyOfRange(bytes, start, position);
  }

  void skip(long count) {
    seek(position + count);
  }

  boolean isBefore(int end) {
    return position < end;
  }

  int offsetSize() {
    return offsetSize;
  }

  void offsetSize(int size) {
    offsetSize = size;
  }

  int u8() {
    if (position >= bytes.length) {
      throw new DwarfException("the section ends too early");
    }
    return bytes[position++] & 0xFF;
  }

  int u16() {
    return u8() | u8() << 8;
  }

  long u32() {
    return u16() | (long) u16() << 16;
  }

  long u64() {
    return u32() | u32() << 32;
  }

  /** An unsigned number of {@code size} bytes, 1 to 8. */
  long unsigned(int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) u8() << 8 * i;
    }
    return value;
  }

  long uleb() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = u8();
      if (shift < Long.SIZE) {
        value |= (long) (next & 0x7F) << shift;
      }
      if (next < 0x80) {
        return value;
      }
    }
  }

  /** A LEB128 number that counts, or is one of few. */
  int count() {
    long value = uleb();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new DwarfException("the number " + Long.toUnsignedString(value) + " is too large");
    }
    return (int) value;
  }

  long sleb() {
    long value = 0;
    int shift = 0;
    int next;
    do {
      next = u8();
      if (shift < Long.SIZE) {
        value |= (long) (next & 0x7F) << shift;
      }
      shift += 7;
    } while (next >= 0x80);
    return shift < Long.SIZE && (next & 0x40) != 0 ? value | -1L << shift : value;
  }

  /** An offset into a section. */
  long offset() {
    return unsigned(offsetSize);
  }

  /** The length of what follows; tells the size of offsets in it. Returns where it ends. */
  int unitEnd() {
    long length = u32();
    offsetSize = 4;
    if (length == DWARF64) {
      length = u64();
      offsetSize = 8;
    }
    long end = position + length;
    if (length < 0 || end > bytes.length) {
      throw new DwarfException("a unit of " + length + " bytes does not end in its section");
    }
    return (int) end;
  }

  /** A string that ends with a zero byte. */
  String string() {
    int start = position;
    while (u8() != 0) {
      // to its end
    }
    return new String(bytes, start, position - 1 - start, StandardCharsets.UTF_8);
  }
}
