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
  private final Slots slots;
  private final RegisterState state;
  private final EditBuffer edits;
  private final ParallelMove moves;

  /** The registers of the plan's entries and exits. */
  private final byte[] registerAt;

  /** By header: registers of parameters of the loop and those around it. */
  private final long[] reserved;

  // What the end of a predecessor has in registers.
  private final int[] exitMark;
  private final byte[] exitReg;
  private int exitMarks;
  private final int[] entryMark;
  private final int[] argOf;

  BlockEdges(
      Problem problem,
      SpillPlan plan,
      Hints hints,
      Slots slots,
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
    this.exitMark = new int[n];
    this.exitReg = new byte[n];
    this.entryMark = new int[n];
    this.argOf = new int[n];
    Arrays.fill(entryMark, -1);
  }

  private boolean isParam(int v, int b) {
    return problem.live.defBlock[v] == b && problem.live.defInst[v] < 0;
  }

  /** Places the values with which a block starts. */
  void enter(int b) {
    int loop = problem.flow.loop[b];
    boolean header = loop == b;
    int around = header ? problem.flow.outer[b] : loop;
    long kept = around < 0 ? 0 : reserved[around];
    state.clear(kept);
    if (plan.inherits[b]) {
      inherit(b);
      return;
    }
    if (b != 0) {
      int template = template(b);
      markExits(template);
      int[] params = code.block(b).params;
      int[] args = params.length == 0 ? params : problem.args(template, b);
      for (int j = 0; j < params.length; j++) {
        argOf[params[j]] = args[j];
      }
      if (header) {
        placeWanted(b);
      }
      keep(b, header);
      placeOthers(b, header);
    }
    if (header) {
      for (int p : code.block(b).params) {
        kept |= state.regOf(p) >= 0 ? PReg.mask(state.regOf(p)) : 0;
      }
      reserved[b] = kept;
    }
    VBlock block = code.block(b);
    if (block.preds.length == 1) {
      edge(block.preds[0], b, 2 * block.from);
    }
    storeParams(b);
  }

  private void inherit(int b) {
    markExits(code.block(b).preds[0]);
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      state.take(v, exitReg[v]);
      registerAt[e] = exitReg[v];
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

  private void markExits(int p) {
    exitMarks++;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      exitMark[plan.value(x)] = exitMarks;
      exitReg[plan.value(x)] = registerAt[x];
    }
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
        place(e, v, r, isParam(v, b));
      }
    }
  }

  private void place(int entry, int v, int reg, boolean strong) {
    state.take(v, reg);
    registerAt[entry] = (byte) reg;
    hints.got(v, reg, strong);
  }

  /**
   * Leaves values where they are, unless they would have to move out of the way within the loop.
   */
  private void keep(int b, boolean header) {
    double frequency = problem.flow.frequency[b];
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      if (exitMark[v] == exitMarks && !isParam(v, b) && state.regOf(v) < 0) {
        int r = exitReg[v];
        boolean free = (state.occupied() & PReg.mask(r)) == 0;
        if (free && (!header || !hints.hurts(v, r, frequency))) {
          place(e, v, r, false);
        }
      }
    }
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      if (isParam(v, b) && exitMark[argOf[v]] == exitMarks && state.regOf(v) < 0) {
        int r = exitReg[argOf[v]];
        boolean free = (state.occupied() & PReg.mask(r)) == 0;
        if (free && (!header || !hints.hurts(v, r, frequency))) {
          place(e, v, r, header);
        }
      }
    }
  }

  private void placeOthers(int b, boolean header) {
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      if (state.regOf(v) < 0) {
        long all = problem.allocatable[problem.classOf[v]];
        int r = state.choose(v, all & ~state.occupied());
        place(e, v, r, header && isParam(v, b));
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
    for (int x = plan.exitAt[b], end = x + plan.exitCount[b]; x < end; x++) {
      registerAt[x] = (byte) state.regOf(plan.value(x));
    }
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
    markExits(p);
    int[] params = code.block(b).params;
    int[] args = params.length == 0 ? params : problem.args(p, b);
    for (int j = 0; j < params.length; j++) {
      argOf[params[j]] = args[j];
    }
    problem.work += args.length + plan.entryCount[b] + plan.exitCount[p];
    long entered = 0;
    for (int e = plan.entryAt[b], end = e + plan.entryCount[b]; e < end; e++) {
      int v = plan.value(e);
      entryMark[v] = b;
      entered |= PReg.mask(registerAt[e]);
      moves.add(source(isParam(v, b) ? argOf[v] : v), registerAt[e], code.vregKind(v));
    }
    for (int param : params) {
      if (plan.bornInSlot[param]) {
        moves.add(source(argOf[param]), slots.of(param), code.vregKind(param));
      }
    }
    long left = storeEvicted(p, b);
    moves.flush(point, problem.spareInts(entered | left));
  }

  /** Where a value can be had from at the end of the predecessor. */
  private int source(int v) {
    if (exitMark[v] == exitMarks) {
      return exitReg[v];
    }
    return problem.isRemat(v) ? -1 - code.remat(v) : slots.of(v);
  }

  /**
   * Stores what is in a register before the edge, in none after it, and not in its slot yet.
   *
   * @return all registers in use before the edge
   */
  private long storeEvicted(int p, int b) {
    long left = 0;
    for (int x = plan.exitAt[p], end = x + plan.exitCount[p]; x < end; x++) {
      int v = plan.value(x);
      left |= PReg.mask(registerAt[x]);
      if (plan.isStoredWhenEvicted(v)
          && !plan.isClean(x)
          && entryMark[v] != b
          && problem.live.isLiveIn(b, v)) {
        moves.add(registerAt[x], slots.of(v), code.vregKind(v));
      }
    }
    return left;
  }
}
