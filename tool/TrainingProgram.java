import java.util.Random;

/**
 * Prints a module, in the text format, for the run that the JVM's AOT cache is recorded in: what
 * real programs are made of, in about their proportions, so that the JVM learns which methods of
 * the compiler are hot and which branches they take.
 *
 * <p>{@code java tool/TrainingProgram.java FUNCTIONS}. The same module each time.
 */
final class TrainingProgram {
  private static final int PARAMETERS = 3;
  private static final int TABLE = 16;

  private final Random random = new Random(25);
  private final StringBuilder out = new StringBuilder();
  private final int functions;
  private int labels;

  private TrainingProgram(int functions) {
    this.functions = functions;
  }

  public static void main(String[] args) {
    System.out.print(new TrainingProgram(Integer.parseInt(args[0])).module());
  }

  private String module() {
    out.append(
        """
        (module
          (import "wasi_snapshot_preview1" "fd_write"
            (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (type $f (func (param i32 i32 i32) (result i32)))
          (memory (export "memory") 2)
          (global $sp (mut i32) (i32.const 65536))
        """);
    out.append("  (table %d funcref)%n  (elem (i32.const 0) func".formatted(TABLE));
    for (int i = 0; i < TABLE; i++) {
      out.append(" $f").append(random.nextInt(functions));
    }
    out.append(")\n  (data (i32.const 1024) \"")
        .append("some text \\00\\01".repeat(40))
        .append("\")\n");
    for (int i = 0; i < functions; i++) {
      function(i);
    }
    return out.append("  (func (export \"_start\")))\n").toString();
  }

  private void function(int index) {
    out.append("  (func $f").append(index).append(" (type $f) (local i32 i32 i32 i64 i64 f64)\n");
    boolean frame = random.nextInt(3) > 0;
    if (frame) {
      out.append("(local.set 3 (i32.sub (global.get $sp) (i32.const 32)))\n");
      out.append("(global.set $sp (local.get 3))\n");
    }
    // A few functions are large.
    statements(random.nextInt(12) == 0 ? 60 : 3 + random.nextInt(14), 0);
    if (frame) {
      out.append("(global.set $sp (i32.add (local.get 3) (i32.const 32)))\n");
    }
    out.append(i32(2)).append(")\n");
  }

  private void statements(int count, int depth) {
    for (int i = 0; i < count; i++) {
      statement(depth);
    }
  }

  private void statement(int depth) {
    int kind = random.nextInt(depth < 4 ? 22 : 14);
    switch (kind) {
      case 0, 1, 2, 3, 4 -> emit("(local.set %s %s)", i32Local(), i32(3));
      case 5, 6 -> emit("(i32.store offset=%d %s %s)", offset(), i32(1), i32(2));
      case 7 -> emit("(i32.store8 offset=%d %s %s)", offset(), i32(1), i32(1));
      case 8 -> emit("(i64.store offset=%d %s %s)", offset(), i32(1), i64(2));
      case 9 -> emit("(local.set %d %s)", 6 + random.nextInt(2), i64(3));
      case 10 -> emit("(local.set 8 %s)", f64(2));
      case 11 -> emit("(local.set %s %s)", i32Local(), call());
      case 12 -> emit("(drop %s)", call());
      case 13 -> emit("(f64.store offset=%d %s %s)", offset(), i32(1), f64(2));
      case 14, 15, 16 -> branch(depth);
      case 17, 18 -> exit(depth);
      case 19, 20 -> loop(depth);
      default -> table(depth);
    }
  }

  private void branch(int depth) {
    emit("(if %s (then", condition());
    statements(1 + random.nextInt(3), depth + 1);
    if (random.nextBoolean()) {
      out.append(") (else\n");
      statements(1 + random.nextInt(3), depth + 1);
    }
    out.append("))\n");
  }

  private void exit(int depth) {
    String label = "$b" + labels++;
    emit("(block %s", label);
    statements(1 + random.nextInt(3), depth + 1);
    emit("(br_if %s %s)", label, condition());
    statements(1 + random.nextInt(3), depth + 1);
    if (random.nextInt(4) == 0) {
      emit("(return %s)", i32(1));
    }
    out.append(")\n");
  }

  private void loop(int depth) {
    String label = "$l" + labels++;
    String counter = i32Local();
    emit("(loop %s", label);
    statements(2 + random.nextInt(3), depth + 1);
    emit("(local.set %s (i32.add (local.get %s) (i32.const 1)))", counter, counter);
    emit("(br_if %s (i32.lt_u (local.get %s) %s)))", label, counter, i32(0));
  }

