package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.LoopForest;

/**
 * How often blocks run for each time that the function does, guessed: a loop runs eight rounds,
 * ways out of a loop and to cold blocks are rare, all other ways of a branch are as likely. After
 * Y. Wu and J. Larus, "Static branch frequency and program profile analysis", 1994, of whose rules
 * it has the simplest.
 */
final class BlockFrequencies {
  private static final double ROUNDS = 8;
  private static final double RARE = 1.0 / 8;

  private final ControlFlow flow;
  private final LoopForest loops;
  private final double[] frequencies;

  BlockFrequencies(Analyses analyses) {
    flow = analyses.controlFlow();
    loops = analyses.loops();
    frequencies = new double[flow.size()];
    frequencies[0] = 1;
    for (int i = 0; i < flow.size(); i++) {
      int loop = loops.loopOf(i);
      if (loop >= 0 && loops.header(loop) == i) {
        frequencies[i] *= ROUNDS;
      }
      spread(i);
    }
  }

  /** Hands a block's frequency on to those that it leads to, but not backwards. */
  private void spread(int number) {
    Block block = flow.block(number);
    double sum = 0;
    for (Edge edge : block.successors()) {
      sum += likelihood(number, edge);
    }
    for (Edge edge : block.successors()) {
      int target = flow.number(edge.target);
      if (target > number) {
        frequencies[target] += frequencies[number] * likelihood(number, edge) / sum;
      }
    }
  }

  private double likelihood(int from, Edge edge) {
    int loop = loops.loopOf(from);
    boolean leaves = loop >= 0 && !loops.contains(loop, flow.number(edge.target));
    return (leaves ? RARE : 1) * (edge.target.cold ? RARE * RARE : 1);
  }

  /** That of block {@code number}. */
  double of(int number) {
    return frequencies[number];
  }
}
