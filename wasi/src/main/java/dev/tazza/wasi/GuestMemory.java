package dev.tazza.wasi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A guest's linear memory during one call. Pointers are 32 bits, unsigned; whatever lies outside of
 * the memory ends the call with {@code EFAULT}. WASI data need no alignment here.
 *
 * <p>Functions check the places for their results before they do anything that cannot be undone.
 */
final class GuestMemory {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final GuestMemory EMPTY = new GuestMemory(MemorySegment.NULL);

  private static final int MAX_PATH = 4096;

  private final MemorySegment segment;

  /**
   * @param segment native memory: system calls read and write it in place
   */
  GuestMemory(MemorySegment segment) {
    this.segment = segment;
  }

  /** Checks a range and returns where it starts. */
  long range(int pointer, long length) throws ErrnoException {
    long start = Integer.toUnsignedLong(pointer);
    if (length < 0 || length > segment.byteSize() - start) {
      throw new ErrnoException(Errno.FAULT);
    }
    return start;
  }

  /** The start of {@code count} elements of {@code size} bytes; both are below 2³². */
  long array(int pointer, int count, int size) throws ErrnoException {
    return range(pointer, Integer.toUnsignedLong(count) * size);
  }

  /** Native address of a place that {@link #range} has checked. */
  long address(long start) {
    return segment.address() + start;
  }

  /** A place that {@link #range} has checked. */
  MemorySegment segment(long start, long length) {
    return segment.asSlice(start, length);
  }

  MemorySegment slice(int pointer, int length) throws ErrnoException {
    long size = Integer.toUnsignedLong(length);
    return segment.asSlice(range(pointer, size), size);
  }

  byte[] bytes(int pointer, int length) throws ErrnoException {
    return slice(pointer, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Bytes of a path: UTF-8, without a zero byte. */
  byte[] path(int pointer, int length) throws ErrnoException {
    range(pointer, Integer.toUnsignedLong(length));
    if (Integer.compareUnsigned(length, MAX_PATH) > 0) {
      throw new ErrnoException(Errno.NAMETOOLONG);
    }
    byte[] path = bytes(pointer, length);
    boolean ascii = true;
    for (byte b : path) {
      if (b == 0) {
        throw new ErrnoException(Errno.INVAL);
      }
      ascii &= b > 0;
    }
    if (!ascii) {
      utf8(path);
    }
    return path;
  }

  /** The text of UTF-8 bytes. */
  static String utf8(byte[] bytes) throws ErrnoException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ErrnoException(Errno.ILSEQ);
    }
  }

  int getByte(int pointer) throws ErrnoException {
    return Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, range(pointer, 1)));
  }

  int getShort(int pointer) throws ErrnoException {
    return Short.toUnsignedInt(segment.get(SHORT, range(pointer, 2)));
  }

  int getInt(int pointer) throws ErrnoException {
    return segment.get(INT, range(pointer, 4));
  }

  long getLong(int pointer) throws ErrnoException {
    return segment.get(LONG, range(pointer, 8));
  }

  void putByte(int pointer, int value) throws ErrnoException {
    segment.set(ValueLayout.JAVA_BYTE, range(pointer, 1), (byte) value);
  }

  void putShort(int pointer, int value) throws ErrnoException {
    segment.set(SHORT, range(pointer, 2), (short) value);
  }

  void putInt(int pointer, int value) throws ErrnoException {
    segment.set(INT, range(pointer, 4), value);
  }

  void putLong(int pointer, long value) throws ErrnoException {
    segment.set(LONG, range(pointer, 8), value);
  }

  void putBytes(int pointer, byte[] source, int length) throws ErrnoException {
    long start = range(pointer, length);
    MemorySegment.copy(source, 0, segment, ValueLayout.JAVA_BYTE, start, length);
  }

  /** Copies out of a place that {@link #range} has checked. */
  void copyOut(long start, byte[] target, int at, int length) {
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, start, target, at, length);
  }

  /** Copies into a place that {@link #range} has checked. */
  void copyIn(byte[] source, int at, long start, int length) {
    MemorySegment.copy(source, at, segment, ValueLayout.JAVA_BYTE, start, length);
  }
}
