package dev.tazza.wasm.type;

import org.jspecify.annotations.Nullable;

/** A type defined by the module, by its index. */
public record ConcreteHeapType(int typeIndex) implements HeapType {

  @Override
  public int code() {
    return typeIndex;
  }

  // Plain code: what a record gets from the compiler keeps a copy of Tazza in memory.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConcreteHeapType that && typeIndex == that.typeIndex;
  }

  @Override
  public int hashCode() {
    return typeIndex;
  }

  @Override
  public String toString() {
    return Integer.toString(typeIndex);
  }
}
