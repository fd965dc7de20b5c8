package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which virtual registers the physical places hold at each point of allocated code.
 *
 * <p>An abstract interpretation in the manner of regalloc2's checker: the state maps each place to
 * the set of virtual registers whose current value it surely holds ({@link HeldValues}). Edits copy
 * sets, definitions replace them, clobbers empty them, edges rename arguments to parameters, and
 * where paths meet the sets are intersected, up to the greatest fixed point. It knows nothing of
 * how the allocator came to its result.
 *
 * <p>Time is proportional to instructions times places.
 */
final class ValueFlow {
  private static final int[] EMPTY = {};
  private static final VRegKind[] KINDS = VRegKind.values();

  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;
  private final int[] firstEdit;
  private final int[] @Nullable [] rematSets;
  private final @Nullable HeldValues[] entry;

  /** Of an allocation whose edits are in order. */
  ValueFlow(VCode<?> code, RegisterFile registers, Allocation allocation) {
    this.code = code;
    this.registers = registers;
    this.allocation = allocation;
    rematSets = new int[code.instCount()][];
    firstEdit = indexEdits();
    entry = new HeldValues[code.blockCount()];
    solve();
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
    return first;
  }

  /**
   * Goes over the blocks in their order, which is nearly that of the ways through them, as often as
   * one has to be done again.
   */
  private void solve() {
    entry[0] = HeldValues.none(code, PReg.COUNT + allocation.slots());
    boolean[] isDue = new boolean[code.blockCount()];
    isDue[0] = true;
    boolean again = true;
    while (again) {
      again = false;
      for (int b = 0; b < code.blockCount(); b++) {
        if (isDue[b]) {
          isDue[b] = false;
          again |= leave(b, isDue);
        }
      }
    }
  }

  /** Goes through a block; whether one that is not behind it is due then. */
  private boolean leave(int b, boolean[] isDue) {
    HeldValues state = Objects.requireNonNull(entry[b]).copy();
    VBlock block = code.block(b);
    for (int i = block.from; i < block.to; i++) {
      edits(2 * i, state);
      instruction(i, state);
      edits(2 * i + 1, state);
    }
    boolean again = false;
    for (int s = 0; s < block.succs.length; s++) {
      int succ = block.succs[s];
      HeldValues renamed = state.renamed(block.args[s], code.block(succ).params);
      if (code.block(succ).pad) {
        renamed.land(code.block(succ).from);
      }
      HeldValues old = entry[succ];
      boolean changed = old == null || old.meet(renamed);
      if (old == null) {
        entry[succ] = renamed;
      }
      if (changed) {
        isDue[succ] = true;
        again |= succ <= b;
      }
    }
    return again;
  }

  /** The state at the start of a block, to be changed; null: it cannot be reached. */
  @Nullable HeldValues atStart(int block) {
    HeldValues state = entry[block];
    return state == null ? null : state.copy();
  }

  /** The first edit at a point; the last one stands before the first one of the next point. */
  int firstEdit(int point) {
    return firstEdit[point];
  }

  /** What the edits at a point do to the state. */
  void edits(int point, HeldValues state) {
    for (int e = firstEdit[point]; e < firstEdit[point + 1]; e++) {
      int from = allocation.editFrom()[e];
      int to = allocation.editTo()[e];
      VRegKind kind = KINDS[allocation.editKind()[e]];
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

  /**
   * Whether all that an instruction does is to define a constant where it is not needed, because it
   * is made again where it is.
   */
  static boolean isLeftOut(VCode<?> code, Allocation allocation, int inst) {
    int only = code.operandStart(inst);
    return code.operandEnd(inst) - only == 1
        && allocation.locs()[only] == Loc.NONE
        && code.remat(Operand.vreg(code.operandAt(only))) == inst;
  }

  /** What an instruction does to the state, without the edits around it. */
  void instruction(int inst, HeldValues state) {
    early(inst, state);
    late(inst, state);
  }

  /** Of that, what comes before the late definitions. */
  void early(int inst, HeldValues state) {
    if (isLeftOut(code, allocation, inst)) {
      state.forget(Operand.vreg(code.operandAt(code.operandStart(inst))));
      return;
    }
    define(inst, false, state);
    for (long m = code.clobbers(inst); m != 0; m &= m - 1) {
      state.clear(Long.numberOfTrailingZeros(m));
    }
    if (code.hasRefs() && code.isSafepoint(inst)) {
      state.moveReferences(allocation.refs().over(inst));
    }
  }

  /** The rest. */
  void late(int inst, HeldValues state) {
    if (!isLeftOut(code, allocation, inst)) {
      define(inst, true, state);
    }
  }

  private void define(int inst, boolean late, HeldValues state) {
    for (int o = code.operandStart(inst); o < code.operandEnd(inst); o++) {
      long operand = code.operandAt(o);
      if (Operand.isDef(operand) && Operand.isLate(operand) == late) {
        state.define(Operand.vreg(operand), allocation.locs()[o]);
      }
    }
  }
}
