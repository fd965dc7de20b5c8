package dev.tazza.wasm.type;

/** Objects with a number of equal elements, chosen when they are made. */
public record ArrayType(FieldType element) implements CompositeType {

  @Override
  public String toString() {
    return "array " + element;
  }
}
