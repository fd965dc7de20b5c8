package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Gives registers to the values that {@link Spiller} left in registers: the coloring of an SSA
 * program in an order in which definitions come before uses ("tree scan", Hack 2007), guided by
 * preferences (Braun, Mallon and Hack 2010).
 *
 * <p>Since nowhere more values are live than there are registers, a free one can always be found.
 * When an instruction takes registers that are occupied, their values move to others in one
 * parallel move before the instruction.
 */
final class Assigner {
  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final Hints hints;
  private final SpillSlots slots;
  private final RegisterState state;
  private final EditBuffer edits;
  private final ParallelMove moves;
  private final BlockEdges edges;
  private final int[] locs;
  private int event;

  /** Registers that definitions write, but for incoming values. */
  private long written;

  // The instruction.
  private final Demands demands;
  private int inst;
  private int start;
  private int end;

  /** Registers that are not free before the instruction, once its moves are done. */
  private long taken;

  /** Registers that definitions take over from uses, or that temporaries have. */
  private long held;

  // Per value, valid if equal to the instruction.
  private final int[] homeAt;
  private final int[] takenOverAt;
  private final int[] home;

  /** Values that move. */
  private int[] moved = new int[64];

  private int movedCount;
  private int[] pendingEarly = new int[64];
  private int pendingEarlyCount;

