package dev.tazza.codegen.ir;

/**
 * How a load or store touches memory: the width that is accessed, for narrow loads whether the
 * value is sign-extended to the instruction's type, and the region.
 *
 * @param bytes 1, 2, 4, 8 or 16; at most the size of the value's type
 * @param signed a narrow load extends with the sign, otherwise with zeros; false for stores
 * @param region what may overlap with it
 */
public record Access(int bytes, boolean signed, AliasRegion region) {
  /** An access as wide as {@code type}. */
  public static Access full(Type type, AliasRegion region) {
    return new Access(type.bytes(), false, region);
  }

  @Override
  public String toString() {
    return region + "." + bytes * 8 + (signed ? "s" : "");
  }
}
