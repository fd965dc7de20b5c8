package dev.tazza.wasm.type;

import java.util.List;
import java.util.StringJoiner;

/** A function's parameter and result types. */
public record FuncType(List<ValType> params, List<ValType> results)
    implements CompositeType, ExternType {

  public FuncType {
    params = List.copyOf(params);
    results = List.copyOf(results);
  }

  @Override
  public ExternKind kind() {
    return ExternKind.FUNC;
  }

  @Override
  public String toString() {
    return join(params) + " -> " + join(results);
  }

  private static String join(List<ValType> types) {
    StringJoiner joiner = new StringJoiner(" ", "[", "]");
    for (ValType type : types) {
      joiner.add(type.toString());
    }
    return joiner.toString();
  }
}