  private void table(int depth) {
    int cases = 3 + random.nextInt(5);
    String label = "$t" + labels++;
    for (int i = 0; i < cases; i++) {
      emit("(block %s.%d", label, i);
    }
    out.append("(br_table");
    for (int i = cases - 1; i >= 0; i--) {
      out.append(' ').append(label).append('.').append(i);
    }
    emit(" %s))", i32(1));
    for (int i = 1; i < cases; i++) {
      statements(1 + random.nextInt(2), depth + 2);
      if (random.nextBoolean()) {
        emit("(br %s.0)", label);
      }
      out.append(")\n");
    }
  }

  private void emit(String format, Object... values) {
    out.append(format.formatted(values)).append('\n');
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private String i32Local() {
    return Integer.toString(random.nextInt(PARAMETERS + 3));
  }

  private int offset() {
    return random.nextInt(12) * 4;
  }

  private String condition() {
    return switch (random.nextInt(5)) {
      case 0 -> i32(1);
      case 1 -> "(i32.eqz " + i32(1) + ")";
      case 2 -> "(i64." + one("eq", "lt_s", "gt_u") + " " + i64(1) + " " + i64(1) + ")";
      default ->
          "(i32."
              + one("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_u", "ge_s")
              + (" " + i32(1) + " " + i32(1) + ")");
    };
  }

  private String call() {
    String arguments = i32(1) + " " + i32(1) + " " + i32(1);
    return random.nextInt(6) == 0
        ? "(call_indirect (type $f) " + arguments + " (i32.and " + i32(0) + " (i32.const 15)))"
        : "(call $f" + random.nextInt(functions) + " " + arguments + ")";
  }

  /** An expression of type i32, at most {@code depth} deep. */
  private String i32(int depth) {
    int kind = random.nextInt(depth > 0 ? 14 : 4);
    return switch (kind) {
      case 0, 1, 2 -> "(local.get " + i32Local() + ")";
      case 3 -> "(i32.const " + one("0", "1", "4", "-1", "255", "65536", "12345") + ")";
      case 4, 5, 6, 7 ->
          "(i32."
              + one("add", "add", "add", "sub", "and", "or", "xor", "mul", "shl", "shr_u", "shr_s")
              + (" " + i32(depth - 1) + " " + i32(depth - 1) + ")");
      case 8, 9 -> "(i32.load offset=" + offset() + " " + i32(depth - 1) + ")";
      case 10 ->
          "(i32."
              + one("load8_u", "load8_s", "load16_u")
              + (" offset=" + offset() + " " + i32(depth - 1) + ")");
      case 11 -> condition();
      case 12 -> "(select " + i32(depth - 1) + " " + i32(depth - 1) + " " + i32(0) + ")";
      default -> one("(i32.wrap_i64 " + i64(1) + ")", "(i32.div_u " + i32(0) + " (i32.const 10))");
    };
  }

  private String i64(int depth) {
    int kind = random.nextInt(depth > 0 ? 8 : 3);
    return switch (kind) {
      case 0, 1 -> "(local.get " + (6 + random.nextInt(2)) + ")";
      case 2 -> "(i64.const " + one("0", "1", "-1", "4294967296") + ")";
      case 3 -> "(i64.load offset=" + offset() + " " + i32(0) + ")";
      case 4 -> "(i64.extend_i32_" + one("s ", "u ") + i32(depth - 1) + ")";
      default ->
          "(i64."
              + one("add", "sub", "and", "or", "xor", "mul", "shl", "shr_u", "rotl")
              + (" " + i64(depth - 1) + " " + i64(depth - 1) + ")");
    };
  }

  private String f64(int depth) {
    int kind = random.nextInt(depth > 0 ? 6 : 2);
    return switch (kind) {
      case 0 -> "(local.get 8)";
      case 1 -> "(f64.const " + one("0", "1.5", "-2", "1e10") + ")";
      case 2 -> "(f64.load offset=" + offset() + " " + i32(0) + ")";
      case 3 -> "(f64.convert_i32_s " + i32(1) + ")";
      default ->
          "(f64."
              + one("add", "sub", "mul", "div")
              + (" " + f64(depth - 1) + " " + f64(depth - 1) + ")");
    };
  }
}
