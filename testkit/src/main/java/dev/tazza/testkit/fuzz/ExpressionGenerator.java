package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.RandomModule.Shape;
import dev.tazza.wasm.type.NumType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The state of a body under construction, and random expressions. */
abstract class ExpressionGenerator {
  private static final int BUDGET = 260;
  private static final int DEPTH = 7;

  static final List<NumType> TYPES = List.of(NumType.values());

  /**
   * What a branch to a label carries.
   *
   * @param closed whether only those who made the label may branch to it
   */
  record Label(List<NumType> types, boolean loop, boolean closed) {
    static final Label CLOSED = new Label(List.of(), true, true);

    Label(List<NumType> types, boolean loop) {
      this(types, loop, false);
    }
  }

  final Random random;
  final Shape shape;
  final StringBuilder out = new StringBuilder();
  final List<NumType> locals = new ArrayList<>();
  final List<Label> labels = new ArrayList<>();

  /** Types of the locals of which each has one purpose only. */
  final List<NumType> scratch = new ArrayList<>();

  int budget;
  int depth;

  ExpressionGenerator(Random random, Shape shape) {
    this.random = random;
    this.shape = shape;
    this.budget = 20 + random.nextInt(BUDGET);
  }

  // Control flow that gives values.

  abstract void conditional(List<NumType> results);

  abstract void block(List<NumType> results);

  abstract void loop(List<NumType> results);

  /** Leaves a number that comes from a vector. */
  abstract void vectorToScalar(NumType wanted);

  /** Calls some function; its results are on the stack. */
  abstract List<NumType> call();

  /** Takes values off the stack. */
  abstract void consume(List<NumType> types);

  // Text.

  static <E> E pick(Random random, List<E> list) {
    return list.get(random.nextInt(list.size()));
  }

  void line(String instruction) {
    out.append("  ".repeat(Math.min(depth, 20))).append(instruction).append('\n');
  }

