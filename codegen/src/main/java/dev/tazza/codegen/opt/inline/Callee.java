package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * A function whose body may stand in place of calls of it. Immutable: the function is not edited
 * any more, and threads share it.
 */
final class Callee {
  private final Function function;
  private final ControlFlow flow;
  private final int[] loopDepths;
  private final int start;
  private final int length;
  private final boolean recursive;
  private final int size;

  private final @Nullable EarlyReturn earlyReturn;

  /** By parameter: how many instructions use it. */
  private final int[] uses;

  /**
   * @param function its positions are from {@code start} to below {@code end}
   */
  Callee(Function function, int start, int end) {
    this.function = function;
    this.start = start;
    this.length = end - start;
    Analyses analyses = new Analyses(function);
    flow = analyses.controlFlow();
    loopDepths = new int[flow.size()];
    boolean callsItself = false;
    int cost = 0;
    uses = new int[flow.block(0).params.size()];
    for (int i = 0; i < loopDepths.length; i++) {
      loopDepths[i] = analyses.loops().depthOf(i);
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        cost += InlineCost.of(inst);
        countUses(inst, flow.block(0));
        callsItself |= inst.op.isDirectCall() && inst.imm == function.symbol;
      }
    }
    recursive = callsItself;
    size = cost;
    earlyReturn = EarlyReturn.find(function);
  }

  private void countUses(Inst inst, Block entry) {
    for (Inst arg : inst.args) {
      if (arg.op == Opcode.PARAM && arg.block == entry) {
        uses[(int) arg.imm]++;
      }
    }
  }

  Function function() {
    return function;
  }

  /** The blocks that can be reached. */
  ControlFlow flow() {
    return flow;
  }

  /** How many loops of the function block number {@code block} is in. */
  int loopDepth(int block) {
    return loopDepths[block];
  }

  /** The first source position. */
  int start() {
    return start;
  }

  /** The number of source positions. */
  int length() {
    return length;
  }

  /** Whether it calls itself directly. */
  boolean isRecursive() {
    return recursive;
  }

  /** About how many machine instructions it is. */
  int size() {
    return size;
  }

  /** How it returns right after its first test, or null. */
  @Nullable EarlyReturn earlyReturn() {
    return earlyReturn;
  }

  /**
   * About how many machine instructions longer the code gets when the body stands in place of
   * {@code call}; may be negative. What computes with a constant is taken to vanish.
   */
  int growth(Inst call) {
    int growth = size - InlineCost.of(call);
    for (int i = 0; i < call.args.length; i++) {
      if (call.args[i].op == Opcode.ICONST) {
        growth -= uses[i];
      }
    }
    return growth;
  }
}
