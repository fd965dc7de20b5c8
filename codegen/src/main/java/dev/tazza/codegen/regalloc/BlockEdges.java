package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Registers at the boundaries of blocks: which register each value is in when a block starts, and
 * the moves on the edges that make it so.
 */
final class BlockEdges {
  private final Problem problem;
  private final VCode<?> code;
  private final SpillPlan plan;
  private final Hints hints;
  private final SpillSlots slots;
  private final RegisterState state;
  private final EditBuffer edits;
  private final ParallelMove moves;

  /** The registers of the plan's entries and exits. */
  private final byte[] registerAt;

  /** By header: registers of parameters of the loop and those around it. */
  private final long[] reserved;

  // By block: the registers of its entries and its exits.
  private final long[] entered;
  private final long[] left;

  /** The block at whose end {@link #state} is, or -1. */
  private int stateOf = -1;

  /**
   * By value: the register in which the end of a predecessor has it, and above {@link #REGISTER}
   * the number of that look, since there are many.
   */
  private final int[] exit;

  private int looks;
  private final int[] entryMark;
  private final int[] argOf;
  private static final int REGISTER = 6;

  BlockEdges(
      Problem problem,
      SpillPlan plan,
      Hints hints,
      SpillSlots slots,
      RegisterState state,
      EditBuffer edits,
      ParallelMove moves) {
    this.problem = problem;
    this.code = problem.code;
    this.plan = plan;
    this.hints = hints;
    this.slots = slots;
    this.state = state;
    this.edits = edits;
    this.moves = moves;
    this.registerAt = new byte[plan.poolCount()];
    this.reserved = new long[code.blockCount()];
    int n = code.vregCount();
    this.entered = new long[code.blockCount()];
    this.left = new long[code.blockCount()];
    this.exit = new int[n];
    this.entryMark = new int[n];
    this.argOf = new int[n];
    Arrays.fill(entryMark, -1);
  }

  /**
   * Places the values with which a block starts.
   *
   * @return whether there is anything else to do in the block
   */
  boolean enter(int b) {
    int loop = problem.flow.loop[b];
    boolean header = loop == b;
    int around = header ? problem.flow.outer[b] : loop;
    long kept = around < 0 ? 0 : reserved[around];
    if (plan.inherits[b]) {
      return inherit(b, kept);
    }
    state.clear(kept);
    VBlock block = code.block(b);
    if (b != 0) {
      int template = template(b);
      look(template);
      noteArguments(template, b);
      if (header) {
        placeWanted(b);
      }
      keep(b, header);
      placeOthers(b, header);
      entered[b] = state.occupied();
    }
    if (header) {
      for (int p : block.params) {
        kept |= state.regOf(p) >= 0 ? PReg.mask(state.regOf(p)) : 0;
      }
      reserved[b] = kept;
    }
    if (block.preds.length == 1) {
      edge(block.preds[0], b, 2 * block.from);
    }
    storeParams(b);
    return true;
  }

  /** Leaves all values where the only predecessor has them. */
  private boolean inherit(int b, long kept) {
    int from = plan.entryAt[b];
    int to = from + plan.entryCount[b];
    if (code.block(b).pad) {
      land(b, kept);
      return true;
    }
    int p = code.block(b).preds[0];
    long registers = 0;
    for (int e = from, x = plan.exitAt[p]; e < to; x++) {
      if (plan.value(x) == plan.value(e)) {
        registers |= PReg.mask(registerAt[x]);
        registerAt[e++] = registerAt[x];
      }
    }
    entered[b] = registers;
    if (problem.trees.isBare(b)) {
      left[b] = registers; // the entries are the exits
      return false;
    }
    if (stateOf == p) {
      state.retain(registers, kept);
      return true;
    }
    state.clear(kept);
    for (int e = from; e < to; e++) {
      state.take(plan.value(e), registerAt[e]);
    }
    return true;
  }

  /** At a landing pad there is nothing in registers, or one value in that which is for it alone. */
  private void land(int b, long kept) {
    state.clear(kept);
    if (plan.entryCount[b] > 0) {
      int register = problem.residentReg;
      registerAt[plan.entryAt[b]] = (byte) register;
      entered[b] = PReg.mask(register);
      state.take(problem.resident, register);
    }
  }

  /** The predecessor that is expected to be the most frequent way into the block. */
  private int template(int b) {
    int best = -1;
    double most = -1;
    for (int p : code.block(b).preds) {
      double f = problem.flow.edgeFrequency(p, b);
      if (!problem.flow.isBackEdge(p, b) && f > most) {
        best = p;
        most = f;
      }
    }
    return best;
  }

