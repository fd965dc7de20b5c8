package dev.tazza.wasm.type;

import java.util.StringJoiner;

/**
 * Value types as {@code int}s, for the places that handle one per instruction.
 *
 * <pre>
 *   bits 31..8                     bits 7..0
 *   0                              0x7F i32, 0x7E i64, 0x7D f32, 0x7C f64, 0x7B v128
 *   heap type (signed, see         0x63 nullable reference
 *     {@link HeapType#code()})           0x64 non-null reference
 * </pre>
 *
 * The low byte is the one the binary format uses, and two types are equal exactly when their codes
 * are.
 */
public final class TypeCode {

  /**
   * No type: in validation, the type of an operand that cannot be known because it is never made.
   */
  public static final int UNKNOWN = 0;

  /** In operator signatures: the index type of the memory that the instruction names. */
  public static final int ADDRESS = 1;

  /**
   * In validation: the reference to nothing in particular that instructions make of an operand that
   * cannot be known. It matches every reference type.
   */
  public static final int UNKNOWN_REFERENCE = -0x80 << 8 | 0x64;

  /** Only in fields of structures and arrays. */
  public static final int I8 = 0x78;

  /** Only in fields of structures and arrays. */
  public static final int I16 = 0x77;

  public static final int I32 = 0x7F;
  public static final int I64 = 0x7E;
  public static final int F32 = 0x7D;
  public static final int F64 = 0x7C;
  public static final int V128 = 0x7B;
  public static final int FUNCREF = -0x10 << 8 | 0x63;
  public static final int EXTERNREF = -0x11 << 8 | 0x63;
  public static final int ANYREF = -0x12 << 8 | 0x63;
  public static final int EQREF = -0x13 << 8 | 0x63;
  public static final int I31REF = -0x14 << 8 | 0x63;
  public static final int ARRAYREF = -0x16 << 8 | 0x63;
  public static final int EXNREF = -0x17 << 8 | 0x63;

  private static final int NULLABLE = 0x63;
  private static final int NON_NULL = 0x64;

  /** Type indexes are below this, so that they fit above the low byte. */
  public static final int MAX_TYPE_INDEX = 1 << 22;

  private TypeCode() {}

  /** The code of the reference to a heap type. */
  public static int reference(boolean nullable, int heapType) {
    return heapType << 8 | (nullable ? NULLABLE : NON_NULL);
  }

  public static boolean isReference(int code) {
    int kind = code & 0xFF;
    return kind == NULLABLE || kind == NON_NULL;
  }

  /** Whether a reference type includes null. */
  public static boolean isNullable(int code) {
    return (code & 0xFF) == NULLABLE;
  }

  /** A reference type with null, or without. */
  public static int withNull(int code, boolean nullable) {
    return reference(nullable, heapType(code));
  }

  /** Whether a type has a default value, which locals and elements start with. */
  public static boolean isDefaultable(int code) {
    return (code & 0xFF) != NON_NULL;
  }

  /** Whether it is the reference to a type that the module defines. */
  public static boolean isConcrete(int code) {
    return isReference(code) && code >= 0;
  }

  /** The heap type's code of a reference type. */
  public static int heapType(int code) {
    return code >> 8;
  }

  /** The names of several types; for messages. */
  public static String toString(int[] codes) {
    StringJoiner joiner = new StringJoiner(" ", "[", "]");
    for (int code : codes) {
      joiner.add(toString(code));
    }
    return joiner.toString();
  }

  /** The type's name in the text format; for messages. */
  public static String toString(int code) {
    return switch (code) {
      case UNKNOWN -> "any type";
      case UNKNOWN_REFERENCE -> "any reference";
      case ADDRESS -> "address";
      default -> StorageType.ofCode(code).toString();
    };
  }
}
