package dev.tazza.wasm.binary;

import dev.tazza.wasm.type.TypeCode;

/** The fixed numbers of the binary format (specification, section 5.5). */
public final class ModuleFormat {

  /** The bytes {@code \0asm} as a little-endian number. */
  public static final int MAGIC = 0x6D736100;

  public static final int VERSION = 1;

  /** The version and layer of components, which are no modules. */
  static final int COMPONENT = 0x0001_000D;

  /** The custom section with the debug names. */
  public static final String NAME_SECTION = "name";

  /** In skeletons: the declarations of each function's locals, one behind the other. */
  static final String LOCALS_SECTION = "tazza.locals";

  /** In skeletons: a custom section with the offset that the code section had. */
  static final String CODE_OFFSET_SECTION = "tazza.code_offset";

  /** The custom section of a skeleton that tells which data segments it has. */
  static final String DATA_SECTION = "tazza.data";

  /** Bytes before the first section. */
  static final int HEADER_SIZE = 8;

  /** The tag of a function type. */
  public static final int FUNC_TYPE = 0x60;

  public static final int STRUCT_TYPE = 0x5F;
  public static final int ARRAY_TYPE = 0x5E;

  /** A type that may have subtypes; then its supertypes. */
  public static final int SUB_TYPE = 0x50;

  /** The same for a type that may not have subtypes. */
  public static final int SUB_FINAL_TYPE = 0x4F;

  /** A recursion group of more or less than one type. */
  public static final int RECURSION_GROUP = 0x4E;

  /** A table with an initial value for its elements. */
  public static final int TABLE_WITH_INIT = 0x40;

  /** In cast branches: the type that comes in may be null. */
  public static final int CAST_FROM_NULL = 1;

  /** In cast branches: the type that is asked for may be null. */
  public static final int CAST_TO_NULL = 2;

  /** The block type without parameters and results. */
  public static final int EMPTY_BLOCK_TYPE = 0x40;

  /** In alignment immediates: a memory index follows. */
  public static final int MEMARG_HAS_MEMORY = 0x40;

  // Flags of limits.
  static final int LIMITS_MAXIMUM = 1;
  static final int LIMITS_SHARED = 2;
  static final int LIMITS_64 = 4;
  static final int LIMITS_PAGE_SIZE = 8;

  static final int REF_NULL = 0x63;
  static final int REF = 0x64;

  private ModuleFormat() {}

  /**
   * Nullable references to abstract heap types have a one-byte form; the 2.0 types have no other.
   */
  static void writeType(BinaryWriter out, int code) {
    if (!TypeCode.isReference(code)) {
      out.u8(code);
      return;
    }
    int heapType = TypeCode.heapType(code);
    if (!TypeCode.isNullable(code) || heapType >= 0) {
      out.u8(TypeCode.isNullable(code) ? REF_NULL : REF);
    }
    out.s64(heapType);
  }
}
