package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * Proves that an allocation computes what the code over virtual registers computes.
 *
 * <p>Each use must find its virtual register among those that the place holds which the allocation
 * names ({@link HeldValues}). Constraints and conflicts within one instruction are checked on the
 * way.
 *
 * <p>Time is proportional to instructions times places and meant for tests and debugging.
 */
public final class Checker {
  private final String function;
  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;

  private final long allocatable;

  private Checker(String function, VCode<?> code, RegisterFile registers, Allocation allocation) {
    this.function = function;
    this.code = code;
    this.registers = registers;
    this.allocation = allocation;
    this.allocatable = mask(registers.intOrder()) | mask(registers.floatOrder());
  }

  /**
   * Checks an allocation.
   *
   * @param function name for the report
   * @throws CompilerBug when the allocation is wrong, naming the place and with a dump of code and
   *     allocation
   */
  public static void check(
      String function, VCode<?> code, RegisterFile registers, Allocation allocation) {
    new Checker(function, code, registers, allocation).run();
  }

  /**
   * The results of a call that ends a block are in their registers when the next one begins:
   * nothing may be moved there before its first instruction, which defines them.
   */
  private void checkResultsArrive(int first, HeldValues held) {
    if (code.isCall(first)) {
      return; // it defines results of its own
    }
    for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
      if (!Operand.isDef(code.operandAt(o))) {
        return; // nobody asks for results: this is any instruction
      }
    }
    for (int e = held.firstEdit(2 * first); e < held.firstEdit(2 * first + 1); e++) {
      for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
        long operand = code.operandAt(o);
        boolean fixed = Operand.constraint(operand) == Operand.FIXED;
        if (Operand.isDef(operand) && fixed && Operand.preg(operand) == allocation.editTo()[e]) {
          throw bug(first, "a result of the call before is overwritten");
        }
      }
    }
  }

  private void run() {
    long written = checkShape();
    checkOrder();
    HeldValues held = new HeldValues(code, registers, allocation);
    for (int b = 0; b < code.blockCount(); b++) {
      int[][] state = held.atStart(b);
      if (state == null) {
        throw bug("block" + b + " cannot be reached");
      }
      check(code.block(b), held, state);
      if (code.block(b).tags.length > 0) {
        checkResultsArrive(code.block(code.block(b).succs[0]).from, held);
      }
    }
    if ((written & ~allocation.usedRegs() & registers.calleeSaved()) != 0) {
      throw bug("usedRegs lacks " + AllocationPrinter.registers(written & ~allocation.usedRegs()));
    }
  }

  private void checkOrder() {
    for (int e = 1; e < allocation.editCount(); e++) {
      if (allocation.editPoint()[e] < allocation.editPoint()[e - 1]) {
        throw bug(allocation.editPoint()[e] >> 1, "edits out of order");
      }
    }
  }

  private void check(VBlock block, HeldValues held, int[][] state) {
    for (int i = block.from; i < block.to; i++) {
      held.edits(2 * i, state);
      int from = code.operandStart(i);
      int to = code.operandEnd(i);
      if (to - from != 1 || !HeldValues.isLeftOut(code, allocation, i, from)) {
        for (int o = from; o < to; o++) {
          checkOperand(i, o, state);
        }
        checkConflicts(i);
        if (code.hasRefs() && code.isSafepoint(i)) {
          checkReferences(i, held, state);
        }
      }
      held.instruction(i, state);
      held.edits(2 * i + 1, state);
    }
  }

  /** The slots listed for a safepoint must hold references. */
  private void checkReferences(int call, HeldValues held, int[][] state) {
    for (int slot : allocation.refs().over(call)) {
      if (slot >= allocation.slots() || !held.hasRef(state[Loc.slot(slot)])) {
        throw bug(call, "slot " + slot + " is listed, but holds no reference for sure");
      }
    }
  }

  /** Checks what needs no flow, and returns the mask of registers written. */
  private long checkShape() {
    if (allocation.locs().length < code.operandCount()) {
      throw bug("not a location for each operand");
    }
    long written = 0;
    for (int i = 0; i < code.instCount(); i++) {
      for (int o = code.operandStart(i); o < code.operandEnd(i); o++) {
        long operand = code.operandAt(o);
        int loc = allocation.locs()[o];
        if (HeldValues.isLeftOut(code, allocation, i, o)) {
          continue;
        }
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
      throw bug(at, "an edit repeats instruction " + inst + ", which is not a lone definition");
    }
  }

  private void checkPlace(int loc, VRegKind kind, int inst, boolean isEdit) {
    if (Loc.isReg(loc)) {
      if (isEdit && loc == registers.scratch()) {
        return;
      }
      if (PReg.isFloat(loc) != kind.isFloat()) {
        throw bug(inst, kind + " in " + AllocationPrinter.place(loc));
      }
      return;
    }
    int words = kind.bytes() / 8;
    int slot = Loc.slotIndex(loc);
    if (!Loc.isSlot(loc) || slot + words > allocation.slots() || slot % words != 0) {
      throw bug(inst, kind + " in " + AllocationPrinter.place(loc));
    }
  }

  private void checkOperand(int inst, int o, int[][] state) {
    long operand = code.operandAt(o);
    int loc = allocation.locs()[o];
    int vreg = Operand.vreg(operand);
    int constraint = Operand.constraint(operand);
    boolean fixed = constraint == Operand.FIXED;
    if (constraint != Operand.ANY && !Loc.isReg(loc)) {
      throw bug(inst, "v" + vreg + " in no register: " + AllocationPrinter.place(loc));
    }
    if (fixed && loc != Operand.preg(operand)) {
      throw bug(inst, "v" + vreg + " not in its fixed register: " + AllocationPrinter.place(loc));
    }
    if (!fixed && Loc.isReg(loc) && (allocatable & PReg.mask(loc)) == 0) {
      throw bug(
          inst, "v" + vreg + " in a register not to be allocated: " + AllocationPrinter.place(loc));
    }
    if (constraint == Operand.REUSE
        && loc != allocation.locs()[code.operandStart(inst) + Operand.reused(operand)]) {
      throw bug(
          inst, "v" + vreg + " not in the register it reuses: " + AllocationPrinter.place(loc));
    }
    if (!Operand.isDef(operand) && Arrays.binarySearch(state[loc], vreg) < 0) {
      throw bug(
          inst,
          "use of v"
              + vreg
              + " in "
              + AllocationPrinter.place(loc)
              + ", which holds "
              + AllocationPrinter.set(state[loc]));
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
        throw bug(inst, "operand " + (o - from) + " in a clobbered register");
      }
      for (int p = o + 1; p < to; p++) {
        if (overlap(loc, a, allocation.locs()[p], code.operandAt(p))
            && conflict(a, code.operandAt(p))) {
          throw bug(inst, "operands " + (o - from) + " and " + (p - from) + " share a place");
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

  private CompilerBug bug(int inst, String message) {
    return bug("instruction " + inst + " (" + code.inst(inst) + "): " + message);
  }

  private CompilerBug bug(String message) {
    return new CompilerBug(
        "regalloc", function, message, AllocationPrinter.print(code, allocation));
  }
}
