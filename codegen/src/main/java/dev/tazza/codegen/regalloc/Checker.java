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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Proves that an allocation computes what the code over virtual registers computes.
 *
 * <p>An abstract interpretation in the manner of regalloc2's checker: the state maps each physical
 * place to the set of virtual registers whose current value it surely holds. Edits copy sets,
 * definitions replace them, clobbers empty them, edges rename arguments to parameters, and where
 * paths meet the sets are intersected. At the greatest fixed point each use must find its virtual
 * register in the set of the place that the allocation names. Constraints and conflicts within one
 * instruction are checked on the way.
 *
 * <p>Time is proportional to instructions times places and meant for tests and debugging.
 */
public final class Checker {
  private static final int[] EMPTY = {};

  private final CheckedAllocation checked;
  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;
  private final ConstraintChecker constraints;

  private final int[] firstEdit;
  private final int[] @Nullable [] rematSets;

  private Checker(CheckedAllocation checked) {
    this.checked = checked;
    code = checked.code();
    registers = checked.registers();
    allocation = checked.allocation();
    constraints = new ConstraintChecker(checked);
    rematSets = new int[code.instCount()][];
    firstEdit = indexEdits();
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
    new Checker(new CheckedAllocation(function, code, registers, allocation)).run();
  }

  private void run() {
    long written = constraints.checkShape();
    @Nullable HeldValues[] entry = new HeldValues[code.blockCount()];
    entry[0] = HeldValues.none(code, PReg.COUNT + allocation.slots());
    ArrayDeque<Integer> work = new ArrayDeque<>();
    boolean[] queued = new boolean[code.blockCount()];
    work.add(0);
    while (!work.isEmpty()) {
      int b = work.poll();
      queued[b] = false;
      HeldValues state = Objects.requireNonNull(entry[b]).copy();
      transfer(b, state, false);
      VBlock block = code.block(b);
      for (int s = 0; s < block.succs.length; s++) {
        int succ = block.succs[s];
        HeldValues renamed = state.renamed(block.args[s], code.block(succ).params);
        if (code.block(succ).pad) {
          renamed.land(code.block(succ).from);
        }
        HeldValues old = entry[succ];
        if (old == null) {
          entry[succ] = renamed;
        } else if (!old.meet(renamed)) {
          continue;
        }
        if (!queued[succ]) {
          queued[succ] = true;
          work.add(succ);
        }
      }
    }
    for (int b = 0; b < code.blockCount(); b++) {
      HeldValues state = entry[b];
      if (state == null) {
        throw checked.bug("block" + b + " cannot be reached");
      }
      transfer(b, state.copy(), true);
      if (code.block(b).tags.length > 0) {
        checkResultsArrive(code.block(code.block(b).succs[0]).from);
      }
    }
    if ((written & ~allocation.usedRegs() & registers.calleeSaved()) != 0) {
      throw checked.bug(
          "usedRegs lacks " + AllocationPrinter.registers(written & ~allocation.usedRegs()));
    }
  }

