package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.SsaUpdater;
import java.util.ArrayList;
import java.util.List;

/**
 * Unrolling of loops without a known trip count: repeats the block of a short loop that has only
 * one, with its test, where the number of rounds is not known. No test is saved, but the processor
 * guesses better where the loop ends when there are several places to end at, and what one round
 * hands to the next need not be moved. Only for loops in loops, without calls.
 *
 * <p>All copies leave the loop to a new block, which gets a parameter for each value of the loop
 * that is used behind it ({@link SsaUpdater}).
 *
 * <p>Requires nothing. Preserves all analyses if nothing is unrolled, otherwise invalidates them.
 */
public final class UnrollOpenLoops {
  /** The most instructions of a loop that is repeated. */
  private static final int MOST_INSTRUCTIONS = 12;

  private static final int ROUNDS = 4;

  private final Function function;
  private final BlockCloner cloner;

  /** Knows what values of the loops are in each round. */
  private final SsaUpdater updater;

  private UnrollOpenLoops(Function function) {
    this.function = function;
    cloner = new BlockCloner(function);
    updater = new SsaUpdater(function);
  }

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    List<Block> blocks = new ArrayList<>();
    for (int loop = 0; loop < loops.count(); loop++) {
      Block block = flow.block(loops.header(loop));
      if (loops.depth(loop) > 1 && isShortLoop(block)) {
        blocks.add(block);
      }
    }
    if (!blocks.isEmpty()) {
      boolean[] mayUse = behind(flow, blocks.getFirst());
      UnrollOpenLoops pass = new UnrollOpenLoops(analyses.function());
      blocks.forEach(pass::leaveTogether);
      blocks.forEach(pass::repeat);
      analyses.invalidate();
      pass.updater.run(analyses, mayUse);
    }
  }

  /**
   * By block id: whether a block may use values of loops of which {@code first} is the first in
   * reverse post order; who uses them comes behind it.
   */
  private static boolean[] behind(ControlFlow flow, Block first) {
    boolean[] result = new boolean[first.function.blockCount()];
    for (int i = flow.number(first); i < flow.size(); i++) {
      result[flow.block(i).id] = true;
    }
    return result;
  }

  private static boolean isShortLoop(Block block) {
    Inst end = block.last;
    boolean isLoop =
        end != null
            && end.op == Opcode.BRANCH
            && (end.targets[0].target == block) != (end.targets[1].target == block);
    if (!isLoop || block.cold) {
      return false;
    }
    int size = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      size += UnrollLoops.isFree(inst) ? 0 : 1;
      if (inst.op.isCall() || size > MOST_INSTRUCTIONS) {
        return false;
      }
    }
    return true;
  }

  private static Inst end(Block block) {
    Inst end = block.last;
    if (end == null) {
      throw new IllegalStateException(block + " has no end");
    }
    return end;
  }

  /** The number of the edge from the end of a loop to its start. */
  private static int back(Inst end, Block block) {
    return end.targets[0].target == block ? 0 : 1;
  }

  /** Puts a block on the way out of a loop, for all rounds. */
  private void leaveTogether(Block block) {
    Inst end = end(block);
    Edge out = end.targets[1 - back(end, block)];
    Block exit = function.newBlock();
    exit.jump(new Edge(out.target, out.args), end.loc);
    out.target = exit;
    out.args = Edge.NO_ARGS;
  }

  private void repeat(Block block) {
    Inst end = end(block);
    int back = back(end, block);
    Edge toNext = end.targets[back];
    Inst[] passed = toNext.args;
    cloner.clear();
    for (int k = 1; k < ROUNDS; k++) {
      Block round = function.newBlock();
      toNext.target = round;
      Inst[] next = cloner.of(passed);
      toNext.args = Edge.NO_ARGS;
      cloner.putParams(block, next);
      for (Inst inst = block.first; inst != null && inst != end; inst = inst.next) {
        if (inst.op != Opcode.POLL) { // one in all rounds is enough
          round.append(cloner.copy(inst));
        }
      }
      define(block, round, end);
      Inst branch = cloner.copy(end);
      toNext = new Edge(block, cloner.of(passed));
      branch.targets = new Edge[2];
      branch.targets[back] = toNext;
      branch.targets[1 - back] = new Edge(end.targets[1 - back].target);
      round.append(branch);
    }
  }

  /** In {@code round}, the values of the loop are what was made of them last. */
  private void define(Block block, Block round, Inst end) {
    for (Inst param : block.params) {
      updater.define(param, round, cloner.of(param));
    }
    for (Inst inst = block.first; inst != null && inst != end; inst = inst.next) {
      updater.define(inst, round, cloner.of(inst));
    }
  }
}
