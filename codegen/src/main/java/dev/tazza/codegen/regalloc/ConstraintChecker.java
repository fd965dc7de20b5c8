package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;

/**
 * Checks what needs no flow: that operands and edits are in places of their kind, in the registers
 * that they must be in, and not in each other's way.
 */
final class ConstraintChecker {
  private final CheckedAllocation checked;
  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;
  private final long allocatable;

  ConstraintChecker(CheckedAllocation checked) {
    this.checked = checked;
    code = checked.code();
    registers = checked.registers();
    allocation = checked.allocation();
    allocatable = mask(registers.intOrder()) | mask(registers.floatOrder());
  }

  /** Checks what needs no flow, and returns the mask of registers written. */
  long checkShape() {
    if (allocation.locs().length < code.operandCount()) {
      throw checked.bug("not a location for each operand");
    }
    long written = 0;
    for (int i = 0; i < code.instCount(); i++) {
      if (ValueFlow.isLeftOut(code, allocation, i)) {
        continue;
      }
      for (int o = code.operandStart(i); o < code.operandEnd(i); o++) {
        long operand = code.operandAt(o);
        int loc = allocation.locs()[o];
        checkPlace(loc, code.vregKind(Operand.vreg(operand)), i, false);
        boolean incoming = i == 0 && Operand.constraint(operand) == Operand.FIXED;
        if (Operand.isDef(operand) && Loc.isReg(loc) && !incoming) {
          written |= PReg.mask(loc);
        }
      }
    }
    for (int e = 0; e < allocation.editCount(); e++) {
      int inst = allocation.editPoint()[e] >> 1;
      VRegKind kind = VRegKind.values()[allocation.editKind()[e]];
      int from = allocation.editFrom()[e];
      int to = allocation.editTo()[e];
      checkPlace(to, kind, inst, true);
      if (from < 0) {
        checkRemat(-1 - from, inst);
      } else {
        checkPlace(from, kind, inst, true);
      }
      if (Loc.isReg(to)) {
        written |= PReg.mask(to);
      }
    }
    return written;
  }

  private void checkRemat(int inst, int at) {
    if (inst >= code.instCount()
        || code.operandEnd(inst) - code.operandStart(inst) != 1
        || !Operand.isDef(code.operandAt(code.operandStart(inst)))) {
      throw checked.bug(
          at, "an edit repeats instruction " + inst + ", which is not a lone definition");
    }
  }

  private void checkPlace(int loc, VRegKind kind, int inst, boolean isEdit) {
    if (Loc.isReg(loc)) {
      if (isEdit && loc == registers.scratch()) {
        return;
      }
      if (PReg.isFloat(loc) != kind.isFloat()) {
        throw checked.bug(inst, kind + " in " + AllocationPrinter.place(loc));
      }
      return;
    }
    int words = kind.bytes() / 8;
    int slot = Loc.slotIndex(loc);
    if (!Loc.isSlot(loc) || slot + words > allocation.slots() || slot % words != 0) {
      throw checked.bug(inst, kind + " in " + AllocationPrinter.place(loc));
    }
  }

  /** Checks the operands of one instruction, but not what their places hold. */
  void check(int inst) {
    for (int o = code.operandStart(inst); o < code.operandEnd(inst); o++) {
      checkOperand(inst, o);
    }
    checkConflicts(inst);
  }

  private void checkOperand(int inst, int o) {
    long operand = code.operandAt(o);
    int loc = allocation.locs()[o];
    int vreg = Operand.vreg(operand);
    int constraint = Operand.constraint(operand);
    boolean fixed = constraint == Operand.FIXED;
    if (constraint != Operand.ANY && !Loc.isReg(loc)) {
      throw checked.bug(inst, "v" + vreg + " in no register: " + AllocationPrinter.place(loc));
    }
    if (fixed && loc != Operand.preg(operand)) {
      throw checked.bug(
          inst, "v" + vreg + " not in its fixed register: " + AllocationPrinter.place(loc));
    }
    if (!fixed && Loc.isReg(loc) && (allocatable & PReg.mask(loc)) == 0) {
      throw checked.bug(
          inst, "v" + vreg + " in a register not to be allocated: " + AllocationPrinter.place(loc));
    }
    if (constraint == Operand.REUSE
        && loc != allocation.locs()[code.operandStart(inst) + Operand.reused(operand)]) {
      throw checked.bug(
          inst, "v" + vreg + " not in the register it reuses: " + AllocationPrinter.place(loc));
    }
  }

  /**
   * No two operands, and no operand and clobber, may be live at the same time in the same place.
   */
  private void checkConflicts(int inst) {
    int from = code.operandStart(inst);
    int to = code.operandEnd(inst);
    for (int o = from; o < to; o++) {
      long a = code.operandAt(o);
      int loc = allocation.locs()[o];
      boolean clobbered = Loc.isReg(loc) && (code.clobbers(inst) & PReg.mask(loc)) != 0;
      boolean lateUse = !Operand.isDef(a) && Operand.isLate(a);
      boolean freeDef = Operand.isDef(a) && Operand.constraint(a) != Operand.FIXED;
      if (clobbered && (lateUse || freeDef)) {
        throw checked.bug(inst, "operand " + (o - from) + " in a clobbered register");
      }
      for (int p = o + 1; p < to; p++) {
        if (overlap(loc, a, allocation.locs()[p], code.operandAt(p))
            && conflict(a, code.operandAt(p))) {
          throw checked.bug(
              inst, "operands " + (o - from) + " and " + (p - from) + " share a place");
        }
      }
    }
  }

  private boolean overlap(int locA, long a, int locB, long b) {
    if (Loc.isReg(locA) || Loc.isReg(locB)) {
      return locA == locB;
    }
    int endA = locA + code.vregKind(Operand.vreg(a)).bytes() / 8;
    int endB = locB + code.vregKind(Operand.vreg(b)).bytes() / 8;
    return locA < endB && locB < endA;
  }

  private static boolean conflict(long a, long b) {
    boolean defA = Operand.isDef(a);
    boolean defB = Operand.isDef(b);
    if (!defA && !defB) {
      return false; // both must hold what they read, so the values are the same
    }
    if (defA && defB) {
      return true;
    }
    long use = defA ? b : a;
    long def = defA ? a : b;
    return Operand.isLate(use) || !Operand.isLate(def);
  }

  private static long mask(int[] registers) {
    long mask = 0;
    for (int r : registers) {
      mask |= PReg.mask(r);
    }
    return mask;
  }
}
