package dev.tazza.codegen.opt.algebra;

import dev.tazza.codegen.ir.Bits128;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.VectorEvaluator;
import org.jspecify.annotations.Nullable;

/** Rules for vectors. */
final class VectorAlgebra {
  private static final long LANE_NUMBERS = 0x0f0f_0f0f_0f0f_0f0fL;
  private static final long SECOND = 0x1010_1010_1010_1010L;
  private static final long IDENTITY_LOW = 0x0706_0504_0302_0100L;
  private static final long IDENTITY_HIGH = 0x0f0e_0d0c_0b0a_0908L;

  private VectorAlgebra() {}

  static @Nullable Inst simplify(Inst inst, Cursor at) {
    if (inst.args.length == 0) {
      return null;
    }
    Inst constant = evaluate(inst, at);
    if (constant != null) {
      return constant;
    }
    Inst x = inst.args[0];
    return switch (inst.op) {
      // ~~x => x
      case VNOT -> x.op == Opcode.VNOT ? x.args[0] : null;
      case VAND, VOR, VXOR, VANDNOT, VADD, VSUB -> binary(inst, at, x, inst.args[1]);
      // bitselect(x, x, c) => x
      case VBITSELECT -> x == inst.args[1] ? x : null;
      // x << 0 => x
      case VSHL, VSHR_S, VSHR_U -> isZeroCount(inst) ? x : null;
      case VSHUFFLE -> shuffle(inst);
      case VSWIZZLE -> swizzle(inst, at, x, inst.args[1]);
      case VEXTRACT_LANE -> extract(inst, x);
      default -> null;
    };
  }

  /** Folds an operation on constants, unless a lane of the result is a NaN. */
  private static @Nullable Inst evaluate(Inst inst, Cursor at) {
    for (Inst arg : inst.args) {
      if (!arg.isConst()) {
        return null;
      }
    }
    if (!VectorEvaluator.canEval(inst.op)) {
      return null;
    }
    Bits128 result = VectorEvaluator.eval(inst, bits(inst, 0), bits(inst, 1), bits(inst, 2));
    Shape shape = inst.shape();
    if (inst.type.isInt()) {
      return at.iconst(inst.type, result.low());
    }
    if (inst.type.isFloat()) {
      return at.fconst(inst.type, result.low());
    }
    return shape != null && shape.isFloat() && hasNaN(shape, result) && !isMove(inst.op)
        ? null
        : at.vconst(result.low(), result.high());
  }

  private static boolean isMove(Opcode op) {
    return op == Opcode.VSPLAT || op == Opcode.VREPLACE_LANE;
  }

  private static Bits128 bits(Inst inst, int index) {
    if (index >= inst.args.length) {
      return Bits128.ZERO;
    }
    return new Bits128(inst.args[index].imm, inst.args[index].immHigh());
  }

