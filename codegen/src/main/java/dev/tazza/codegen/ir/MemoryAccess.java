package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * How a load or store touches memory: the width that is accessed, for narrow loads whether the
 * value is sign-extended to the instruction's type, and the region.
 *
 * @param bytes 1, 2, 4, 8 or 16; at most the size of the value's type
 * @param signed a narrow load extends with the sign, otherwise with zeros; false for stores
 * @param region what may overlap with it
 * @param length if it is a load of an area's length: what is known of that; else null
 */
public record MemoryAccess(int bytes, boolean signed, AliasRegion region, @Nullable Length length) {
  /**
   * What is known of the length of an area of memory, an I64 that never shrinks.
   *
   * @param least bytes that there are always, at least 0
   * @param guard so many bytes behind the area, however long it is, nobody has anything
   */
  public record Length(long least, long guard) {}

  /** An access that loads no length of which anything is known. */
  public MemoryAccess(int bytes, boolean signed, AliasRegion region) {
    this(bytes, signed, region, null);
  }

  /** An access as wide as {@code type}. */
  public static MemoryAccess full(Type type, AliasRegion region) {
    return new MemoryAccess(type.bytes(), false, region);
  }

  @Override
  public String toString() {
    String known = length == null ? "" : ".least" + length.least + ".guard" + length.guard;
    return region + "." + bytes * 8 + (signed ? "s" : "") + known;
  }
}
