package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * A function whose body may stand in place of calls of it. Immutable: the function is not edited
 * any more, and threads share it.
 */
public final class Callee {
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
  public Callee(Function function, int start, int end) {
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
        cost += cost(inst);
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

  /** About how many machine instructions {@code inst} becomes. */
  public static int cost(Inst inst) {
    return switch (inst.op) {
      case ICONST, FCONST, VCONST, PARAM, RESULT, CONTEXT, JUMP, RETURN, TRAP -> 0;
      case THROW -> THROW_COST;
      case UEXTEND, WRAP, CHARGE -> 0;
      case CALL_DIRECT,
          CALL_INDIRECT,
          CALL_NATIVE,
          TRY_CALL,
          TRY_CALL_INDIRECT,
          TRY_CALL_BY_JUMP,
          RETURN_CALL,
          RETURN_CALL_REF ->
          CALL_COST + inst.args.length;
      case CALL_REF, TRY_CALL_REF -> CALL_COST + ADDRESS_COST + inst.args.length;
      case SWITCH -> 4;
      default -> 1;
    };
  }

  /** Most of it is out of the way. */
  private static final int THROW_COST = 2;

  /** Of a call: the call itself and the callee's beginning and end. */
  private static final int CALL_COST = 4;

  /** Of a call by reference: where the code is. */
  private static final int ADDRESS_COST = 1;

  public Function function() {
    return function;
  }

  /** The blocks that can be reached. */
  public ControlFlow flow() {
    return flow;
  }

  /** How many loops of the function block number {@code block} is in. */
  public int loopDepth(int block) {
    return loopDepths[block];
  }

  /** The first source position. */
  public int start() {
    return start;
  }

  /** The number of source positions. */
  public int length() {
    return length;
  }

  /** Whether it calls itself directly. */
  public boolean isRecursive() {
    return recursive;
  }

  /** About how many machine instructions it is. */
  public int size() {
    return size;
  }

  /** How it returns right after its first test, or null. */
  public @Nullable EarlyReturn earlyReturn() {
    return earlyReturn;
  }

  /**
   * About how many machine instructions longer the code gets when the body stands in place of
   * {@code call}; may be negative. What computes with a constant is taken to vanish.
   */
  public int growth(Inst call) {
    int growth = size - cost(call);
    for (int i = 0; i < call.args.length; i++) {
      if (call.args[i].op == Opcode.ICONST) {
        growth -= uses[i];
      }
    }
    return growth;
  }
}