  Assigner(Problem problem, SpillPlan plan, Hints hints, SpillSlots slots) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.hints = hints;
    this.slots = slots;
    this.state = new RegisterState(problem, hints);
    this.edits = new EditBuffer(code);
    this.moves = new ParallelMove(edits, problem.registers.scratch(), slots.words());
    this.edges = new BlockEdges(problem, plan, hints, slots, state, edits, moves);
    this.demands = new Demands(problem, plan);
    this.locs = new int[code.operandCount()];
    int n = code.vregCount();
    this.homeAt = minusOnes(n);
    this.takenOverAt = minusOnes(n);
    this.home = new int[n];
  }

  static int[] minusOnes(int n) {
    int[] array = new int[n];
    Arrays.fill(array, -1);
    return array;
  }

  Allocation run() {
    for (int b : problem.flow.order) {
      if (edges.enter(b)) {
        VBlock block = code.block(b);
        for (int i = block.from; i < block.to; i++) {
          instruction(i);
        }
        edges.leave(b);
      }
    }
    edges.finish();
    long edited = edits.writtenRegisters() & ~PReg.mask(problem.registers.scratch());
    return edits.finish(locs, moves.words(), written | edited, slots.refs());
  }

  private void instruction(int i) {
    inst = i;
    start = code.operandStart(i);
    end = code.operandEnd(i);
    if (start == end && code.clobbers(i) == 0 && plan.evictionInst(event) != i) {
      return;
    }
    movedCount = pendingEarlyCount = 0;
    held = 0;
    demands.look(i);
    evict();
    taken = state.occupied() | demands.beforeIt();
    if (demands.takesRegisters()) {
      serveFixedUses();
      clearTheWay();
    }
    if (demands.anyLoad()) {
      loadWhole();
    }
    if (demands.anySpecialDef()) {
      reuseAndTemporaries();
    }
    placeEarly();
    moves.flush(2 * i, problem.spareInts(state.occupied() | taken));
    settle();
    define();
  }

  private void evict() {
    for (; plan.evictionInst(event) == inst; event++) {
      int v = plan.evicted(event);
      if (plan.isDirty(event) && plan.isStoredWhenEvicted(v)) {
        edits.add(2 * inst, state.regOf(v), slots.of(v), code.vregKind(v));
      }
      if (!demands.isUsed(v) && state.regOf(v) >= 0) {
        state.release(v);
      }
    }
  }

  // Before the instruction.

  private int source(int v) {
    if (state.regOf(v) >= 0) {
      return state.regOf(v);
    }
    return problem.isRemat(v) ? -1 - code.remat(v) : slots.of(v);
  }

  private int home(int v) {
    return homeAt[v] == inst ? home[v] : state.regOf(v);
  }

  /** Gives a value a new register as of this instruction. */
  private void setHome(int v, int reg) {
    int old = state.regOf(v);
    if (old >= 0 && homeAt[v] != inst) {
      taken &= ~(PReg.mask(old) & ~demands.beforeIt());
    }
    homeAt[v] = inst;
    home[v] = reg;
    taken |= PReg.mask(reg);
    if (movedCount == moved.length) {
      moved = Arrays.copyOf(moved, movedCount * 2);
    }
    moved[movedCount++] = v;
  }

  private void move(int v, int reg) {
    moves.add(source(v), reg, code.vregKind(v));
    setHome(v, reg);
  }

  private void serveFixedUses() {
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (Operand.isDef(operand) || Operand.constraint(operand) != Operand.FIXED) {
        continue;
      }
      int v = Operand.vreg(operand);
      int reg = Operand.preg(operand);
      int old = state.regOf(v);
      if (old == reg) {
        continue;
      }
      moves.add(source(v), reg, code.vregKind(v));
      if (homeAt[v] != inst && canLiveIn(v, reg) && !canStay(v, old, plan.flags[o])) {
        setHome(v, reg);
      }
    }
  }

  /** Whether a value can live in its fixed register as long as it has to. */
  private boolean canLiveIn(int v, int reg) {
    return demands.isDying(v) && !demands.isLate(v) || !demands.isLost(reg);
  }

  /** Whether a value can stay where it is and a copy goes to its fixed register. */
  private boolean canStay(int v, int old, int flags) {
    if (old >= 0 && demands.isFixedIn(v, old)) {
      return canLiveIn(v, old);
    }
    return old >= 0
        && !demands.isDying(v)
        && (flags & SpillPlan.MOVE_HOME) == 0
        && !demands.isBlocked(old);
  }

  /** Moves values out of the registers that the instruction takes. */
  private void clearTheWay() {
    long blocked = demands.atAnyTime();
    int first = movedCount;
    for (long m = state.occupied() & blocked; m != 0; m &= m - 1) {
      int reg = Long.numberOfTrailingZeros(m);
      int v = state.owner(reg);
      if (homeAt[v] == inst) {
        continue;
      }
      boolean fixedHere = demands.isFixedIn(v, reg);
      if (!demands.isWhole(v)) {
        if (!fixedHere && (demands.beforeIt() & PReg.mask(reg)) != 0) {
          postpone(v);
        }
      } else if (!(fixedHere
          && (!demands.isLost(reg) || demands.isDying(v) && !demands.isLate(v)))) {
        setHome(v, reg); // a promise; the register follows when all that leave are known
        taken &= ~(PReg.mask(reg) & ~demands.beforeIt());
      }
    }
    for (int k = first; k < movedCount; k++) {
      int v = moved[k];
      int reg = wholeRegister(v);
      moves.add(state.regOf(v), reg, code.vregKind(v));
      home[v] = reg;
      taken |= PReg.mask(reg);
    }
  }

  /**
   * Notes a value that has to leave its register but may go to any that is free before the
   * instruction.
   */
  private void postpone(int v) {
    if (pendingEarlyCount == pendingEarly.length) {
      pendingEarly = Arrays.copyOf(pendingEarly, pendingEarlyCount * 2);
    }
    pendingEarly[pendingEarlyCount++] = v;
    homeAt[v] = inst;
    home[v] = -1;
    int old = state.regOf(v);
    if (old >= 0) {
      taken &= ~(PReg.mask(old) & ~demands.beforeIt());
    }
  }

  /** A register for a value that lives before, during and after the instruction. */
  private int wholeRegister(int v) {
    long able = problem.allocatable[problem.classOf[v]] & ~demands.atAnyTime();
    if ((able & ~taken) != 0) {
      return state.choose(v, able & ~taken);
    }
    for (long m = able & state.occupied(); m != 0; m &= m - 1) {
      int reg = Long.numberOfTrailingZeros(m);
      int other = state.owner(reg);
      if (homeAt[other] != inst && !demands.isWhole(other)) {
        postpone(other);
        return reg;
      }
    }
    throw new CompilerBug("regalloc", "?", "no register for v" + v + " at " + inst, "");
  }

  private void loadWhole() {
    for (int o = start; o < end; o++) {
      if ((plan.flags[o] & SpillPlan.LOAD) == 0) {
        continue;
      }
      int v = Operand.vreg(code.operandAt(o));
      if (homeAt[v] == inst) {
        continue; // loaded into a fixed register
      }
      if (demands.isFixed(v) && !demands.isWhole(v)) {
        throw new CompilerBug("regalloc", "?", "v" + v + " not loaded at " + inst, "");
      }
      if (demands.isWhole(v)) {
        int reg = wholeRegister(v);
        moves.add(source(v), reg, code.vregKind(v));
        setHome(v, reg);
      } else {
        postpone(v);
      }
    }
  }

  private void reuseAndTemporaries() {
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand)) {
        continue;
      }
      int v = Operand.vreg(operand);
      if (Operand.constraint(operand) == Operand.REUSE) {
        locs[o] = takeOver(v, Operand.vreg(code.operandAt(start + Operand.reused(operand))));
      } else if (Operand.constraint(operand) != Operand.FIXED && !Operand.isLate(operand)) {
        locs[o] = wholeRegister(v);
        taken |= PReg.mask(locs[o]);
      } else {
        continue;
      }
      held |= PReg.mask(locs[o]);
    }
  }

  /**
   * The register in which a definition overwrites a use: that of the use if it ends here, or a
   * copy.
   */
  private int takeOver(int def, int used) {
    int reg = home(used);
    boolean ends = demands.isDying(used) && !demands.isLate(used) && takenOverAt[used] != inst;
    if (ends && !demands.isBlocked(reg)) {
      takenOverAt[used] = inst;
      return reg;
    }
    int copy = wholeRegister(def);
    moves.add(source(used), copy, code.vregKind(used));
    taken |= PReg.mask(copy);
    return copy;
  }

  private void placeEarly() {
    for (int k = 0; k < pendingEarlyCount; k++) {
      int v = pendingEarly[k];
      long able = problem.allocatable[problem.classOf[v]] & ~(demands.beforeIt() | taken);
      if (able == 0) {
        throw new CompilerBug("regalloc", "?", "no register for v" + v + " at " + inst, "");
      }
      move(v, state.choose(v, able));
    }
  }

  // The instruction and after it.

  /** Carries out the moves in the state, and fills in the locations of uses. */
  private void settle() {
    for (int k = 0; k < movedCount; k++) {
      if (state.regOf(moved[k]) >= 0) {
        state.release(moved[k]);
      }
    }
    for (int k = 0; k < movedCount; k++) {
      state.take(moved[k], home[moved[k]]);
    }
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      int v = Operand.vreg(operand);
      if (Operand.isDef(operand)) {
        continue;
      }
      if ((plan.flags[o] & SpillPlan.SLOT) != 0) {
        locs[o] = slots.of(v);
      } else if (Operand.constraint(operand) == Operand.FIXED) {
        locs[o] = Operand.preg(operand);
      } else {
        locs[o] = state.regOf(v);
      }
    }
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (Operand.constraint(operand) == Operand.REUSE) {
        locs[start + Operand.reused(operand)] = locs[o];
      }
      int v = Operand.vreg(operand);
      boolean kill = !Operand.isDef(operand) && (plan.flags[o] & SpillPlan.KILL) != 0;
      if (kill && !demands.isLate(v)) {
        state.release(v);
      }
    }
  }

  private void define() {
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand)) {
        continue;
      }
      int v = Operand.vreg(operand);
      if (Operand.constraint(operand) == Operand.FIXED) {
        locs[o] = Operand.preg(operand);
      } else if (isDropped(o, v)) {
        locs[o] = Loc.NONE;
      } else if (Operand.constraint(operand) != Operand.REUSE && Operand.isLate(operand)) {
        locs[o] = lateRegister(v);
        held |= PReg.mask(locs[o]);
      }
    }
    for (int o = start; o < end; o++) {
      long operand = code.operandAt(o);
      int v = Operand.vreg(operand);
      if (!Operand.isDef(operand)) {
        if (demands.isLate(v) && state.regOf(v) >= 0 && demands.isDying(v)) {
          state.release(v);
        }
        continue;
      }
      if (locs[o] == Loc.NONE) {
        continue;
      }
      boolean incoming = inst == 0 && Operand.constraint(operand) == Operand.FIXED;
      written |= incoming || !Loc.isReg(locs[o]) ? 0 : PReg.mask(locs[o]);
      hints.got(v, locs[o], false);
      if (plan.storeAtDefinition[v]) {
        edits.add(2 * inst + 1, locs[o], slots.of(v), code.vregKind(v));
      }
      if ((plan.flags[o] & SpillPlan.KILL) == 0) {
        state.take(v, locs[o]);
      }
    }
  }

  private boolean isDropped(int o, int v) {
    return (plan.flags[o] & SpillPlan.DROP) != 0 && !plan.storeAtDefinition[v];
  }

  private int lateRegister(int v) {
    long free =
        problem.allocatable[problem.classOf[v]] & ~(state.occupied() | demands.afterIt() | held);
    if (free == 0) {
      throw new CompilerBug("regalloc", "?", "no register for v" + v + " after " + inst, "");
    }
    if (code.isMove(inst)) {
      for (int o = start; o < end; o++) {
        boolean isUse = !Operand.isDef(code.operandAt(o));
        if (isUse && Loc.isReg(locs[o]) && (free & PReg.mask(locs[o])) != 0) {
          return locs[o];
        }
      }
    }
    return state.choose(v, free);
  }
}
