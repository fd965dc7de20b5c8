package dev.tazza.wasm.binary;

import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.ValType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the primitives of the binary format (specification, section 5.2) to a growing array of
 * bytes. Parts that are preceded by their size or their count are written to a writer of their own
 * and then appended with {@link #sized} or {@link #section}.
 */
public final class BinaryWriter {

  private byte[] bytes = new byte[64];
  private int size;

  /** The number of bytes written. */
  public int size() {
    return size;
  }

  /** A copy of the bytes written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets what was written. */
  public void clear() {
    size = 0;
  }

  /** The magic number and the version that start a module. */
  public BinaryWriter header() {
    return fixed32(ModuleFormat.MAGIC).fixed32(ModuleFormat.VERSION);
  }

  public BinaryWriter u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Four bytes, little-endian. */
  public BinaryWriter fixed32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      u8(value >>> shift);
    }
    return this;
  }

  /** Eight bytes, little-endian. */
  public BinaryWriter fixed64(long value) {
    return fixed32((int) value).fixed32((int) (value >>> 32));
  }

  /** An unsigned 32-bit number in LEB128. */
  public BinaryWriter u32(int value) {
    return u64(Integer.toUnsignedLong(value));
  }

  /** An unsigned 64-bit number in LEB128. */
  public BinaryWriter u64(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      u8(((int) rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    return u8((int) rest);
  }

  /** A signed number in LEB128; serves s32, s33 and s64. */
  public BinaryWriter s64(long value) {
    long rest = value;
    while (rest < -0x40 || rest > 0x3F) {
      u8(((int) rest & 0x7F) | 0x80);
      rest >>= 7;
    }
    return u8((int) rest & 0x7F);
  }

  public BinaryWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  public BinaryWriter bytes(byte[] source, int start, int end) {
    reserve(end - start);
    System.arraycopy(source, start, bytes, size, end - start);
    size += end - start;
    return this;
  }

  /** Everything another writer has written. */
  public BinaryWriter append(BinaryWriter other) {
    return bytes(other.bytes, 0, other.size);
  }

  /** What another writer has written since it had a size of {@code start}. */
  public BinaryWriter append(BinaryWriter other, int start) {
    return bytes(other.bytes, start, other.size);
  }

  /** Forgets what was written since the writer had this size. */
  public void truncate(int size) {
    this.size = size;
  }

  /** The size of another writer's bytes, then those bytes. */
  public BinaryWriter sized(BinaryWriter other) {
    return u32(other.size).append(other);
  }

  /** A section with an id and another writer's bytes as contents. */
  public BinaryWriter section(int id, BinaryWriter contents) {
    return u8(id).sized(contents);
  }

  /** A name: its size and its UTF-8 bytes. */
  public BinaryWriter name(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return u32(utf8.length).bytes(utf8);
  }

  /** An opcode, with its prefix if it has one. */
  public BinaryWriter operator(Operator operator) {
    return operator.prefix() == 0
        ? u8(operator.code())
        : u8(operator.prefix()).u32(operator.code());
  }

  /** A value type. */
  public BinaryWriter valType(ValType type) {
    return typeCode(type.code());
  }

  /** A value type given as {@link dev.tazza.wasm.type.TypeCode}. */
  public BinaryWriter typeCode(int code) {
    ModuleFormat.writeType(this, code);
    return this;
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
    }
  }
}
