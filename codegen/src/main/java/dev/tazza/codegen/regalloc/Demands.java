package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;

/** What one instruction demands: which registers it takes, and what it does with values. */
final class Demands {
  private final VCode<?> code;
  private final SpillPlan plan;
  private int inst;

  private long fixedUses;
  private long fixedDefs;
  private long fixedEarlyDefs;
  private long clobbers;
  private boolean anyLoad;
  private boolean anySpecialDef;

  private static final int USED = 1;
  private static final int DYING = 2;
  private static final int LATE = 4;
  private static final int REUSED = 8;
  private static final int FIXED = 16;

  // Per value, valid if stamped with the instruction.
  private final int[] stamp;
  private final byte[] how;
  private final long[] fixedRegs;

  Demands(Problem problem, SpillPlan plan) {
    this.code = problem.code;
    this.plan = plan;
    int n = code.vregCount();
    this.stamp = Assigner.minusOnes(n);
    this.how = new byte[n];
    this.fixedRegs = new long[n];
  }

  /** Turns to an instruction. */
  void look(int newInst) {
    inst = newInst;
    anyLoad = anySpecialDef = false;
    fixedUses = fixedDefs = fixedEarlyDefs = 0;
    clobbers = code.clobbers(inst);
    int start = code.operandStart(inst);
    for (int o = start, end = code.operandEnd(inst); o < end; o++) {
      long operand = code.operandAt(o);
      int v = Operand.vreg(operand);
      boolean fixed = Operand.constraint(operand) == Operand.FIXED;
      long mask = fixed ? PReg.mask(Operand.preg(operand)) : 0;
      if (Operand.isDef(operand)) {
        fixedDefs |= mask;
        fixedEarlyDefs |= Operand.isLate(operand) ? 0 : mask;
        anySpecialDef |= !fixed && !Operand.isLate(operand);
        if (Operand.constraint(operand) == Operand.REUSE) {
          anySpecialDef = true;
          mark(Operand.vreg(code.operandAt(start + Operand.reused(operand))), REUSED);
        }
      } else if ((plan.flags[o] & SpillPlan.SLOT) == 0) {
        fixedUses |= mask;
        anyLoad |= (plan.flags[o] & SpillPlan.LOAD) != 0;
        lookAtUse(o, v, operand, mask);
      }
    }
  }

  private void lookAtUse(int o, int v, long operand, long mask) {
    int as = mask != 0 ? USED | FIXED : Operand.isLate(operand) ? USED | LATE : USED;
    mark(v, (plan.flags[o] & SpillPlan.KILL) != 0 ? as | DYING : as);
    fixedRegs[v] |= mask;
  }

  private void mark(int v, int as) {
    if (stamp[v] != inst) {
      stamp[v] = inst;
      how[v] = 0;
      fixedRegs[v] = 0;
    }
    how[v] |= (byte) as;
  }

  private boolean is(int v, int what) {
    return stamp[v] == inst && (how[v] & what) != 0;
  }

  /** Whether it takes registers for itself. */
  boolean takesRegisters() {
    return atAnyTime() != 0;
  }

  /** Registers that it takes before it writes its results. */
  long beforeIt() {
    return fixedUses | fixedEarlyDefs;
  }

  /** Registers that it takes once it has read its operands. */
  long afterIt() {
    return clobbers | fixedDefs;
  }

  /** All registers that it takes. */
  long atAnyTime() {
    return clobbers | fixedDefs | fixedUses;
  }

  /** Whether it uses a value that must be loaded, or made again. */
  boolean anyLoad() {
    return anyLoad;
  }

  /** Whether a definition takes over the register of a use, or is written early. */
  boolean anySpecialDef() {
    return anySpecialDef;
  }

  /** Whether it uses the value from a register. */
  boolean isUsed(int v) {
    return is(v, USED);
  }

  /** Whether it is the last to have the value in a register. */
  boolean isDying(int v) {
    return is(v, DYING);
  }

  /** Whether it uses the value until it has written its results. */
  boolean isLate(int v) {
    return is(v, LATE);
  }

  /** Whether it uses the value in a certain register. */
  boolean isFixed(int v) {
    return is(v, FIXED);
  }

  boolean isFixedIn(int v, int reg) {
    return isFixed(v) && (fixedRegs[v] & PReg.mask(reg)) != 0;
  }

  /** Whether the value needs a register that the instruction does not take. */
  boolean isWhole(int v) {
    return !isDying(v) || isLate(v) || is(v, REUSED);
  }

  /** Whether what is in the register before the instruction is not there after it. */
  boolean isLost(int reg) {
    return (afterIt() & PReg.mask(reg)) != 0;
  }

  boolean isBlocked(int reg) {
    return (atAnyTime() & PReg.mask(reg)) != 0;
  }
}
