package dev.tazza.wasm.type;

/** A type defined by the module, by its index. */
public record ConcreteHeapType(int typeIndex) implements HeapType {

  @Override
  public int code() {
    return typeIndex;
  }

  @Override
  public String toString() {
    return Integer.toString(typeIndex);
  }
}
