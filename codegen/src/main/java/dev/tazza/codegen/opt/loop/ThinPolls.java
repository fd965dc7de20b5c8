package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * Poll thinning: lets loops poll less often than each round, so that there is still a poll after a
 * bounded number of instructions.
 *
 * <ul>
 *   <li>A loop that {@link LoopCounters} shows to be over soon does not poll.
 *   <li>A short loop without loops or ways in it polls each {@value #ROUNDS} rounds, where one of
 *       its counters says that it is time: if each round adds an odd multiple of 2<sup>k</sup>, the
 *       bits from the k-th on take all values in turn, whatever the counter starts with. The
 *       counter is in a register anyway, while each poll is a load. Where the loop branches, that
 *       gains nothing: one branch more is the cost there, and this one is sometimes taken.
 * </ul>
 *
 * <p>Loops with calls are left alone: what is called may take any time. So are functions with loops
 * that have several entries, where nobody knows for which of them a poll stands.
 *
 * <p>Requires nothing; of loops without a preheader nothing is known. Preserves all analyses.
 * Invalidates nothing.
 */
public final class ThinPolls {
  /** How many instructions may run between two polls because of this pass, about. */
  private static final long MOST_WORK = 1 << 14;

  /** A power of two, whose mask fits the shortest form of a test. */
  private static final int ROUNDS = 128;

  private static final long UNKNOWN = Long.MAX_VALUE;

  private final ControlFlow flow;
  private final LoopForest loops;
  private final LoopCounters counters;

  /**
   * By loop: instructions of all that it consists of, those of loops that poll no more as often as
   * they run, those of loops that poll sometimes as often as they may run until then.
   */
  private final long[] sizes;

  private final boolean[] hasInner;

  /** By loop: branches and switches in it, but for those of inner loops. */
  private final int[] branches;

  private ThinPolls(Analyses analyses) {
    flow = analyses.controlFlow();
    loops = analyses.loops();
    counters = new LoopCounters(analyses, new ValueRanges(analyses.function()));
    sizes = new long[loops.count()];
    hasInner = new boolean[loops.count()];
    branches = new int[loops.count()];
  }

  public static void run(Analyses analyses) {
    if (!mayPoll(analyses.function())) {
      return;
    }
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    for (int loop = 0; loop < loops.count(); loop++) {
      if (poll(flow.block(loops.header(loop))) != null) {
        if (isReducible(flow, analyses.dominators())) {
          new ThinPolls(analyses).run();
        }
        return;
      }
    }
  }

  private static boolean mayPoll(Function function) {
    for (Block block : function.blocks) {
      if (block.hasPolls()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isReducible(ControlFlow flow, DominatorTree dominators) {
    for (int block = 0; block < flow.size(); block++) {
      for (int i = flow.predStart(block); i < flow.predEnd(block); i++) {
        if (flow.pred(i) >= block && !dominators.dominates(block, flow.pred(i))) {
          return false;
        }
      }
    }
    return true;
  }

  private static @Nullable Inst poll(Block block) {
    for (Inst inst = block.hasPolls() ? block.first : null; inst != null; inst = inst.next) {
      if (inst.op == Opcode.POLL) {
        return inst;
      }
    }
    return null;
  }

  private void run() {
    counters.findRanges();
    for (int block = 0; block < flow.size(); block++) {
      int loop = loops.loopOf(block);
      if (loop >= 0) {
        sizes[loop] = sum(sizes[loop], size(flow.block(block)));
        branches[loop] += flow.block(block).successors().length > 1 ? 1 : 0;
      }
    }
    for (int loop = loops.count() - 1; loop >= 0; loop--) { // inner loops first
      long work = thin(loop);
      int parent = loops.parent(loop);
      if (parent >= 0) {
        sizes[parent] = sum(sizes[parent], work);
        hasInner[parent] = true;
      }
    }
  }

  /** Number of instructions; {@link #UNKNOWN} where there is a call. */
  private static long size(Block block) {
    long size = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      if (inst.op.isCall()) {
        return UNKNOWN;
      }
      size += UnrollLoops.isFree(inst) ? 0 : 1;
    }
    return size;
  }

  private static long sum(long a, long b) {
    return a > MOST_WORK || b > MOST_WORK ? UNKNOWN : a + b;
  }

  /** Returns how many instructions may run in the loop without a poll. */
  private long thin(int loop) {
    long size = Math.max(sizes[loop], 1);
    Block header = flow.block(loops.header(loop));
    Inst poll = poll(header);
    if (size > MOST_WORK || poll == null) {
      return UNKNOWN;
    }
    Edge entry = counters.entry(loops.header(loop));
    if (entry != null && counters.mostRounds(loop, entry) <= MOST_WORK / size) {
      header.removeAll(Opcode.POLL);
      return size * counters.mostRounds(loop, entry);
    }
    boolean isShort = !hasInner[loop] && branches[loop] == 1 && size * ROUNDS <= MOST_WORK;
    return isShort && waitFor(loop, header, poll) ? size * ROUNDS : size;
  }

  /** Lets a poll wait for the counter of its loop that has the least mask, if there is one. */
  private boolean waitFor(int loop, Block header, Inst poll) {
    long least = 0;
    Inst counter = null;
    for (Inst param : header.params) {
      long step = param.type.isInt() ? counters.step(loops.header(loop), param) : 0;
      long mask = step == 0 ? 0 : (long) (ROUNDS - 1) << Long.numberOfTrailingZeros(step);
      if (mask > 0 && mask <= Integer.MAX_VALUE && (counter == null || mask < least)) {
        least = mask;
        counter = param;
      }
    }
    if (counter == null) {
      return false;
    }
    poll.args = new Inst[] {counter};
    poll.imm = least;
    return true;
  }
}
