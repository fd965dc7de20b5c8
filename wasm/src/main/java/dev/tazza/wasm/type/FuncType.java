package dev.tazza.wasm.type;

import java.util.ArrayList;
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

  /**
   * The type that a text stands for, such as {@code (i32 i64) -> f64} or {@code [funcref] -> []}:
   * types are those of numbers, {@code v128}, {@code funcref} and {@code externref}, with spaces or
   * commas between them; a single one needs no parentheses.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static FuncType parse(String text) {
    String[] sides = text.split("->", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "'" + text + "' is no function type: expected PARAMETERS -> RESULTS");
    }
    return new FuncType(types(sides[0], text), types(sides[1], text));
  }

  private static List<ValType> types(String side, String text) {
    String inner = side.strip();
    boolean round = inner.startsWith("(") && inner.endsWith(")");
    if (inner.length() > 1 && (round || inner.startsWith("[") && inner.endsWith("]"))) {
      inner = inner.substring(1, inner.length() - 1);
    }
    List<ValType> types = new ArrayList<>();
    for (String word : inner.strip().split("[\\s,]+", -1)) {
      if (!word.isEmpty()) {
        types.add(type(word, text));
      }
    }
    return types;
  }

  private static ValType type(String word, String text) {
    return switch (word) {
      case "i32" -> ValType.I32;
      case "i64" -> ValType.I64;
      case "f32" -> ValType.F32;
      case "f64" -> ValType.F64;
      case "v128" -> ValType.V128;
      case "funcref" -> ValType.FUNCREF;
      case "externref" -> ValType.EXTERNREF;
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' is no function type: '" + word + "' is no value type");
    };
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
