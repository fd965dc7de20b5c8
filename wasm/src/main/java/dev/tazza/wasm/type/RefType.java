package dev.tazza.wasm.type;

/**
 * A reference type. WebAssembly 2.0 has two, {@code funcref} and {@code externref}, both nullable.
 */
public record RefType(boolean nullable, HeapType heapType) implements ValType {

  public static final RefType FUNCREF = new RefType(true, AbstractHeapType.FUNC);
  public static final RefType EXTERNREF = new RefType(true, AbstractHeapType.EXTERN);

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
