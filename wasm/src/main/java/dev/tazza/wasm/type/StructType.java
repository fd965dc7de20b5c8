package dev.tazza.wasm.type;

import java.util.List;
import java.util.StringJoiner;

/** Objects with a fixed list of fields. */
public record StructType(List<FieldType> fields) implements CompositeType {

  public StructType {
    fields = List.copyOf(fields);
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(" ", "struct {", "}");
    for (FieldType field : fields) {
      joiner.add(field.toString());
    }
    return joiner.toString();
  }
}
