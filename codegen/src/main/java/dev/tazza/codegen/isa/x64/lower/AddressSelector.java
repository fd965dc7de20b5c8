package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Turns sums into addressing modes: {@code base + (index << shift) + disp}. The terms are asked for
 * in registers, the additions and shifts in between vanish.
 *
 * <p>The same form computes 32-bit sums ({@code lea} with a 32-bit result); there, and only there,
 * terms are I32.
 */
final class AddressSelector {
  private final Selection<X64Inst> selection;

  // The mode under construction.
  private Type type = Type.I64;
  private @Nullable Inst base;
  private @Nullable Inst index;
  private int shift;
  private long disp;

  /** Register with a displacement that does not fit, or -1. */
  private int far = -1;

  AddressSelector(Selection<X64Inst> selection) {
    this.selection = selection;
  }

  /** The address {@code address + offset}, a fault there having the code {@code trap}. */
  Amode address(Inst address, long offset, int trap) {
    start(Type.I64, offset);
    term(address, false);
    return finish(trap);
  }

  /** The sum that {@code add}, an addition, is. */
  Amode sum(Inst add) {
    start(add.type, 0);
    split(add);
    return finish(0);
  }

  private void start(Type of, long offset) {
    type = of;
    base = null;
    index = null;
    shift = 0;
    disp = offset;
  }

  private Amode finish(int trap) {
    if (type == Type.I64 && disp != (int) disp) {
      farDisplacement();
    }
    int baseReg = Amode.NONE;
    if (base != null) {
      baseReg = base.op == Opcode.CONTEXT ? Amode.CONTEXT : selection.reg(base);
    }
    int indexReg = index == null ? Amode.NONE : selection.reg(index);
    if (far >= 0) {
      if (indexReg == Amode.NONE) {
        indexReg = far;
      } else {
        int sum = selection.newInt();
        selection.buffer.add(new Lea(true, sum, new Amode(baseReg, far, 0, 0, 0)));
        baseReg = sum;
      }
      far = -1;
    }
    return new Amode(baseReg, indexReg, shift, (int) disp, trap);
  }

  /** A displacement above 32 bits becomes a register of its own. */
  private void farDisplacement() {
    far = selection.newInt();
    selection.buffer.add(new Const(Const.Kind.INT, far, disp));
    disp = 0;
  }

  /**
   * Adds a value as base, or as index when there is a base. {@code last}: no room for another one
   * after it.
   */
  private void term(Inst inst, boolean last) {
    Inst at = withoutOffsets(inst);
    if (!last && at.op == Opcode.ADD && at.type == type && canSplit(at)) {
      twoTerms(at.args[0], at.args[1]);
    } else {
      single(at);
    }
  }

  /** Moves constants that are added to {@code inst} to the displacement. */
  private Inst withoutOffsets(Inst inst) {
    Inst at = selection.value(inst);
    for (int i = 0; i < Selection.LONGEST_CHAIN && isOffset(at); i++) {
      disp += offset(at);
      at = selection.value(at.args[0]);
    }
    return at;
  }

  private void split(Inst add) {
    Inst right = selection.value(add.args[1]);
    if (Selection.isInt32(right)) {
      disp += right.imm;
      term(add.args[0], false);
    } else {
      twoTerms(add.args[0], add.args[1]);
    }
  }

  private void twoTerms(Inst left, Inst right) {
    Inst scaled = selection.value(left);
    if (isScaled(scaled)) {
      term(right, true);
      scale(scaled);
    } else {
      term(left, true);
      Inst second = withoutOffsets(right);
      if (isScaled(second)) {
        scale(second);
      } else {
        single(second);
      }
    }
  }

  private void single(Inst at) {
    if (base == null) {
      base = at;
    } else if (at.op == Opcode.CONTEXT) {
      index = base;
      base = at;
    } else {
      index = at;
    }
  }

  private void scale(Inst scaled) {
    index = selection.value(scaled.args[0]);
    shift = (int) selection.value(scaled.args[1]).imm;
  }

  /**
   * Addition of a constant that the displacement can take. A far one costs as much as the addition.
   */
  private boolean isOffset(Inst at) {
    if (at.op != Opcode.ADD || at.type != type || selection.isAskedFor(at)) {
      return false;
    }
    Inst right = selection.value(at.args[1]);
    return right.op == Opcode.ICONST && fits(disp + right.imm);
  }

  private boolean fits(long value) {
    return value == (int) value || type == Type.I32;
  }

  private long offset(Inst add) {
    return selection.value(add.args[1]).imm;
  }

  /**
   * Whether both terms of an addition are better used directly: not if the sum is in a register
   * anyway, nor if it is computed outside of the loop that uses it. For a 32-bit sum only if this
   * is its only use.
   */
  private boolean canSplit(Inst add) {
    if (selection.isAskedFor(add) || selection.isOutsideOfLoop(add)) {
      return false;
    }
    return type == Type.I64 || selection.hasOneUse(add) && selection.isHere(add);
  }

  private boolean isScaled(Inst at) {
    if (at.op != Opcode.SHL || at.type != type || selection.isAskedFor(at)) {
      return false;
    }
    Inst count = selection.value(at.args[1]);
    return count.op == Opcode.ICONST
        && count.imm >= 1
        && count.imm <= 3
        && !selection.isOutsideOfLoop(at);
  }
}
