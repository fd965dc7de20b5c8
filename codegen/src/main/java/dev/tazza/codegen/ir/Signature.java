package dev.tazza.codegen.ir;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a function takes and returns. Parameter 0 of compiled functions is their context, an I64
 * address that most calls pass on; see {@code Abi}.
 */
public record Signature(List<Type> params, List<Type> results) {
  public Signature {
    params = List.copyOf(params);
    results = List.copyOf(results);
  }

  // Plain code: what a record gets from the compiler keeps a copy of Tazza in memory.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Signature that
        && params.equals(that.params)
        && results.equals(that.results);
  }

  @Override
  public int hashCode() {
    return 31 * params.hashCode() + results.hashCode();
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
