package dev.tazza.wasm.type;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

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

  // Compared for each import at each instantiation, often before it has been compiled: what a
  // record gets from the compiler, and lists, take microseconds then.

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof FuncType type
            && equal(params, type.params)
            && equal(results, type.results);
  }

  private static boolean equal(List<ValType> a, List<ValType> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      ValType type = a.get(i);
      if (type != b.get(i) && !type.equals(b.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * params.hashCode() + results.hashCode();
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
