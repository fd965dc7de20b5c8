package dev.tazza.codegen.ir;

/**
 * How a load or store touches memory: the width that is accessed, for narrow loads whether the
 * value is sign-extended to the instruction's type, and the alias class.
 *
 * @param bytes 1, 2, 4, 8 or 16; at most the size of the value's type
 * @param signed a narrow load extends with the sign, otherwise with zeros; false for stores
 * @param alias what may overlap with this access
 */
public record Access(int bytes, boolean signed, AliasClass alias) {
  /** An access as wide as {@code type}. */
  public static Access full(Type type, AliasClass alias) {
    return new Access(type.bytes(), false, alias);
  }

  @Override
  public String toString() {
    return alias + "." + bytes * 8 + (signed ? "s" : "");
  }
}