  private static boolean hasNaN(Shape shape, Bits128 value) {
    for (int i = 0; i < shape.lanes(); i++) {
      if (FloatAlgebra.isNaN(shape.laneType(), value.lane(shape.laneBytes(), i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isConst(Inst inst, long bits) {
    return inst.op == Opcode.VCONST && inst.imm == bits && inst.immHigh() == bits;
  }

  private static @Nullable Inst binary(Inst inst, Cursor at, Inst x, Inst y) {
    if (inst.op == Opcode.VOR || inst.op == Opcode.VXOR || inst.op == Opcode.VADD) {
      Inst rotated = x.op == Opcode.VSHL ? rotation(inst, x, y) : rotation(inst, y, x);
      if (rotated != null) {
        return rotated;
      }
    }
    boolean same = x == y;
    boolean zero = isConst(y, 0);
    boolean ones = isConst(y, -1);
    return switch (inst.op) {
      // x & x => x, x & 0 => 0, x & -1 => x
      case VAND -> same || ones ? x : zero ? y : null;
      // x | x => x, x | 0 => x, x | -1 => -1
      case VOR -> same || zero ? x : ones ? y : null;
      // x ^ x => 0, x ^ 0 => x
      case VXOR -> same ? at.vconst(0, 0) : zero ? x : null;
      // x & ~x => 0, x & ~0 => x, x & ~-1 => 0
      case VANDNOT -> same || ones ? at.vconst(0, 0) : zero ? x : null;
      // x + 0 => x
      case VADD -> zero ? x : null;
      // x - x => 0, x - 0 => x
      default -> same ? at.vconst(0, 0) : zero ? x : null;
    };
  }

  /** (x << c) | (x >>> (width - c)) => shuffle(x), when c is a number of bytes; ^ and + alike */
  private static @Nullable Inst rotation(Inst inst, Inst left, Inst right) {
    Shape shape = left.shape();
    if (left.op != Opcode.VSHL
        || right.op != Opcode.VSHR_U
        || shape == null
        || shape != right.shape()
        || left.args[0] != right.args[0]
        || left.args[1].op != Opcode.ICONST
        || right.args[1].op != Opcode.ICONST) {
      return null;
    }
    int count = (int) left.args[1].imm & shape.laneBits() - 1;
    int other = (int) right.args[1].imm & shape.laneBits() - 1;
    if (count % 8 != 0 || count + other != shape.laneBits()) {
      return null;
    }
    Bits128 numbers = Bits128.ZERO;
    int bytes = shape.laneBytes();
    for (int i = 0; i < 16; i++) {
      int within = i - count / 8 & bytes - 1;
      numbers = numbers.withLane(1, i, i / bytes * bytes + within);
    }
    inst.op = Opcode.VSHUFFLE;
    inst.setShape(null);
    inst.args = new Inst[] {left.args[0], left.args[0]};
    inst.imm = numbers.low();
    inst.setImmHigh(numbers.high());
    return inst;
  }

  private static boolean isZeroCount(Inst inst) {
    Shape shape = inst.shape();
    Inst count = inst.args[1];
    return shape != null && count.op == Opcode.ICONST && (count.imm & shape.laneBits() - 1) == 0;
  }

  private static @Nullable Inst shuffle(Inst inst) {
    long numbers = inst.imm | inst.immHigh();
    long common = inst.imm & inst.immHigh();
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    boolean onlyFirst = (numbers & SECOND) == 0;
    boolean onlySecond = (common & SECOND) == SECOND;
    // shuffle(x, x, n) => shuffle(x, x, n & 15)
    boolean canonical = onlyFirst && x == y;
    if (!canonical && (onlyFirst || onlySecond || x == y)) {
      Inst only = onlySecond ? y : x;
      inst.args = new Inst[] {only, only};
      inst.imm &= LANE_NUMBERS;
      inst.setImmHigh(inst.immHigh() & LANE_NUMBERS);
      return inst;
    }
    // shuffle(x, x, 0 1 2 …) => x
    return canonical && inst.imm == IDENTITY_LOW && inst.immHigh() == IDENTITY_HIGH ? x : null;
  }

  /** swizzle(x, constant) => shuffle(x, 0, constant) */
  private static @Nullable Inst swizzle(Inst inst, Cursor at, Inst x, Inst y) {
    if (y.op != Opcode.VCONST) {
      return null;
    }
    Bits128 numbers = new Bits128(y.imm, y.immHigh());
    for (int i = 0; i < 16; i++) {
      if (numbers.lane(1, i) > 15) {
        numbers = numbers.withLane(1, i, 16);
      }
    }
    inst.op = Opcode.VSHUFFLE;
    inst.args = new Inst[] {x, at.vconst(0, 0)};
    inst.imm = numbers.low();
    inst.setImmHigh(numbers.high());
    return inst;
  }

  private static @Nullable Inst extract(Inst inst, Inst x) {
    Shape shape = inst.shape();
    if (shape == null || x.shape() != shape || shape.laneType().bytes() != shape.laneBytes()) {
      return null;
    }
    // extract(splat(x), i) => x
    if (x.op == Opcode.VSPLAT) {
      return x.args[0];
    }
    if (x.op != Opcode.VREPLACE_LANE) {
      return null;
    }
    // extract(replace(x, y, i), i) => y
    if (x.imm == inst.imm) {
      return x.args[1];
    }
    // extract(replace(x, y, i), j) => extract(x, j)
    inst.args = new Inst[] {x.args[0]};
    return inst;
  }
}
