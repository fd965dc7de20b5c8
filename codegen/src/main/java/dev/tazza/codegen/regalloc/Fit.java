package dev.tazza.codegen.regalloc;

import static dev.tazza.codegen.regalloc.Distance.NEVER;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * Whether the constraints of one instruction can be met together with the values that are to stay
 * in registers across it, and if not, which value has to go.
 *
 * <p>Of the registers of a class, an instruction may <i>take</i> some: as fixed uses, as fixed
 * definitions, as clobbers. Every value falls in one of these kinds:
 *
 * <ul>
 *   <li><i>whole</i>: needs one register before, during and after the instruction, hence none that
 *       is taken: values that live on, temporaries, late uses, uses whose register a definition
 *       takes over;
 *   <li><i>early</i>: a use that ends here; it may be in a register that is clobbered or defined
 *       late;
 *   <li><i>late</i>: a definition; it may be in the register of a fixed use;
 *   <li>neither: it is in a fixed register anyway.
 * </ul>
 *
 * Registers for early and late values are supersets of those for whole ones, so comparing the
 * numbers suffices (Hall's condition), and {@link Assigner} may choose greedily once the whole ones
 * are placed.
 */
final class Fit {
  private final VCode<?> code;
  private final Problem problem;
  private final WorkingSet working;
  private final NextUse next;

  // The instruction.
  private int inst;
  private int time;
  private int block;
  private int operands;
  private long fixedUses;
  private long fixedDefs;
  private long fixedEarlyDefs;
  private long clobbers;
  private boolean constrained;
  private boolean anyReuse;
  private boolean call;
  private final int calleeSavedLimit;

  // Per class: definitions.
  private final int[] wholeDefs = new int[2];
  private final int[] lateDefs = new int[2];

  // Per value, valid if usedAt says so.
  private final int[] usedAt;
  private final long[] fixedRegs;
  private final int[] reuses;
  private final int[] usage;
  private final int[] droppedAt;

  /** The values that the instruction uses. */
  private int[] touched = new int[16];

  private int touchedCount;

  private static final int REGISTER = 1;
  private static final int LATE = 2;

  // Per class, for markHomes.
  private final boolean[] crowded = new boolean[2];

  /**
   * @param calleeSavedLimit how many values may stay in integer registers across a call, because so
   *     many callee-saved registers are worth their saving and restoring
   */
  Fit(Problem problem, WorkingSet working, NextUse next, int calleeSavedLimit) {
    this.calleeSavedLimit = calleeSavedLimit;
    this.problem = problem;
    this.code = problem.code;
    this.working = working;
    this.next = next;
    int n = code.vregCount();
    this.usedAt = new int[n];
    this.fixedRegs = new long[n];
    this.reuses = new int[n];
    this.usage = new int[n];
    this.droppedAt = new int[n];
    Arrays.fill(usedAt, -1);
    Arrays.fill(droppedAt, -1);
  }

  /** Turns to an instruction; its {@link #use}s follow. */
  void begin(int newInst, int atTime, int inBlock) {
    inst = newInst;
    time = atTime;
    block = inBlock;
    anyReuse = false;
    touchedCount = 0;
    fixedUses = fixedDefs = fixedEarlyDefs = 0;
    clobbers = code.clobbers(inst);
    constrained = clobbers != 0;
    call = code.isCall(inst);
    wholeDefs[0] = wholeDefs[1] = lateDefs[0] = lateDefs[1] = 0;
    int start = code.operandStart(inst);
    operands = code.operandEnd(inst) - start;
    for (int o = start; o < start + operands; o++) {
      long operand = code.operandAt(o);
      boolean fixed = Operand.constraint(operand) == Operand.FIXED;
      constrained |= fixed;
      if (Operand.isDef(operand)) {
        define(operand, fixed);
      } else {
        fixedUses |= fixed ? PReg.mask(Operand.preg(operand)) : 0;
        usedAt[Operand.vreg(operand)] = -1;
      }
    }
    for (int o = start; anyReuse && o < start + operands; o++) {
      long operand = code.operandAt(o);
      if (Operand.constraint(operand) == Operand.REUSE) {
        int used = Operand.vreg(code.operandAt(start + Operand.reused(operand)));
        touch(used);
        reuses[used]++;
      }
    }
  }

  private void define(long operand, boolean fixed) {
    boolean late = Operand.isLate(operand);
    int cls = problem.classOf[Operand.vreg(operand)];
    if (fixed) {
      long mask = PReg.mask(Operand.preg(operand));
      fixedDefs |= mask;
      fixedEarlyDefs |= late ? 0 : mask;
    } else if (!late) {
      wholeDefs[cls]++;
    } else if (Operand.constraint(operand) == Operand.REUSE) {
      anyReuse = true;
    } else {
      lateDefs[cls]++;
    }
  }

  private void touch(int v) {
    if (usedAt[v] != inst) {
      if (touchedCount == touched.length) {
        touched = Arrays.copyOf(touched, touchedCount * 2);
      }
      touched[touchedCount++] = v;
      usedAt[v] = inst;
      fixedRegs[v] = 0;
      reuses[v] = 0;
      usage[v] = 0;
    }
  }

  /** A use of a value that is, or will be, in a register. */
  void use(long operand, int v) {
    touch(v);
    if (Operand.constraint(operand) == Operand.FIXED) {
      fixedRegs[v] |= PReg.mask(Operand.preg(operand));
      usage[v] |= REGISTER;
    } else {
      usage[v] |= Operand.constraint(operand) == Operand.ANY ? 0 : REGISTER;
      usage[v] |= Operand.isLate(operand) ? LATE : 0;
    }
  }

  boolean isUsed(int v) {
    return usedAt[v] == inst;
  }

  boolean isDropped(int v) {
    return droppedAt[v] == inst;
  }

  /** Whether a definition of the instruction takes the register of a use. */
  boolean overwrites() {
    return anyReuse;
  }

  /** Whether the instruction takes registers. */
  boolean isConstrained() {
    return constrained;
  }

  /**
   * Whether a use of a value in memory, which could be used from there, had better load it: it is
   * used again soon and there is room.
   */
  boolean worthLoading(int v, int now) {
    int cls = problem.classOf[v];
    return working.size(cls) + operands < problem.count[cls]
        && !constrained
        && next.of(v) < now + Distance.CALL;
  }

  /** Registers in which a value that the instruction uses had better not be before it. */
  long inTheWay(int v) {
    boolean whole = livesOn(v) || reuses[v] > 0 || (usage[v] & LATE) != 0;
    long bad = whole ? clobbers | fixedDefs | fixedUses : fixedUses | fixedEarlyDefs;
    return bad & ~fixedRegs[v] & problem.allocatable[problem.classOf[v]];
  }

  /** Registers that the instruction takes and a value that lives on is not in. */
  long takenFrom(int v) {
    long lost = clobbers | fixedDefs;
    long own = usedAt[v] == inst ? fixedRegs[v] & ~lost : 0;
    return (lost | fixedUses) & ~own & problem.allocatable[problem.classOf[v]];
  }

  private boolean livesOn(int v) {
    return droppedAt[v] != inst && next.of(v) != NEVER;
  }

  private boolean staysInFixed(int v) {
    return usedAt[v] == inst && (fixedRegs[v] & ~(clobbers | fixedDefs)) != 0;
  }

  // Numbers of the kinds, as counted last.
  private int whole;
  private int early;
  private int homes;
  private boolean toStack;
  private boolean onlyCost;

  /** Values that the instruction does not use live on, or they would not be in registers. */
  private void count(int cls) {
    problem.work += touchedCount;
    int unused = working.size(cls);
    whole = wholeDefs[cls];
    early = 0;
    homes = 0;
    for (int k = 0; k < touchedCount; k++) {
      int v = touched[k];
      if (problem.classOf[v] == cls && working.contains(v)) {
        unused--;
        countUsed(v);
      }
    }
    whole += unused;
  }

  private void countUsed(int v) {
    int taken = reuses[v];
    if (livesOn(v)) {
      if (staysInFixed(v)) {
        homes++;
      } else {
        whole++;
      }
      whole += taken;
    } else if ((usage[v] & LATE) != 0) {
      whole += 1 + taken;
    } else if (taken > 0) {
      whole += taken;
    } else if (fixedRegs[v] == 0) {
      early++;
    }
  }

  /** Whether more values stay in callee-saved registers across the call than is worth it. */
  private boolean costsTooMuch(int cls) {
    if (!call || cls == 1) {
      return false;
    }
    int costly = 0;
    for (int k = 0; k < working.size(cls); k++) {
      int v = working.member(cls, k);
      costly += livesOn(v) && costsCalleeSaved(v) ? 1 : 0;
    }
    return costly > (code.block(block).cold ? 0 : calleeSavedLimit);
  }

  private boolean isResident(int v) {
    long reg = PReg.mask(problem.residentReg);
    return livesOn(v) && !staysInFixed(v) && ((clobbers | fixedDefs | fixedUses) & reg) == 0;
  }

  /** Whether a value stays in a register across the call, at the price of a callee-saved one. */
  boolean costsCalleeSaved(int v) {
    return !staysInFixed(v) && !(v == problem.resident && isResident(v));
  }

  /** Whether a reference would stay in a register across the call. */
  boolean isMisplacedRef(int v) {
    return code.vregKind(v) == VRegKind.REF && livesOn(v);
  }

  boolean isCall() {
    return call;
  }

  private boolean enough(int cls, int wholes) {
    long all = problem.allocatable[cls];
    long lost = clobbers | fixedDefs;
    return wholes <= Long.bitCount(all & ~(lost | fixedUses))
        && wholes + early <= Long.bitCount(all & ~(fixedUses | fixedEarlyDefs))
        && wholes + lateDefs[cls] <= Long.bitCount(all & ~lost);
  }

  /** Whether the values of the class that are in registers now fit. */
  boolean fits(int cls) {
    crowded[cls] = false;
    if (!constrained && working.size(cls) + operands <= problem.count[cls]) {
      return true;
    }
    count(cls);
    boolean enough = enough(cls, whole);
    onlyCost = enough && costsTooMuch(cls);
    if (!enough || onlyCost) {
      return false;
    }
    crowded[cls] = homes > 0 && !enough(cls, whole + homes);
    return true;
  }

  /**
   * Flags the fixed uses whose values must stay in the fixed registers because there are no others
   * for them.
   */
  void markHomes(byte[] flags) {
    if (!crowded[0] && !crowded[1]) {
      return;
    }
    for (int o = code.operandStart(inst); o < code.operandEnd(inst); o++) {
      long operand = code.operandAt(o);
      int v = Operand.vreg(operand);
      if (!Operand.isDef(operand)
          && Operand.constraint(operand) == Operand.FIXED
          && crowded[problem.classOf[v]]) {
        flags[o] |= SpillPlan.MOVE_HOME;
      }
    }
  }

  /**
   * The value to take out of its register: the one used furthest in the future, with some
   * preference for those that are cheap to get back. A value that the instruction uses can only
   * leave after it, or, if nothing else helps, be used {@linkplain #isToStack from the stack}.
   */
  int victim(int cls) {
    boolean tooManyEarly =
        whole + early > Long.bitCount(problem.allocatable[cls] & ~(fixedUses | fixedEarlyDefs));
    int best = -1;
    long bestKey = -1;
    for (int k = 0; k < working.size(cls); k++) {
      int v = working.member(cls, k);
      boolean used = usedAt[v] == inst;
      if (onlyCost && !(livesOn(v) && costsCalleeSaved(v))) {
        continue;
      }
      if (used && (!livesOn(v) || staysInFixed(v) || tooManyEarly && fixedRegs[v] == 0)) {
        continue;
      }
      long key = key(v);
      if (key > bestKey) {
        best = v;
        bestKey = key;
      }
    }
    toStack = best < 0;
    if (best < 0) {
      best = stackUse(cls);
    }
    if (best < 0) {
      throw new CompilerBug("regalloc", "?", "too few registers for instruction " + inst, "");
    }
    return best;
  }

  /** Whether the last victim must be used from the stack. */
  boolean isToStack() {
    return toStack;
  }

  /** The next value to leave was not found by {@link #victim}. */
  void keepOffStack() {
    toStack = false;
  }

  /** Notes that a value leaves its register after the instruction. */
  void drop(int v) {
    droppedAt[v] = inst;
  }

  /**
   * Whether a value that the instruction overwrites a copy of, and that lives on, is the one that
   * leaves its register next anyway: then the copy is not worth making.
   */
  boolean isNextToLeave(int v) {
    int cls = problem.classOf[v];
    if (working.size(cls) + 1 < problem.count[cls] || !livesOn(v) || staysInFixed(v)) {
      return false;
    }
    long key = key(v);
    for (int k = 0; k < working.size(cls); k++) {
      int other = working.member(cls, k);
      if (livesOn(other) && key(other) > key) {
        return false;
      }
    }
    return true;
  }

  private long key(int v) {
    long distance = next.of(v) - (long) time;
    if (problem.isRemat(v)) {
      return distance * 4;
    }
    return working.isClean(v) ? distance + distance / 2 : distance;
  }

  private int stackUse(int cls) {
    for (int k = 0; k < working.size(cls); k++) {
      int v = working.member(cls, k);
      if (isOnStackOnly(v)) {
        return v;
      }
    }
    return -1;
  }

  private boolean isOnStackOnly(int v) {
    return usedAt[v] == inst && (usage[v] & REGISTER) == 0 && reuses[v] == 0;
  }
}
