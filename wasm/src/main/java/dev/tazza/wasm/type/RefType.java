package dev.tazza.wasm.type;

import org.jspecify.annotations.Nullable;

/**
 * A reference type. WebAssembly 2.0 has two, {@code funcref} and {@code externref}, both nullable.
 */
public record RefType(boolean nullable, HeapType heapType) implements ValType {

  public static final RefType FUNCREF = new RefType(true, AbstractHeapType.FUNC);
  public static final RefType EXTERNREF = new RefType(true, AbstractHeapType.EXTERN);
  public static final RefType EXNREF = new RefType(true, AbstractHeapType.EXN);

  @Override
  public int code() {
    return TypeCode.reference(nullable, heapType.code());
  }

  static RefType ofCode(int code) {
    if (!TypeCode.isReference(code)) {
      throw new IllegalArgumentException("not a reference type: " + code);
    }
    return new RefType(TypeCode.isNullable(code), HeapType.ofCode(TypeCode.heapType(code)));
  }

  // Plain code: what a record gets from the compiler keeps a copy of Tazza in memory.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RefType that
        && nullable == that.nullable
        && heapType.equals(that.heapType);
  }

  @Override
  public int hashCode() {
    return 31 * Boolean.hashCode(nullable) + heapType.hashCode();
  }

  @Override
  public String toString() {
    if (nullable && heapType instanceof AbstractHeapType) {
      String name = heapType.toString();
      if (heapType == AbstractHeapType.NONE) {
        return "nullref";
      }
      return (name.startsWith("no") ? "null" + name.substring(2) : name) + "ref";
    }
    return "(ref " + (nullable ? "null " : "") + heapType + ")";
  }
}
