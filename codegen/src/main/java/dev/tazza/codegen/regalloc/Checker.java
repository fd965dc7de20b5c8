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

  private final String function;
  private final VCode<?> code;
  private final RegisterFile registers;
  private final Allocation allocation;

  private final int[] firstEdit;
  private final long allocatable;
  private final int places;
  private final int[] @Nullable [] rematSets;

  private Checker(String function, VCode<?> code, RegisterFile registers, Allocation allocation) {
    this.function = function;
    this.code = code;
    this.registers = registers;
    this.allocation = allocation;
    this.places = PReg.COUNT + allocation.slots();
    this.allocatable = mask(registers.intOrder()) | mask(registers.floatOrder());
    this.rematSets = new int[code.instCount()][];
    this.firstEdit = indexEdits();
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

  private void run() {
    long written = checkShape();
    int[] @Nullable [][] entry = new int[code.blockCount()][][];
    int[][] start = new int[places][];
    Arrays.fill(start, EMPTY);
    entry[0] = start;
    ArrayDeque<Integer> work = new ArrayDeque<>();
    boolean[] queued = new boolean[code.blockCount()];
    work.add(0);
    while (!work.isEmpty()) {
      int b = work.poll();
      queued[b] = false;
      int[][] state = java.util.Objects.requireNonNull(entry[b]).clone();
      transfer(b, state, false);
      VBlock block = code.block(b);
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
    for (int b = 0; b < code.blockCount(); b++) {
      int @Nullable [][] state = entry[b];
      if (state == null) {
        throw bug("block" + b + " cannot be reached");
      }
      transfer(b, state.clone(), true);
      if (code.block(b).tags.length > 0) {
        checkResultsArrive(code.block(code.block(b).succs[0]).from);
      }
    }
    if ((written & ~allocation.usedRegs() & registers.calleeSaved()) != 0) {
      throw bug("usedRegs lacks " + AllocationPrinter.registers(written & ~allocation.usedRegs()));
    }
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
          throw bug(first, "a result of the call before is overwritten");
        }
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
        if (isLeftOut(i, o)) {
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

  private void transfer(int b, int[][] state, boolean check) {
    VBlock block = code.block(b);
    for (int i = block.from; i < block.to; i++) {
      edits(2 * i, state);
      instruction(i, state, check);
      edits(2 * i + 1, state);
    }
  }

  private void edits(int point, int[][] state) {
    for (int e = firstEdit[point]; e < firstEdit[point + 1]; e++) {
      int from = allocation.editFrom()[e];
      int to = allocation.editTo()[e];
      VRegKind kind = VRegKind.values()[allocation.editKind()[e]];
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
  private boolean isLeftOut(int inst, int o) {
    return allocation.locs()[o] == Loc.NONE
        && code.operandEnd(inst) - code.operandStart(inst) == 1
        && code.remat(Operand.vreg(code.operandAt(o))) == inst;
  }

  private void instruction(int i, int[][] state, boolean check) {
    int from = code.operandStart(i);
    int to = code.operandEnd(i);
    if (to - from == 1 && isLeftOut(i, from)) {
      forget(state, Operand.vreg(code.operandAt(from)));
      return;
    }
    if (check) {
      for (int o = from; o < to; o++) {
        checkOperand(i, o, state);
      }
      checkConflicts(i);
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
          moveReferences(i, state, check);
        }
      }
    }
  }

  /**
   * At a safepoint, the references in the slots listed for it change, and no other place holds a
   * reference any more.
   */
  private void moveReferences(int call, int[][] state, boolean check) {
    int[] listed = allocation.refs().over(call);
    for (int p = 0; p < state.length; p++) {
      if (Loc.isReg(p) || Arrays.binarySearch(listed, Loc.slotIndex(p)) < 0) {
        state[p] = withoutRefs(state[p]);
      }
    }
    for (int slot : listed) {
      boolean held = slot < allocation.slots() && hasRef(state[Loc.slot(slot)]);
      if (check && !held) {
        throw bug(call, "slot " + slot + " is listed, but holds no reference for sure");
      }
    }
  }

  private boolean hasRef(int[] set) {
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
    for (e = 1; e < allocation.editCount(); e++) {
      if (allocation.editPoint()[e] < allocation.editPoint()[e - 1]) {
        throw bug(allocation.editPoint()[e] >> 1, "edits out of order");
      }
    }
    return first;
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
