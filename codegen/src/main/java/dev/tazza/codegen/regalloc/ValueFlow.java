package dev.tazza.codegen.regalloc;

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
 * Which virtual registers the physical places hold at each point of allocated code.
 *
 * <p>An abstract interpretation in the manner of regalloc2's checker: the state maps each place to
 * the set of virtual registers, sorted, whose current value it surely holds. Edits copy sets,
 * definitions replace them, clobbers empty them, edges rename arguments to parameters, and where
 * paths meet the sets are intersected, up to the greatest fixed point. It knows nothing of how the
 * allocator came to its result.
 *
 * <p>Time is proportional to instructions times places.
 */
final class ValueFlow {
  static final int[] EMPTY = {};
  private static final VRegKind[] KINDS = VRegKind.values();

  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;
  private final int[] firstEdit;
  private final int places;
  private final int[] @Nullable [] rematSets;
  private final int[] @Nullable [][] entry;

  ValueFlow(VCode<?> code, RegisterFile registers, Allocation allocation) {
    this.code = code;
    this.registers = registers;
    this.allocation = allocation;
    places = PReg.COUNT + allocation.slots();
    rematSets = new int[code.instCount()][];
    firstEdit = indexEdits();
    entry = new int[code.blockCount()][][];
    solve();
  }

  private void solve() {
    int[][] start = new int[places][];
    Arrays.fill(start, EMPTY);
    entry[0] = start;
    ArrayDeque<Integer> work = new ArrayDeque<>();
    boolean[] queued = new boolean[code.blockCount()];
    work.add(0);
    while (!work.isEmpty()) {
      int b = work.poll();
      queued[b] = false;
      int[][] state = Objects.requireNonNull(entry[b]).clone();
      VBlock block = code.block(b);
      for (int i = block.from; i < block.to; i++) {
        edits(2 * i, state);
        instruction(i, state);
        edits(2 * i + 1, state);
      }
      for (int s = 0; s < block.succs.length; s++) {
        int succ = block.succs[s];
        int[][] renamed = rename(state, block.args[s], code.block(succ).params);
        if (code.block(succ).pad) {
          land(renamed, code.block(succ).from);
        }
        int @Nullable [][] old = entry[succ];
        if (old == null) {
          entry[succ] = renamed;
        } else if (!meet(old, renamed)) {
          continue;
        }
        if (!queued[succ]) {
          queued[succ] = true;
          work.add(succ);
        }
      }
    }
  }

  /** The state at the start of a block, to be changed; null: it cannot be reached. */
  int @Nullable [][] atStart(int block) {
    int @Nullable [][] state = entry[block];
    return state == null ? null : state.clone();
  }

