package dev.tazza.wasm.type;

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

  public static final int I32 = 0x7F;
  public static final int I64 = 0x7E;
  public static final int F32 = 0x7D;
  public static final int F64 = 0x7C;
  public static final int V128 = 0x7B;
  public static final int FUNCREF = -0x10 << 8 | 0x63;
  public static final int EXTERNREF = -0x11 << 8 | 0x63;

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

  /** The heap type's code of a reference type. */
  public static int heapType(int code) {
    return code >> 8;
  }

  /** The type's name in the text format; for messages. */
  public static String toString(int code) {
    return switch (code) {
      case UNKNOWN -> "any type";
      case ADDRESS -> "address";
      default -> ValType.ofCode(code).toString();
    };
  }
}
