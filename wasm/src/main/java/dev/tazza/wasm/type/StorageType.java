package dev.tazza.wasm.type;

/** What a field of a structure or array holds: a value, or a small integer that is no value. */
public sealed interface StorageType permits ValType, PackedType {

  /** The type as an {@code int}, see {@link TypeCode}. */
  int code();

  /** The type of the value that is read from the field. */
  default ValType unpacked() {
    return switch (this) {
      case ValType type -> type;
      case PackedType _ -> ValType.I32;
    };
  }

  /** The type of a code made by {@link #code()}. */
  static StorageType ofCode(int code) {
    return switch (code) {
      case TypeCode.I8 -> PackedType.I8;
      case TypeCode.I16 -> PackedType.I16;
      default -> ValType.ofCode(code);
    };
  }
}
