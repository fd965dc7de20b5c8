package dev.tazza.codegen.ir;

import java.util.List;

/**
 * What a function takes and returns. Parameter 0 of every guest function is the instance context
 * (an I64 address), see {@code Abi}.
 */
public record Signature(List<Type> params, List<Type> results) {
  public Signature {
    params = List.copyOf(params);
    results = List.copyOf(results);
  }

  @Override
  public String toString() {
    return list(params) + " -> " + list(results);
  }

  private static String list(List<Type> types) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < types.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(types.get(i));
    }
    return text.append(')').toString();
  }
}
