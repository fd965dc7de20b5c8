package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AluWide;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Sums and differences of 128 bits, of which the upper half takes the carry from the flags of the
 * lower one. In the IR the carry is a comparison:
 *
 * <pre>
 *   low  = left + right
 *   high = (leftHigh + rightHigh) + (low &lt;u left)      also with right in place of left
 *
 *   low  = left - right
 *   high = (leftHigh - rightHigh) - (left &lt;u right)
 * </pre>
 *
 * <p>Either of the upper halves may be missing, of sums both. What is selected stands where {@code
 * low} stood.
 */
final class Carries {
  /** How many instructions the halves may be apart. */
  private static final int DISTANCE = 16;

  private final Selection<X64Inst> selection;
  private final MemorySelector memory;

  /** By the id of a lower half the upper one, which comes later; empty until needed. */
  private @Nullable Inst[] highs = new Inst[0];

  Carries(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
  }

  /** Selects {@code inst} together with its other half, now or later; false if there is none. */
  boolean select(Inst inst) {
    if (inst.type != Type.I64) {
      return false;
    }
    Inst high = inst.id < highs.length ? highs[inst.id] : null;
    if (high != null) {
      both(inst, high);
      return true;
    }
    Inst carry = carry(inst);
    if (carry == null) {
      return false;
    }
    Inst rest = rest(inst);
    boolean isHalf = isHalf(rest, inst.op);
    Inst left = isHalf ? selection.value(rest.args[0]) : rest;
    Inst right = isHalf ? selection.value(rest.args[1]) : rest;
    return together(low(inst, inst.op, carry, left, right), inst);
  }

  /** Selects {@code compare}, which is asked for in a register, as the carry of a sum, or not. */
  boolean selectCarry(Inst compare) {
    return isCarry(compare)
        && together(low(compare, Opcode.ADD, compare, compare, compare), compare);
  }

  private boolean together(@Nullable Inst low, Inst high) {
    if (low == null) {
      return false;
    }
    if (highs.length == 0) {
      highs = new Inst[selection.function.instCount()];
    }
    highs[low.id] = high;
    // From now on they are asked for, whoever else does.
    selection.reg(low);
    selection.reg(high);
    return true;
  }

  private static boolean isCarry(Inst inst) {
    return (inst.op == Opcode.ICMP_LT_U || inst.op == Opcode.ICMP_GT_U)
        && inst.args[0].type == Type.I64;
  }

  /** The comparison, with no other user, that is added to or subtracted from something. */
  private @Nullable Inst carry(Inst high) {
    Inst carry = carryOf(high.args[1]);
    return carry == null && high.op == Opcode.ADD ? carryOf(high.args[0]) : carry;
  }

  private @Nullable Inst carryOf(Inst operand) {
    Inst extended = selection.value(operand);
    if (extended.op != Opcode.UEXTEND) {
      return null;
    }
    Inst compare = selection.value(extended.args[0]);
    boolean isForNobodyElse = selection.hasOneUse(compare) && !selection.isAskedFor(compare);
    return isCarry(compare) && isForNobodyElse ? compare : null;
  }

  /** What is added to the carry, or what it is subtracted from. */
  private Inst rest(Inst high) {
    return selection.value(high.args[carryOf(high.args[1]) != null ? 0 : 1]);
  }

  /**
   * The half of {@code op} that {@code carry} comes from, in front of which {@code left} and {@code
   * right} stand.
   */
  private @Nullable Inst low(Inst high, Opcode op, Inst carry, Inst left, Inst right) {
    Inst less = selection.value(carry.args[carry.op == Opcode.ICMP_LT_U ? 0 : 1]);
    Inst more = selection.value(carry.args[carry.op == Opcode.ICMP_LT_U ? 1 : 0]);
    Inst at = high.prev;
    for (int i = 0; i < DISTANCE && at != null && at != left && at != right; i++) {
      boolean matches =
          at.op == op
              && at.type == Type.I64
              && (op == Opcode.ADD ? at == less && hasOperand(at, more) : isOf(at, less, more));
      if (matches) {
        return at.id < highs.length && highs[at.id] != null || carry(at) != null ? null : at;
      }
      at = at.prev;
    }
    return null;
  }

  private boolean hasOperand(Inst sum, Inst operand) {
    return selection.value(sum.args[0]) == operand || selection.value(sum.args[1]) == operand;
  }

  private boolean isOf(Inst difference, Inst left, Inst right) {
    return selection.value(difference.args[0]) == left
        && selection.value(difference.args[1]) == right;
  }

  /** Whether {@code rest} is the sum or difference of the upper halves, for nobody else. */
  private boolean isHalf(Inst rest, Opcode op) {
    return rest.op == op
        && rest.type == Type.I64
        && selection.hasOneUse(rest)
        && !selection.isAskedFor(rest);
  }

  private void both(Inst low, Inst high) {
    int leftHigh;
    Source rightHigh = new Imm(0);
    if (isCarry(high)) {
      leftHigh = selection.newInt();
      selection.buffer.add(new Const(Const.Kind.INT, leftHigh, 0));
    } else {
      Inst rest = rest(high);
      boolean isHalf = isHalf(rest, high.op);
      leftHigh = selection.reg(isHalf ? rest.args[0] : rest);
      rightHigh = isHalf ? immediateOrRegister(rest.args[1]) : rightHigh;
    }
    Source right = memory.source(low.args[1], Type.I64);
    selection.buffer.add(
        new AluWide(
            low.op == Opcode.SUB,
            selection.def(low),
            selection.def(high),
            selection.reg(low.args[0]),
            leftHigh,
            right,
            rightHigh));
  }

  private Source immediateOrRegister(Inst inst) {
    Inst value = selection.value(inst);
    return Selection.isInt32(value) ? new Imm((int) value.imm) : new Reg(selection.reg(inst));
  }
}