  /**
   * The results of a call that ends a block are in their registers when the next one begins:
   * nothing may be moved there before its first instruction, which defines them.
   */
  private void checkResultsArrive(int first) {
    if (code.isCall(first)) {
      return; // it defines results of its own
    }
    for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
      if (!Operand.isDef(code.operandAt(o))) {
        return; // nobody asks for results: this is any instruction
      }
    }
    for (int e = firstEdit[2 * first]; e < firstEdit[2 * first + 1]; e++) {
      for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
        long operand = code.operandAt(o);
        boolean fixed = Operand.constraint(operand) == Operand.FIXED;
        if (Operand.isDef(operand) && fixed && Operand.preg(operand) == allocation.editTo()[e]) {
          throw checked.bug(first, "a result of the call before is overwritten");
        }
      }
    }
  }

  private void transfer(int b, HeldValues state, boolean check) {
    VBlock block = code.block(b);
    for (int i = block.from; i < block.to; i++) {
      edits(2 * i, state);
      instruction(i, state, check);
      edits(2 * i + 1, state);
    }
  }

  private void edits(int point, HeldValues state) {
    for (int e = firstEdit[point]; e < firstEdit[point + 1]; e++) {
      int from = allocation.editFrom()[e];
      int to = allocation.editTo()[e];
      VRegKind kind = VRegKind.values()[allocation.editKind()[e]];
      int[] set = from >= 0 ? state.fitting(from, kind) : rematerialized(-1 - from);
      if (from >= 0 && Loc.isSlot(from) && Loc.isSlot(to)) {
        state.clear(registers.scratch());
      }
      state.write(to, kind, set);
    }
  }

  /** What repeating an instruction makes: its value, and parameters that can be nothing else. */
  private int[] rematerialized(int inst) {
    int[] set = rematSets[inst];
    if (set == null) {
      set = findRematerialized(inst);
      rematSets[inst] = set;
    }
    return set;
  }

  private int[] findRematerialized(int inst) {
    int v = Operand.vreg(code.operandAt(code.operandStart(inst)));
    if (code.remat(v) != inst) {
      return EMPTY;
    }
    int[] set = {v};
    for (int k = 0; k < set.length; k++) {
      for (int b = 0; b < code.blockCount(); b++) {
        VBlock block = code.block(b);
        if (block.preds.length == 1 && block.params.length > 0) {
          set = addParams(set, set[k], block, code.block(block.preds[0]), b);
        }
      }
    }
    Arrays.sort(set);
    return set;
  }

  private static int[] addParams(int[] set, int v, VBlock block, VBlock pred, int b) {
    for (int s = 0; s < pred.succs.length; s++) {
      for (int j = 0; pred.succs[s] == b && j < block.params.length; j++) {
        if (pred.args[s][j] == v) {
          set = Arrays.copyOf(set, set.length + 1);
          set[set.length - 1] = block.params[j];
        }
      }
    }
    return set;
  }

  private void instruction(int i, HeldValues state, boolean check) {
    int from = code.operandStart(i);
    int to = code.operandEnd(i);
    if (to - from == 1 && checked.isLeftOut(i, from)) {
      state.forget(Operand.vreg(code.operandAt(from)));
      return;
    }
    if (check) {
      constraints.check(i);
      for (int o = from; o < to; o++) {
        checkUse(i, o, state);
      }
    }
    for (int pass = 0; pass < 2; pass++) {
      boolean late = pass == 1;
      for (int o = from; o < to; o++) {
        long operand = code.operandAt(o);
        if (Operand.isDef(operand) && Operand.isLate(operand) == late) {
          state.define(Operand.vreg(operand), allocation.locs()[o]);
        }
      }
      if (!late) {
        for (long m = code.clobbers(i); m != 0; m &= m - 1) {
          state.clear(Long.numberOfTrailingZeros(m));
        }
        if (code.hasRefs() && code.isSafepoint(i)) {
          moveReferences(i, state, check);
        }
      }
    }
  }

  private void moveReferences(int safepoint, HeldValues state, boolean check) {
    int[] listed = allocation.refs().over(safepoint);
    state.moveReferences(listed);
    for (int slot : listed) {
      boolean held = slot < allocation.slots() && state.holdsRef(Loc.slot(slot));
      if (check && !held) {
        throw checked.bug(
            safepoint, "slot " + slot + " is listed, but holds no reference for sure");
      }
    }
  }

  private void checkUse(int inst, int o, HeldValues state) {
    long operand = code.operandAt(o);
    int loc = allocation.locs()[o];
    int vreg = Operand.vreg(operand);
    if (!Operand.isDef(operand) && !state.holds(loc, vreg)) {
      String place = AllocationPrinter.place(loc);
      String held = AllocationPrinter.set(state.in(loc));
      throw checked.bug(inst, "use of v%d in %s, which holds %s".formatted(vreg, place, held));
    }
  }

  private int[] indexEdits() {
    int[] first = new int[2 * code.instCount() + 1];
    int e = 0;
    for (int point = 0; point < first.length; point++) {
      while (e < allocation.editCount() && allocation.editPoint()[e] < point) {
        e++;
      }
      first[point] = e;
    }
    for (e = 1; e < allocation.editCount(); e++) {
      if (allocation.editPoint()[e] < allocation.editPoint()[e - 1]) {
        throw checked.bug(allocation.editPoint()[e] >> 1, "edits out of order");
      }
    }
    return first;
  }
}
