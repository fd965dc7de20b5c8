package dev.tazza.wasm.type;

/** What a reference refers to: a class of things, or a type of the module. */
public sealed interface HeapType permits AbstractHeapType, ConcreteHeapType {

  /**
   * The heap type as the signed integer that the binary format uses: a type index, or a negative
   * number for an abstract heap type.
   */
  int code();

  /** The heap type of a code made by {@link #code()}. */
  static HeapType ofCode(int code) {
    return code >= 0 ? new ConcreteHeapType(code) : AbstractHeapType.ofCode(code);
  }
}