  void line(String format, Object... arguments) {
    line(format.formatted(arguments));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  // Expressions.

  /** The name of a new local that only the caller uses. */
  String scratch(NumType type) {
    scratch.add(type);
    return "$s" + (scratch.size() - 1);
  }

  void constant(NumType wanted) {
    line("%s.const %s", Vocabulary.text(wanted), pick(random, Vocabulary.constants(wanted)));
  }

  void leaf(NumType wanted) {
    int first = random.nextInt(Math.max(1, locals.size()));
    for (int i = 0; i < locals.size(); i++) {
      int local = (first + i) % locals.size();
      if (locals.get(local) == wanted && chance(75)) {
        line("local.get %d", local);
        return;
      }
    }
    int global = random.nextInt(shape.globals().size());
    if (shape.globals().get(global) == wanted && chance(80)) {
      line("global.get $g%d", global);
      return;
    }
    constant(wanted);
  }

  /** Leaves a value of the type on the stack. */
  void expression(NumType wanted) {
    budget--;
    if (budget <= 0 || depth > DEPTH || chance(22)) {
      leaf(wanted);
      return;
    }
    depth++;
    switch (random.nextInt(26)) {
      case 0, 1, 2, 3, 4, 5 -> binary(wanted);
      case 6, 7, 8, 9 -> convert(wanted);
      case 10, 11, 12 -> load(wanted);
      case 13, 14 -> special(wanted);
      case 15 -> select(wanted);
      case 16, 17 -> conditional(List.of(wanted));
      case 18 -> block(List.of(wanted));
      case 19 -> loop(List.of(wanted));
      case 20 -> tee(wanted);
      case 21 -> {
        consume(call());
        leaf(wanted);
      }
      case 22 -> guarded(wanted);
      case 23, 24 -> vectorToScalar(wanted);
      default -> leaf(wanted);
    }
    depth--;
  }

  private void binary(NumType wanted) {
    expression(wanted);
    String text = Vocabulary.text(wanted);
    String name = pick(random, Vocabulary.binary(wanted));
    expression(wanted);
    if (!Vocabulary.isInt(wanted) && chance(10)) {
      canonical(wanted);
      name = "copysign";
    }
    line("%s.%s", text, name);
  }

  private void convert(NumType wanted) {
    if (!Vocabulary.isInt(wanted) && chance(50)) {
      expression(wanted);
      line("%s.%s", Vocabulary.text(wanted), pick(random, Vocabulary.floatUnary()));
      return;
    }
    Vocabulary.Conversion conversion = pick(random, Vocabulary.conversions(wanted));
    expression(conversion.from());
    if (conversion.name().contains("reinterpret")) {
      canonical(conversion.from());
    }
    String name = conversion.name();
    // Now and then the form that may trap.
    line(chance(5) ? name.replace("trunc_sat", "trunc") : name);
  }

  private void load(NumType wanted) {
    if (shape.atomics() && Vocabulary.isInt(wanted) && chance(50)) {
      new AtomicGenerator(this).value(wanted);
      return;
    }
    address();
    line(
        "%s.%s offset=%d",
        Vocabulary.text(wanted), pick(random, Vocabulary.loads(wanted)), offset());
  }

  /** What only some types have. */
  private void special(NumType wanted) {
    if (!Vocabulary.isInt(wanted)) {
      binary(wanted);
      return;
    }
    int kind = random.nextInt(14);
    if (kind > 9) {
      BitTricks.generate(this, wanted);
    } else if (kind < 4) {
      divide(wanted);
    } else if (wanted == NumType.I64 || kind < 8) {
      NumType operand = pick(random, TYPES);
      expression(operand);
      expression(operand);
      line("%s.%s", Vocabulary.text(operand), pick(random, Vocabulary.compare(operand)));
      if (wanted == NumType.I64) {
        line(chance(50) ? "i64.extend_i32_u" : "i64.extend_i32_s");
      }
    } else if (kind == 8) {
      line("memory.size");
      if (chance(20)) {
        line("drop");
        length(1);
        line("memory.grow");
      }
    } else {
      length(7);
      line("table.get $table");
      line("ref.is_null");
    }
  }

  private void divide(NumType wanted) {
    String text = Vocabulary.text(wanted);
    expression(wanted);
    if (chance(40)) {
      constant(wanted);
    } else {
      expression(wanted);
    }
    if (!chance(5)) {
      line("%s.const %d", text, chance(60) ? 1 : 6);
      line("%s.or", text);
    }
    line("%s.%s", text, pick(random, List.of("div_u", "rem_u", "rem_s", "div_s")));
  }

  private void select(NumType wanted) {
    expression(wanted);
    expression(wanted);
    expression(NumType.I32);
    line(chance(30) ? "select (result " + Vocabulary.text(wanted) + ")" : "select");
  }

  private void tee(NumType wanted) {
    int local = locals.indexOf(wanted);
    expression(wanted);
    if (local >= 0) {
      line("local.tee %d", local);
    }
  }

  /** A value that a branch may take away. */
  private void guarded(NumType wanted) {
    expression(wanted);
    for (int i = labels.size() - 1; i >= 0; i--) {
      if (!labels.get(i).loop() && labels.get(i).types().equals(List.of(wanted))) {
        expression(NumType.I32);
        line("br_if %d", labels.size() - 1 - i);
        return;
      }
    }
  }

  // Operands with a purpose.

  int offset() {
    return switch (random.nextInt(12)) {
      case 0 -> 65528;
      case 1 -> random.nextInt(70000);
      case 2 -> chance(10) ? 0x7fffffff : 4096;
      default -> random.nextInt(64);
    };
  }

  void address() {
    expression(NumType.I32);
    if (!chance(3)) {
      line("i32.const %d", chance(50) ? 0xff8 : 0x7fff);
      line("i32.and");
    }
  }

  /** Replaces a NaN by the one that everybody agrees on. */
  void canonical(NumType value) {
    if (Vocabulary.isInt(value)) {
      return;
    }
    String text = Vocabulary.text(value);
    String local = value == NumType.F32 ? "$nan32" : "$nan64";
    line("local.tee %s", local);
    line("%s.const nan", text);
    line("local.get %s", local);
    line("local.get %s", local);
    line("%s.eq", text);
    line("select");
  }

  void length(int mask) {
    if (chance(30)) {
      line("i32.const %d", random.nextInt(mask + 1));
    } else {
      expression(NumType.I32);
      line("i32.const %d", mask);
      line("i32.and");
    }
  }
}
