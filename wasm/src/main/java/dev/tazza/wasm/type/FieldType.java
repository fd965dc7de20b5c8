package dev.tazza.wasm.type;

/** A field of a structure, or the elements of an array. */
public record FieldType(StorageType storage, boolean mutable) {

  /** As the text format has it: {@code i8}, {@code (mut i8)}. */
  @Override
  public String toString() {
    return mutable ? "(mut " + storage + ")" : storage.toString();
  }
}
