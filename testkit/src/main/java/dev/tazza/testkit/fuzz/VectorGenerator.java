package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Immediate;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.TypeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random expressions of type v128: all instructions on vectors, from the table of operators. Values
 * live in the locals {@code $v0} to {@code $v3} and the global {@code $gv}, and come from the
 * functions {@code $vf0} and {@code $vf1}. A NaN that an operation made is replaced by one that
 * everybody agrees on.
 */
final class VectorGenerator {
  static final int LOCALS = 4;
  static final int FUNCTIONS = 2;
  private static final int DEPTH = 5;

  /** By result: what gives it. */
  private static final List<Operator> VECTORS = operators(TypeCode.V128);

  private static final List<Operator> STORES = operators(-1);

  private static final List<String> CONSTANTS =
      List.of(
          "i32x4 0 0 0 0",
          "i32x4 -1 -1 -1 -1",
          "i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
          "i8x16 128 127 255 1 0 254 129 64 16 17 31 32 7 8 15 240",
          "i16x8 0x7fff 0x8000 0xffff 1 0 255 256 0x8001",
          "i32x4 0x7fffffff 0x80000000 0xffffffff 1",
          "i64x2 0x7fffffffffffffff 0x8000000000000000",
          "i64x2 1 -1",
          "f32x4 0 -0 1.5 -2.5",
          "f32x4 inf -inf 2147483648 4294967296",
          "f32x4 1e10 -1e10 0.5 nan",
          "f64x2 0 -0",
          "f64x2 2147483647.5 -2147483649",
          "f64x2 inf nan",
          "f64x2 4294967295.5 1e300");

  private final BodyGenerator body;
  private final Random random;
  private int depth;

  VectorGenerator(BodyGenerator body) {
    this.body = body;
    this.random = body.random;
  }

  /** Operators with one result of this type code, or with none for -1. */
  private static List<Operator> operators(int result) {
    List<Operator> found = new ArrayList<>();
    for (Operator operator : Operator.values()) {
      if (operator.family() == Family.VECTOR && operator.feature() == Feature.SIMD) {
        int given = operator.resultCount() == 0 ? -1 : operator.result(0);
        if (given == result) {
          found.add(operator);
        }
      }
    }
    return found;
  }

  /** Declarations of the locals from {@code first} on. */
  static String locals(int first) {
    StringBuilder text = new StringBuilder("(local $vn v128)");
    for (int i = first; i < LOCALS; i++) {
      text.append(" (local $v").append(i).append(" v128)");
    }
    return text.toString();
  }

  /** Leaves a vector on the stack. */
  void vector() {
    body.budget--;
    if (body.budget < -20 || depth > DEPTH || body.chance(20)) {
      leaf();
      return;
    }
    depth++;
    body.depth++;
    switch (random.nextInt(16)) {
      case 0 -> {
        vector();
        vector();
        body.expression(NumType.I32);
        body.line(body.chance(50) ? "select (result v128)" : "select");
      }
      case 1 -> {
        body.expression(NumType.I32);
        body.line("if (result v128)");
        body.inside(ExpressionGenerator.Label.CLOSED, this::vector, "else", this::vector);
      }
      case 2 -> {
        vector();
        body.line("local.tee $v%d", random.nextInt(LOCALS));
      }
      case 3 -> call();
      default -> operation(ExpressionGenerator.pick(random, VECTORS));
    }
    body.depth--;
    depth--;
  }

