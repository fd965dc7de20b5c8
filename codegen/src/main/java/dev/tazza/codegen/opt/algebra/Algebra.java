package dev.tazza.codegen.opt.algebra;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Evaluator;
import dev.tazza.codegen.ir.Folder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/**
 * Local rewriting: finds the simplest value equal to an instruction by looking at it and a few of
 * its operands. The rules stand in classes by subject, each under the equation that it implements;
 * no right side is worse than its left.
 *
 * <p>A rule returns null when it does not apply, the instruction itself when it edited it, or
 * another value. Operands are never edited, for others may use them.
 */
public final class Algebra implements Folder {
  /** Stateless. */
  public static final Algebra INSTANCE = new Algebra();

  private Algebra() {}

  @Override
  public Inst fold(Inst inst, Cursor at) {
    while (true) {
      Inst result = step(inst, at);
      if (result == null) {
        return inst;
      }
      if (result != inst) {
        return result;
      }
    }
  }

  private static @Nullable Inst step(Inst inst, Cursor at) {
    Inst constant = evaluate(inst, at);
    if (constant != null) {
      return constant;
    }
    if (inst.op.isCommutative() && inst.args[0].isConst() && !inst.args[1].isConst()) {
      Inst first = inst.args[0];
      inst.args[0] = inst.args[1];
      inst.args[1] = first;
    }
    return switch (inst.op) {
      case ADD -> SumAlgebra.add(inst, at);
      case SUB -> SumAlgebra.sub(inst, at);
      case MUL -> ProductAlgebra.mul(inst, at);
      case DIV_S, DIV_U, REM_S, REM_U -> ProductAlgebra.divide(inst, at);
      case AND -> BitAlgebra.and(inst, at);
      case OR -> BitAlgebra.or(inst, at);
      case XOR -> BitAlgebra.xor(inst, at);
      case SHL, SHR_S, SHR_U, ROTL, ROTR -> ShiftAlgebra.shift(inst, at);
      case EXTEND8_S, EXTEND16_S, EXTEND32_S -> ExtendAlgebra.extendLow(inst, at);
      case UEXTEND -> ExtendAlgebra.uextend(inst, at);
      case SEXTEND -> ExtendAlgebra.sextend(inst);
      case WRAP -> ExtendAlgebra.wrap(inst);
      case SELECT -> SelectAlgebra.select(inst, at);
      case CLAMP_LT, CLAMP_LE -> SelectAlgebra.clamp(inst, at);
      case CLAMP_MIN -> SelectAlgebra.clampMin(inst);
      case FDIV, FNEG, FABS, BITCAST -> FloatAlgebra.simplify(inst, at);
      case LOAD, STORE -> MemoryAlgebra.simplify(inst, at);
      default -> {
        if (inst.op.isVector()) {
          yield VectorAlgebra.simplify(inst, at);
        }
        yield inst.op.isIntCompare() ? CompareAlgebra.compare(inst, at) : null;
      }
    };
  }

  /**
   * Folds an operation on constants, unless it traps or gives a NaN, whose bits are up to the
   * machine.
   */
  private static @Nullable Inst evaluate(Inst inst, Cursor at) {
    int count = inst.args.length;
    if (count == 0 || count > 2 || !inst.args[0].isConst() || !inst.args[count - 1].isConst()) {
      return null;
    }
    if (!Evaluator.canEval(inst.op)) {
      return null;
    }
    Type argType = inst.args[0].type;
    long a = inst.args[0].imm;
    long b = inst.args[count - 1].imm;
    if (Evaluator.traps(inst.op, inst.type, argType, a, b) >= 0) {
      return null;
    }
    long value = Evaluator.eval(inst.op, inst.type, argType, a, b);
    if (inst.type.isInt()) {
      return at.iconst(inst.type, value);
    }
    return FloatAlgebra.isNaN(inst.type, value) ? null : at.fconst(inst.type, value);
  }

  /** The value of {@code op}, as simple as can be, standing at {@code at}. */
  public static Inst make(Cursor at, Opcode op, Type type, Inst... args) {
    Inst inst = at.function().newInst(op, type, args);
    Inst folded = INSTANCE.fold(inst, at);
    return folded == inst ? at.insert(inst) : folded;
  }

  /** The value of {@code op} with a constant as its second operand. */
  public static Inst make(Cursor at, Opcode op, Inst a, long constant) {
    return make(at, op, a.type, a, at.iconst(a.type, constant));
  }

  /** Turns {@code inst} into another operation on integers of its type. */
  static Inst edit(Inst inst, Opcode op, Inst... args) {
    inst.op = op;
    inst.args = args;
    inst.trap = 0;
    inst.imm = 0;
    inst.setImmHigh(0);
    inst.setShape(null);
    return inst;
  }

  /** Turns {@code inst} into {@code a op constant}. */
  static Inst edit(Cursor at, Inst inst, Opcode op, Inst a, long constant) {
    return edit(inst, op, a, at.iconst(a.type, constant));
  }

  /** Whether {@code inst} is {@code op} with a constant as its second operand. */
  public static boolean hasConstant(Inst inst, Opcode op) {
    return inst.op == op && inst.args[1].op == Opcode.ICONST;
  }

  /** The constant that {@link #hasConstant} found. */
  public static long constant(Inst inst) {
    return inst.args[1].imm;
  }
}
