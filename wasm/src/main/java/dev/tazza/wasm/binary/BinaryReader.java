package dev.tazza.wasm.binary;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.TypeCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over a range of a module's bytes that reads the primitives of the binary format
 * (specification, section 5.2): LEB128 numbers in no more bytes than their type needs and without
 * stray bits, and names in strict UTF-8. Whatever the input is, reading either succeeds or throws
 * {@link MalformedException}.
 */
public sealed class BinaryReader permits OperatorReader {

  static final String UNEXPECTED_END = "unexpected end";
  static final String UNEXPECTED_END_OF_SECTION = "unexpected end of section or function";
  private static final String TOO_LONG = "integer representation too long";
  private static final String TOO_LARGE = "integer too large";

  final byte[] bytes;
  int position;
  int limit;
  private String endMessage = UNEXPECTED_END_OF_SECTION;

  /** A cursor over the range {@code [start, end)}. */
  public BinaryReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    reset(start, end);
  }

  /** Moves the cursor to another range of the same bytes. */
  public final void reset(int start, int end) {
    if (start < 0 || start > end || end > bytes.length) {
      throw new IndexOutOfBoundsException("range " + start + " to " + end + " of " + bytes.length);
    }
    position = start;
    limit = end;
  }

  /** The offset of the next byte from the start of the module. */
  public final int position() {
    return position;
  }

  /** The number of bytes left. */
  public final int remaining() {
    return limit - position;
  }

  /** A cursor over a whole module. */
  static BinaryReader ofModule(byte[] bytes) {
    BinaryReader reader = new BinaryReader(bytes, 0, bytes.length);
    reader.endMessage = UNEXPECTED_END;
    return reader;
  }

  /** An error at an offset. */
  static MalformedException malformed(String message, int offset) {
    return new MalformedException(message, offset);
  }

  private MalformedException end() {
    return malformed(endMessage, limit);
  }

  /** One byte, unsigned. */
  public final int u8() {
    // No more bytecode than HotSpot inlines where calls are not hot.
    int at = position;
    if (at >= limit) {
      throw end();
    }
    position = at + 1;
    return Byte.toUnsignedInt(bytes[at]);
  }

  /** An unsigned 32-bit number. */
  public final int u32() {
    int at = position;
    if (at < limit) {
      int first = bytes[at];
      if (first >= 0) { // nearly always
        position = at + 1;
        return first;
      }
    }
    return u32Slow(at);
  }

  private int u32Slow(int start) {
    int result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 28) {
        checkLast(b, b >= 0x10, start);
      }
      result |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return result;
      }
    }
  }

  /**
   * An index. Nothing has more than 2<sup>31</sup> - 1 elements, so any index above stands for
   * nothing, and all of them are returned as {@link Integer#MAX_VALUE}.
   */
  public final int index() {
    int at = position;
    if (at < limit) {
      int first = bytes[at];
      if (first >= 0) { // nearly always, and often before this is compiled
        position = at + 1;
        return first;
      }
    }
    int index = u32Slow(at);
    return index >= 0 ? index : Integer.MAX_VALUE;
  }

  /** As many indexes as the array has room for; in one loop, for it mostly runs uncompiled. */
  final void indexes(int[] into) {
    byte[] from = bytes;
    int end = limit;
    int at = position;
    for (int i = 0; i < into.length; i++) {
      int first = at < end ? from[at] : -1;
      int second = first < 0 && at + 1 < end ? from[at + 1] : -1;
      if (first >= 0) {
        into[i] = first;
        at++;
      } else if (second >= 0) {
        into[i] = first & 0x7F | second << 7;
        at += 2;
      } else {
        position = at;
        into[i] = index();
        at = position;
      }
    }
    position = at;
  }

  /** An unsigned 64-bit number. */
  public final long u64() {
    int start = position;
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 63) {
        checkLast(b, b >= 2, start);
      }
      result |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return result;
      }
    }
  }

  /** A signed 32-bit number. */
  public final int s32() {
    int start = position;
    int result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 28) {
        int sign = b & 0x78; // bit 31 and the bits beyond must agree
        checkLast(b, sign != 0 && sign != 0x78, start);
      }
      result |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return shift >= 28 ? result : result << (25 - shift) >> (25 - shift);
      }
    }
  }

  /** A signed 33-bit number: a block type or heap type, where indexes are not negative. */
  public final long s33() {
    int start = position;
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 28) {
        int sign = b & 0x70;
        checkLast(b, sign != 0 && sign != 0x70, start);
      }
      result |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return result << (57 - shift) >> (57 - shift);
      }
    }
  }

  /** A signed 64-bit number. */
  public final long s64() {
    int start = position;
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift == 63) {
        checkLast(b, b != 0 && b != 0x7F, start);
      }
      result |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return shift >= 63 ? result : result << (57 - shift) >> (57 - shift);
      }
    }
  }

  private static void checkLast(int b, boolean strayBits, int start) {
    if (b >= 0x80) {
      throw malformed(TOO_LONG, start);
    }
    if (strayBits) {
      throw malformed(TOO_LARGE, start);
    }
  }

  /** Four bytes, little-endian. */
  public final int fixed32() {
    int at = position;
    skip(4);
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | bytes[at + 3] << 24;
  }

  /** Eight bytes, little-endian. */
  public final long fixed64() {
    long low = Integer.toUnsignedLong(fixed32());
    return low | (long) fixed32() << 32;
  }

  /** Moves past some bytes. */
  public final void skip(int count) {
    if (count < 0 || count > limit - position) {
      throw end();
    }
    position += count;
  }

  /**
   * The count of a vector whose elements take at least one byte each. A count above the bytes that
   * are left is an error at once, so memory allocated for a vector is bounded by the size of the
   * input.
   */
  public final int count() {
    int at = position;
    int count = u32();
    if (count < 0 || count > limit - position) {
      boolean beyondModule = count < 0 || count > bytes.length - at;
      throw malformed(beyondModule ? "length out of bounds" : UNEXPECTED_END_OF_SECTION, at);
    }
    return count;
  }

  /** A value type, as {@link TypeCode}. It may be one of a feature that is off. */
  public final int valType() {
    int at = position;
    int b = u8();
    if (b <= 0x7F && b >= 0x7B) {
      return b;
    }
    int code = referenceType(b);
    if (code == TypeCode.UNKNOWN) {
      throw malformed("malformed value type 0x" + Integer.toHexString(b), at);
    }
    return code;
  }

  /** What a field holds, as {@link TypeCode}: a value type, or a packed one. */
  public final int storageType() {
    if (position < limit) {
      int b = bytes[position] & 0xFF;
      if (b == TypeCode.I8 || b == TypeCode.I16) {
        position++;
        return b;
      }
    }
    return valType();
  }

  /** A reference type, as {@link TypeCode}. It may be one of a feature that is off. */
  public final int refType() {
    int at = position;
    int b = u8();
    int code = referenceType(b);
    if (code == TypeCode.UNKNOWN) {
      throw malformed("malformed reference type 0x" + Integer.toHexString(b), at);
    }
    return code;
  }

  private int referenceType(int b) {
    if (b == ModuleFormat.REF_NULL || b == ModuleFormat.REF) {
      return TypeCode.reference(b == ModuleFormat.REF_NULL, heapType());
    }
    int heapType = b - 0x80;
    return AbstractHeapType.find(heapType) == null
        ? TypeCode.UNKNOWN
        : TypeCode.reference(true, heapType);
  }

  /** A heap type, as {@link dev.tazza.wasm.type.HeapType#code()}. */
  public final int heapType() {
    int at = position;
    long code = s33();
    if (code >= TypeCode.MAX_TYPE_INDEX) {
      throw new ValidationException("unknown type " + code, at);
    }
    if (code < 0 && (position != at + 1 || AbstractHeapType.find((int) code) == null)) {
      throw malformed("malformed heap type", at);
    }
    return (int) code;
  }

  /** A name. */
  public final String name() {
    int length = count();
    int start = position;
    position += length;
    return isAscii(bytes, start, start + length)
        ? new String(bytes, start, length, StandardCharsets.ISO_8859_1) // which includes it
        : decodeUtf8(start, length);
  }

  /** Four at a time: names are mostly read before this is compiled. */
  private static boolean isAscii(byte[] bytes, int start, int end) {
    int all = 0; // the highest bit tells
    int i = start;
    for (; i < end - 3; i += 4) {
      all |= bytes[i] | bytes[i + 1] | bytes[i + 2] | bytes[i + 3];
    }
    for (; i < end; i++) {
      all |= bytes[i];
    }
    return all >= 0;
  }

  private String decodeUtf8(int start, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException _) {
      throw malformed("malformed UTF-8 encoding", start);
    }
  }
}
