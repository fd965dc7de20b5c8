package dev.tazza.wasm.type;

/** A value type: what a local, an operand or a result can be. */
public sealed interface ValType extends StorageType permits NumType, VecType, RefType {

  ValType I32 = NumType.I32;
  ValType I64 = NumType.I64;
  ValType F32 = NumType.F32;
  ValType F64 = NumType.F64;
  ValType V128 = VecType.V128;
  RefType FUNCREF = RefType.FUNCREF;
  RefType EXTERNREF = RefType.EXTERNREF;
  RefType EXNREF = RefType.EXNREF;

  // No default method here: it would have implementing classes initialize this interface, whose
  // constants are theirs.

  @Override
  int code();

  /** The type of a code made by {@link #code()}. */
  static ValType ofCode(int code) {
    return switch (code) {
      case TypeCode.I32 -> I32;
      case TypeCode.I64 -> I64;
      case TypeCode.F32 -> F32;
      case TypeCode.F64 -> F64;
      case TypeCode.V128 -> V128;
      case TypeCode.FUNCREF -> FUNCREF;
      case TypeCode.EXTERNREF -> EXTERNREF;
      default -> RefType.ofCode(code);
    };
  }
}