  /** What a landing pad begins with: values that its first instruction uses in fixed registers. */
  private void land(int[][] state, int first) {
    Arrays.fill(state, 0, PReg.COUNT, EMPTY);
    for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand) && Operand.constraint(operand) == Operand.FIXED) {
        state[Operand.preg(operand)] = new int[] {Operand.vreg(operand)};
      }
    }
  }

  /** What the edits at a point do to the state. */
  void edits(int point, int[][] state) {
    for (int e = firstEdit[point]; e < firstEdit[point + 1]; e++) {
      int from = allocation.editFrom()[e];
      int to = allocation.editTo()[e];
      VRegKind kind = KINDS[allocation.editKind()[e]];
      int[] set = from >= 0 ? fitting(state[from], kind) : rematerialized(-1 - from);
      if (from >= 0 && Loc.isSlot(from) && Loc.isSlot(to)) {
        state[registers.scratch()] = EMPTY;
      }
      write(state, to, kind, set);
    }
  }

  private int[] fitting(int[] set, VRegKind kind) {
    int[] out = new int[set.length];
    int n = 0;
    for (int v : set) {
      if (code.vregKind(v).bytes() <= kind.bytes()) {
        out[n++] = v;
      }
    }
    return n == set.length ? set : Arrays.copyOf(out, n);
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

  private void write(int[][] state, int loc, VRegKind kind, int[] set) {
    state[loc] = set;
    if (Loc.isSlot(loc)) {
      if (kind.bytes() == 16) {
        state[loc + 1] = EMPTY;
      } else if ((Loc.slotIndex(loc) & 1) != 0) {
        state[loc - 1] = without16(state[loc - 1]);
      }
    }
  }

  /** A set without its 16-byte members, whose second half was overwritten. */
  private int[] without16(int[] set) {
    return fitting(set, VRegKind.FLOAT);
  }

  /**
   * Whether the operand is the definition of an instruction that only makes a constant, at which it
   * is not needed.
   */
  static boolean isLeftOut(VCode<?> code, Allocation allocation, int inst, int o) {
    return allocation.locs()[o] == Loc.NONE
        && code.operandEnd(inst) - code.operandStart(inst) == 1
        && code.remat(Operand.vreg(code.operandAt(o))) == inst;
  }

  /** What an instruction does to the state, without the edits around it. */
  void instruction(int i, int[][] state) {
    int from = code.operandStart(i);
    int to = code.operandEnd(i);
    if (to - from == 1 && isLeftOut(code, allocation, i, from)) {
      forget(state, Operand.vreg(code.operandAt(from)));
      return;
    }
    for (int pass = 0; pass < 2; pass++) {
      boolean late = pass == 1;
      for (int o = from; o < to; o++) {
        long operand = code.operandAt(o);
        if (Operand.isDef(operand) && Operand.isLate(operand) == late) {
          define(state, Operand.vreg(operand), allocation.locs()[o]);
        }
      }
      if (!late) {
        for (long m = code.clobbers(i); m != 0; m &= m - 1) {
          state[Long.numberOfTrailingZeros(m)] = EMPTY;
        }
        if (code.hasRefs() && code.isSafepoint(i)) {
          moveReferences(i, state);
        }
      }
    }
  }

  /**
   * At a safepoint, the references in the slots listed for it change, and no other place holds a
   * reference any more.
   */
  private void moveReferences(int call, int[][] state) {
    int[] listed = allocation.refs().over(call);
    for (int p = 0; p < state.length; p++) {
      if (Loc.isReg(p) || Arrays.binarySearch(listed, Loc.slotIndex(p)) < 0) {
        state[p] = withoutRefs(state[p]);
      }
    }
  }

  /** Whether one of these is a reference. */
  boolean hasRef(int[] set) {
    for (int v : set) {
      if (code.vregKind(v) == VRegKind.REF) {
        return true;
      }
    }
    return false;
  }

  private int[] withoutRefs(int[] set) {
    if (!hasRef(set)) {
      return set;
    }
    int[] out = new int[set.length];
    int n = 0;
    for (int v : set) {
      if (code.vregKind(v) != VRegKind.REF) {
        out[n++] = v;
      }
    }
    return Arrays.copyOf(out, n);
  }

  private void define(int[][] state, int vreg, int loc) {
    forget(state, vreg);
    write(state, loc, code.vregKind(vreg), new int[] {vreg});
  }

  private static void forget(int[][] state, int vreg) {
    for (int p = 0; p < state.length; p++) {
      int[] set = state[p];
      int at = Arrays.binarySearch(set, vreg);
      if (at >= 0) {
        int[] less = new int[set.length - 1];
        System.arraycopy(set, 0, less, 0, at);
        System.arraycopy(set, at + 1, less, at, less.length - at);
        state[p] = less;
      }
    }
  }

  private static int[][] rename(int[][] state, int[] args, int[] params) {
    int[][] out = state.clone();
    if (params.length == 0) {
      return out;
    }
    for (int param : params) {
      forget(out, param);
    }
    for (int p = 0; p < state.length; p++) {
      int[] set = out[p];
      for (int j = 0; j < params.length; j++) {
        if (Arrays.binarySearch(state[p], args[j]) >= 0) {
          set = Arrays.copyOf(set, set.length + 1);
          set[set.length - 1] = params[j];
        }
      }
      if (set != out[p]) {
        Arrays.sort(set);
        out[p] = set;
      }
    }
    return out;
  }

  /** Intersects {@code other} into {@code state}; whether that changed anything. */
  private static boolean meet(int[][] state, int[][] other) {
    boolean changed = false;
    for (int p = 0; p < state.length; p++) {
      int[] a = state[p];
      int[] b = other[p];
      if (a == b || a.length == 0) {
        continue;
      }
      int n = 0;
      int[] both = new int[a.length];
      for (int v : a) {
        if (Arrays.binarySearch(b, v) >= 0) {
          both[n++] = v;
        }
      }
      if (n != a.length) {
        state[p] = n == 0 ? EMPTY : Arrays.copyOf(both, n);
        changed = true;
      }
    }
    return changed;
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
}