  /** Looks where the end of a block has its values. */
  private void look(int p) {
    int word = ++looks << REGISTER;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      exit[plan.value(x)] = word | registerAt[x];
    }
  }

  /** The register of a value at the end of the block looked at last, or -1. */
  private int exitReg(int v) {
    int word = exit[v];
    return word >>> REGISTER == looks ? word & (1 << REGISTER) - 1 : -1;
  }

  private int[] noteArguments(int p, int b) {
    int[] params = code.block(b).params;
    if (params.length > 0) {
      int[] args = problem.args(p, b);
      for (int j = 0; j < params.length; j++) {
        argOf[params[j]] = args[j];
      }
    }
    return params;
  }

  /** Moves values, on the way into a loop, to where instructions of the loop want them. */
  private void placeWanted(int b) {
    double frequency = problem.flow.frequency[b];
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      int r = hints.wantedAt(v, frequency);
      if (r >= 0
          && (state.occupied() & PReg.mask(r)) == 0
          && (problem.allocatable[problem.classOf[v]] & PReg.mask(r)) != 0
          && !hints.hurts(v, r, frequency)) {
        place(e, v, r, plan.isParam(e));
      }
    }
  }

  private void place(int entry, int v, int reg, boolean strong) {
    state.take(v, reg);
    registerAt[entry] = (byte) reg;
    hints.got(v, reg, strong);
  }

  /**
   * Leaves values where they are, unless they would have to move out of the way within the loop;
   * parameters where their arguments are.
   */
  private void keep(int b, boolean header) {
    boolean anyParam = false;
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      if (plan.isParam(e)) {
        anyParam = true;
      } else {
        int v = plan.value(e);
        keep(b, e, v, exitReg(v), false);
      }
    }
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; anyParam && e < end; e++) {
      if (plan.isParam(e)) {
        int v = plan.value(e);
        keep(b, e, v, exitReg(argOf[v]), header);
      }
    }
  }

  private void keep(int b, int entry, int v, int reg, boolean strong) {
    if (reg >= 0
        && (state.occupied() & PReg.mask(reg)) == 0
        && state.regOf(v) < 0
        && !(problem.flow.isHeader(b) && hints.hurts(v, reg, problem.flow.frequency[b]))) {
      place(entry, v, reg, strong);
    }
  }

  private void placeOthers(int b, boolean header) {
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      if (state.regOf(v) < 0) {
        long all = problem.allocatable[problem.classOf[v]];
        int r = state.choose(v, all & ~state.occupied());
        place(e, v, r, header && plan.isParam(e));
      }
    }
  }

  private void storeParams(int b) {
    for (int p : code.block(b).params) {
      if (plan.storeAtDefinition[p] && state.regOf(p) >= 0) {
        edits.add(2 * code.block(b).from, state.regOf(p), slots.of(p), code.vregKind(p));
      }
    }
  }

  /** Notes where the values are at the end of a block. */
  void leave(int b) {
    long registers = 0;
    for (int x = plan.exitAt[b], end = x + plan.exitCount[b]; x < end; x++) {
      int r = state.regOf(plan.value(x));
      registerAt[x] = (byte) r;
      registers |= PReg.mask(r);
    }
    left[b] = registers;
    stateOf = b;
  }

  /** Makes the moves on all edges into blocks with several predecessors. */
  void finish() {
    for (int b = 0; b < code.blockCount(); b++) {
      int[] preds = code.block(b).preds;
      if (preds.length > 1 || b == 0) {
        for (int p : preds) {
          int terminator = code.block(p).to - 1;
          int before = edits.count();
          edge(p, b, 2 * terminator);
          if (edits.count() > before
              && code.operandEnd(terminator) > code.operandStart(terminator)) {
            throw new CompilerBug(
                "regalloc",
                "?",
                "moves needed before the operands of terminator " + terminator,
                "");
          }
        }
      }
    }
  }

  private void edge(int p, int b, int point) {
    look(p);
    int[] params = noteArguments(p, b);
    problem.work += params.length + plan.entryCount[b] + plan.exitCount[p];
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      int from = source(plan.isParam(e) ? argOf[v] : v);
      if (from != registerAt[e]) {
        moves.add(from, registerAt[e], code.vregKind(v));
      }
    }
    for (int param : params) {
      if (plan.bornInSlot[param]) {
        moves.add(source(argOf[param]), slots.of(param), code.vregKind(param));
      }
    }
    if (plan.evictsOnEdge[code.block(b).preds.length == 1 ? b : p]) {
      storeEvicted(p, b);
    }
    moves.flush(point, problem.spareInts(entered[b] | left[p]));
  }

  /** Where a value can be had from at the end of the predecessor. */
  private int source(int v) {
    int reg = exitReg(v);
    if (reg >= 0) {
      return reg;
    }
    return problem.isRemat(v) ? -1 - code.remat(v) : slots.of(v);
  }

  /** Stores what is in a register before the edge, in none after it, and not in its slot yet. */
  private void storeEvicted(int p, int b) {
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      entryMark[plan.value(e)] = b;
    }
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      int v = plan.value(x);
      if (!plan.isClean(x)
          && entryMark[v] != b
          && plan.isStoredWhenEvicted(v)
          && problem.live.isLiveIn(b, v)) {
        moves.add(registerAt[x], slots.of(v), code.vregKind(v));
      }
    }
  }
}
