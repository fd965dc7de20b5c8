package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.ExpressionGenerator.Label;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Throws and tries, by the instructions of 3.0 or those of the proposal's first version: engines
 * refuse a module with both. Tags are $e0, $e1 …; the first two, of the same type, are imported and
 * may be the same.
 */
final class TryGenerator {
  /** How the modules of a seed throw. */
  enum Kind {
    NEVER,
    TRY_TABLE,
    LEGACY;

    static Kind of(long seed) {
      return switch ((int) (seed & 3)) {
        case 0 -> TRY_TABLE;
        case 1 -> LEGACY;
        default -> NEVER;
      };
    }
  }

  private static final int IMPORTED = 2;

  /**
   * A clause of a {@code try_table}.
   *
   * @param tag -1 for all
   */
  private record Clause(int tag, boolean reference) {}

  private final BodyGenerator body;
  private final Random random;

  TryGenerator(BodyGenerator body) {
    this.body = body;
    this.random = body.random;
  }

  private Kind kind() {
    return body.shape.throwing();
  }

  /** Types of a module's tags. */
  static List<FuncType> tags(Kind kind, Random random) {
    List<FuncType> tags = new ArrayList<>();
    if (kind != Kind.NEVER) {
      for (int i = 0; i < IMPORTED; i++) {
        tags.add(new FuncType(List.of(NumType.I32), List.of()));
      }
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        List<ValType> carried = new ArrayList<>();
        int size = random.nextInt(8) == 0 ? 12 : random.nextInt(4);
        for (int k = 0; k < size; k++) {
          carried.add(ExpressionGenerator.pick(random, ExpressionGenerator.TYPES));
        }
        tags.add(new FuncType(carried, List.of()));
      }
    }
    return tags;
  }

  /** Imports of a module. */
  static String imports(List<FuncType> tags) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(IMPORTED, tags.size()); i++) {
      out.append("(import \"\" \"x\" (tag $e%d (param i32)))\n".formatted(i));
    }
    return out.toString();
  }

  /** Definitions and exports. */
  static String definitions(List<FuncType> tags) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < tags.size(); i++) {
      if (i >= IMPORTED) {
        out.append("(tag $e").append(i);
        RandomModule.list(out, "param", tags.get(i).params());
        out.append(")\n");
      }
      out.append("(export \"e%d\" (tag $e%d))\n".formatted(i, i));
    }
    return out.toString();
  }

  /** Locals that a body has for it. */
  String locals() {
    return kind() == Kind.TRY_TABLE ? " (local $x0 exnref) (local $x1 exnref)" : "";
  }

  /** Whether the module throws at all, and now is a time. */
  boolean isTime(int percent) {
    return kind() != Kind.NEVER && body.chance(percent);
  }

  private int tag() {
    return random.nextInt(body.shape.tags().size());
  }

  private List<NumType> carried(int tag) {
    return BodyGenerator.numbers(body.shape.tags().get(tag).params());
  }

  /** Throws: nothing behind it is reached. */
  void raise() {
    int tag = tag();
    carried(tag).forEach(body::expression);
    body.line("throw $e%d", tag);
  }

  void statement() {
    if (body.chance(25)) {
      body.expression(NumType.I32);
      body.line("if");
      body.inside(new Label(List.of(), false), this::raise);
    } else if (kind() == Kind.LEGACY) {
      legacy();
    } else {
      tryTable();
    }
  }

  // try_table: a block for each clause, around all of them one that ends the whole.

  private void tryTable() {
    List<Clause> clauses = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      clauses.add(new Clause(body.chance(20) ? -1 : tag(), body.chance(35)));
    }
    body.line("block");
    body.inside(new Label(List.of(), false), () -> clause(clauses, count - 1));
  }

  private void clause(List<Clause> clauses, int number) {
    if (number < 0) {
      table(clauses);
      return;
    }
    Clause clause = clauses.get(number);
    List<NumType> carried = clause.tag < 0 ? List.of() : carried(clause.tag);
    StringBuilder block = new StringBuilder("block");
    RandomModule.list(block, "result", carried);
    body.line(block + (clause.reference ? " (result exnref)" : ""));
    Label label = clause.reference ? Label.CLOSED : new Label(carried, false);
    body.inside(label, () -> clause(clauses, number - 1));
    if (clause.reference) {
      body.line("local.set $x%d", random.nextInt(2));
    }
    body.consume(carried);
    if (body.chance(25)) {
      again();
    }
    body.sequence(List.of());
    body.line("br %d", clauses.size() - 1 - number);
  }

  /** Throws an exception of before again, if there is one. */
  private void again() {
    int local = random.nextInt(2);
    body.line("local.get $x%d", local);
    body.line("ref.is_null");
    body.line("i32.eqz");
    body.line("if");
    body.line("local.get $x%d", local);
    body.line("throw_ref");
    body.line("end");
  }

  private void table(List<Clause> clauses) {
    List<NumType> results = body.someTypes(2);
    StringBuilder line = new StringBuilder("try_table");
    RandomModule.list(line, "result", results);
    for (int i = 0; i < clauses.size(); i++) {
      Clause clause = clauses.get(i);
      line.append(clause.tag < 0 ? " (catch_all" : " (catch");
      line.append(clause.reference ? "_ref" : "");
      line.append(clause.tag < 0 ? "" : " $e" + clause.tag);
      line.append(' ').append(i).append(')');
    }
    body.line(line.toString());
    body.inside(new Label(results, false), () -> body.sequence(results));
    body.consume(results);
    body.line("br %d", clauses.size());
  }

  // The first version.

  private void legacy() {
    List<NumType> results = body.someTypes(2);
    body.line(body.signature("try", List.of(), results));
    if (body.chance(20)) {
      int label = random.nextInt(body.labels.size());
      body.inside(new Label(results, false), () -> body.sequence(results), "delegate " + label);
    } else {
      body.inside(new Label(results, false), () -> handlers(results));
    }
    body.consume(results);
  }

  private void handlers(List<NumType> results) {
    body.sequence(results);
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int tag = tag();
      body.line("catch $e%d", tag);
      body.consume(carried(tag));
      handler(results);
    }
    if (body.chance(30)) {
      body.line("catch_all");
      handler(results);
    }
  }

  private void handler(List<NumType> results) {
    if (body.chance(30)) {
      body.expression(NumType.I32);
      body.line("if");
      body.line("rethrow 1");
      body.line("end");
    }
    body.sequence(results);
  }
}
