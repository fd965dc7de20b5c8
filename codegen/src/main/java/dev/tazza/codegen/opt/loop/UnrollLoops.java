package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Evaluator;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.SsaUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Loop unrolling, full or by a factor: does several rounds of a loop in one, where the number of
 * rounds is known and a multiple, so that only the last of them need ask whether to go on; a loop
 * of few rounds is none any more then. Only for loops of one small block without calls.
 *
 * <p>The copies stand in front of the block's own instructions, which become the last of the
 * rounds: what is used behind the loop is what they give.
 *
 * <p>Requires nothing. Preserves all analyses if nothing is unrolled. Invalidates all of them if a
 * loop is gone.
 */
public final class UnrollLoops {
  /** Loops of at most this many rounds may go. */
  private static final int MOST_ROUNDS_IN_ALL = 8;

  /** The most instructions that a loop of few rounds may become. */
  private static final int MOST_IN_ALL = 96;

  /** The most instructions that two rounds of other loops may become. */
  private static final int MOST_IN_TWO = 128;

  /** The most instructions that four rounds of other loops may become. */
  private static final int MOST_IN_FOUR = 64;

  /** Where to stop counting. */
  private static final int MOST_COUNTED = 4096;

  private final Analyses analyses;
  private final ControlFlow flow;
  private final LoopForest loops;

  private final BlockCloner cloner;

  /** Knows what parameters of unrolled loops are in the last round. */
  private final SsaUpdater updater;

  private boolean loopGone;

  private UnrollLoops(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    loops = analyses.loops();
    cloner = new BlockCloner(analyses.function());
    updater = new SsaUpdater(analyses.function());
  }

  public static void run(Analyses analyses) {
    if (analyses.loops().count() > 0) {
      new UnrollLoops(analyses).run();
    }
  }

  private void run() {
    for (int loop = 0; loop < loops.count(); loop++) {
      int number = loops.header(loop);
      Edge entry = flow.predCount(number) == 2 ? otherEdge(number) : null;
      Inst end = flow.block(number).last;
      if (entry != null && end != null && end.op == Opcode.BRANCH) {
        unroll(flow.block(number), entry, end);
      }
    }
    if (loopGone) {
      analyses.invalidate();
    }
    updater.run(analyses);
  }

  /** The way into a loop of one block, if there is one other than from that block; else null. */
  private @Nullable Edge otherEdge(int number) {
    int start = flow.predStart(number);
    if (flow.pred(start) != number && flow.pred(start + 1) == number) {
      return flow.predEdge(start);
    }
    boolean swapped = flow.pred(start) == number && flow.pred(start + 1) != number;
    return swapped ? flow.predEdge(start + 1) : null;
  }

  private void unroll(Block block, Edge entry, Inst end) {
    int size = size(block);
    boolean stays = end.targets[0].target == block;
    Edge back = end.targets[stays ? 0 : 1];
    Edge exit = end.targets[stays ? 1 : 0];
    if (size > MOST_IN_TWO / 2 || back.target != block || exit.target == block) {
      return;
    }
    int rounds = rounds(block, entry, back, end.args[0], stays);
    if (rounds > 1 && rounds <= MOST_ROUNDS_IN_ALL && rounds * size <= MOST_IN_ALL) {
      repeat(block, end, back, rounds);
      block.removeAll(Opcode.POLL);
      end.op = Opcode.JUMP;
      end.args = new Inst[0];
      end.targets = new Edge[] {exit};
      loopGone = true;
    } else if (rounds % 4 == 0 && rounds > MOST_ROUNDS_IN_ALL && size * 4 <= MOST_IN_FOUR) {
      repeat(block, end, back, 4);
    } else if (rounds % 2 == 0 && rounds > MOST_ROUNDS_IN_ALL) {
      repeat(block, end, back, 2);
    }
  }

  /** Number of instructions that are not free; too many when there is a call. */
  private static int size(Block block) {
    int size = 0;
    for (Inst inst = block.first; inst != null && size <= MOST_IN_TWO; inst = inst.next) {
      if (inst.op.isCall()) {
        return Integer.MAX_VALUE;
      }
      size += isFree(inst) ? 0 : 1;
    }
    return size;
  }

  /** Whether it is hardly an instruction of the processor. */
  static boolean isFree(Inst inst) {
    return switch (inst.op) {
      case UEXTEND, POLL, CHARGE, LABEL -> true;
      default -> inst.isConst();
    };
  }

  /** How often the block runs each time that it is entered; 0: unknown, or very often. */
  private static int rounds(Block block, Edge entry, Edge back, Inst condition, boolean stays) {
    boolean compares = condition.op.isIntCompare();
    if (compares && condition.args[1].op != Opcode.ICONST) {
      return 0;
    }
    Inst tested = compares ? condition.args[0] : condition;
    Inst counter = hasConstant(tested, Opcode.ADD) ? tested.args[0] : tested;
    if (counter.op != Opcode.PARAM || counter.block != block || counter.type != Type.I32) {
      return 0;
    }
    Inst first = entry.args[(int) counter.imm];
    Inst next = back.args[(int) counter.imm];
    if (first.op != Opcode.ICONST || !hasConstant(next, Opcode.ADD) || next.args[0] != counter) {
      return 0;
    }
    int offset = tested == counter ? 0 : (int) constant(tested);
    int limit = compares ? (int) condition.args[1].imm : 0;
    Opcode op = compares ? condition.op : Opcode.ICMP_NE;
    int value = (int) first.imm + offset;
    int rounds = 1;
    while (rounds <= MOST_COUNTED
        && Evaluator.eval(op, Type.I32, Type.I32, value, limit) != 0 == stays) {
      value += (int) constant(next);
      rounds++;
    }
    return rounds <= MOST_COUNTED ? rounds : 0;
  }

  /** Lets the block do {@code times} rounds. */
  private void repeat(Block block, Inst end, Edge back, int times) {
    Inst first = block.first;
    cloner.clear();
    for (int i = 1; i < times && first != null; i++) {
      for (Inst inst = first; inst != end && inst != null; inst = inst.next) {
        if (inst.op != Opcode.POLL) { // one in all rounds is enough
          block.insertBefore(first, cloner.copy(inst));
        }
      }
      cloner.putParams(block, cloner.of(back.args));
    }
    for (Inst inst = first; inst != null; inst = inst.next) {
      replaceParams(inst.args);
      for (Edge edge : inst.targets) {
        replaceParams(edge.args);
      }
    }
    for (Inst param : block.params) {
      updater.define(param, block, cloner.of(param));
    }
  }

  private void replaceParams(Inst[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].op == Opcode.PARAM) {
        args[i] = cloner.of(args[i]);
      }
    }
  }
}
