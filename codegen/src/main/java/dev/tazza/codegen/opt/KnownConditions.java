package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.SelectAlgebra;
import java.util.Arrays;

/**
 * Which I32 values are known to be zero or not zero, because a branch went that way or a check did
 * not trap. Facts are forgotten in the reverse order in which they were learned, as a walk over the
 * dominator tree needs.
 */
final class KnownConditions {
  static final int MAX_DEPTH = 4;
  private static final byte UNKNOWN = 0;
  private static final byte ZERO = 1;
  private static final byte NOT_ZERO = 2;

  private byte[] facts;
  private Inst[] learned = new Inst[16];
  private int count;

  KnownConditions(Function function) {
    facts = new byte[function.instCount()];
  }

  int size() {
    return count;
  }

  void truncate(int size) {
    while (count > size) {
      facts[learned[--count].id] = UNKNOWN;
    }
  }

  boolean isKnown(Inst value) {
    return value.id < facts.length && facts[value.id] != UNKNOWN;
  }

  /** Only for a value that {@link #isKnown}. */
  boolean isNotZero(Inst value) {
    return facts[value.id] == NOT_ZERO;
  }

  /** A block with one way in, number {@code number}, knows how the branch there was decided. */
  void learnFromBranch(ControlFlow flow, int number) {
    if (flow.predCount(number) == 1) {
      int edge = flow.predStart(number);
      Inst end = flow.block(flow.pred(edge)).last;
      if (end != null && end.op == Opcode.BRANCH) {
        learn(end.args[0], end.targets[0] == flow.predEdge(edge));
      }
    }
  }

  /** Learns what is true if {@code block} is left by its target number {@code way}. */
  void learnFromEdge(Block block, int way) {
    Inst end = block.last;
    if (end != null && end.op == Opcode.BRANCH) {
      learn(end.args[0], way == 0);
    }
  }

  /** Learns whether {@code condition} is zero, and what follows for its operands. */
  void learn(Inst condition, boolean notZero) {
    learn(condition, notZero, MAX_DEPTH);
  }

  private void learn(Inst value, boolean notZero, int depth) {
    if (depth == 0 || value.isConst() || isKnown(value)) {
      return;
    }
    if (value.id >= facts.length) {
      facts = Arrays.copyOf(facts, Math.max(value.id + 1, facts.length * 2));
    }
    if (count == learned.length) {
      learned = Arrays.copyOf(learned, count * 2);
    }
    facts[value.id] = notZero ? NOT_ZERO : ZERO;
    learned[count++] = value;
    // x & y != 0 => x != 0, y != 0; x | y == 0 => x == 0, y == 0
    if (value.op == (notZero ? Opcode.AND : Opcode.OR)) {
      learn(value.args[0], notZero, depth - 1);
      learn(value.args[1], notZero, depth - 1);
    }
    Inst tested = SelectAlgebra.tested(value);
    if (tested != value) {
      learn(tested, notZero != SelectAlgebra.isInverted(value), depth - 1);
    }
  }
}