  private void leaf() {
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> body.line("local.get $v%d", random.nextInt(LOCALS));
      case 4 -> body.line("global.get $gv");
      default -> constant();
    }
  }

  private void constant() {
    body.line("v128.const %s", ExpressionGenerator.pick(random, CONSTANTS));
  }

  private void call() {
    if (!body.callsVectors()) {
      leaf();
      return;
    }
    int function = random.nextInt(FUNCTIONS);
    vector();
    body.expression(NumType.I32);
    vector();
    body.line("call $vf%d", function);
    body.consume(List.of(NumType.F64));
  }

  /** Leaves a number on the stack that comes from a vector, or any if there is none of the type. */
  void scalar(NumType wanted) {
    List<Operator> operators = operators(wanted.code());
    operation(ExpressionGenerator.pick(random, operators));
  }

  /** Something with vectors that leaves nothing. */
  void statement() {
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        vector();
        body.line("local.set $v%d", random.nextInt(LOCALS));
      }
      case 2 -> {
        vector();
        body.line("global.set $gv");
      }
      default -> operation(ExpressionGenerator.pick(random, STORES));
    }
  }

  private void operation(Operator operator) {
    if (operator.immediate() == Immediate.V128) {
      constant();
      return;
    }
    for (int i = 0; i < operator.paramCount(); i++) {
      operand(operator, i);
    }
    StringBuilder line = new StringBuilder(operator.mnemonic());
    switch (operator.immediate()) {
      case MEMARG -> line.append(" offset=").append(body.offset());
      case MEMARG_LANE ->
          line.append(
              " offset=%d %d".formatted(body.offset(), random.nextInt(operator.laneCount())));
      case LANE_INDEX -> line.append(' ').append(random.nextInt(operator.laneCount()));
      case LANE_INDICES -> lanes(line);
      default -> {}
    }
    body.line(line.toString());
    if (mayMakeNaN(operator)) {
      canonical(operator.mnemonic().substring(0, 5));
    }
  }

  private void operand(Operator operator, int index) {
    boolean isAddress =
        index == 0
            && (operator.immediate() == Immediate.MEMARG
                || operator.immediate() == Immediate.MEMARG_LANE);
    if (isAddress) {
      body.address();
      return;
    }
    switch (operator.param(index)) {
      case TypeCode.V128 -> vector();
      case TypeCode.I32 -> body.expression(NumType.I32);
      case TypeCode.I64 -> body.expression(NumType.I64);
      case TypeCode.F32 -> number(NumType.F32);
      default -> number(NumType.F64);
    }
  }

  private void number(NumType type) {
    body.expression(type);
    body.canonical(type);
  }

  /** Shuffles of all kinds of patterns. */
  private void lanes(StringBuilder line) {
    int kind = random.nextInt(5);
    int width = 1 << random.nextInt(4);
    int start = random.nextInt(32);
    int range = body.chance(50) ? 32 : 16;
    int[] lanes = random.ints(16, 0, range).toArray();
    for (int i = 0; i < 16; i++) {
      int lane =
          switch (kind) {
            case 0 -> start + i & range - 1;
            case 1 -> i / (2 * width) * width + i % width + (start & 8) + (i / width % 2) * 16 & 31;
            case 2 -> lanes[i / width] / width * width + i % width;
            case 3 -> (lanes[i / width] & 16) + i;
            default -> lanes[i];
          };
      line.append(' ').append(lane);
    }
  }

  private static boolean mayMakeNaN(Operator operator) {
    String name = operator.mnemonic();
    if (!name.startsWith("f")
        || operator.resultCount() == 0
        || operator.result(0) != TypeCode.V128) {
      return false;
    }
    String operation = name.substring(name.indexOf('.') + 1).replaceFirst("_.*", "");
    return switch (operation) {
      case "add",
          "sub",
          "mul",
          "div",
          "min",
          "max",
          "sqrt",
          "ceil",
          "floor",
          "trunc",
          "nearest",
          "demote",
          "promote" ->
          true;
      default -> false;
    };
  }

  private void canonical(String shape) {
    body.line("local.tee $vn");
    body.line("v128.const %s", shape.equals("f32x4") ? "f32x4 nan nan nan nan" : "f64x2 nan nan");
    body.line("local.get $vn");
    body.line("local.get $vn");
    body.line("%s.eq", shape);
    body.line("v128.bitselect");
  }

  /** The function {@code $vf} with this number. */
  static String function(Random random, RandomModule.Shape shape, int number) {
    return "(func $vf%d (param $v0 v128) (param i32) (param $v1 v128) (result v128 f64)\n"
            .formatted(number)
        + BodyGenerator.ofVectors(random, shape)
        + ")\n";
  }
}
