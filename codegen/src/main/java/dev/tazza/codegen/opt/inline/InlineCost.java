package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Inst;

/** Inline cost: about how many machine instructions an instruction becomes. */
final class InlineCost {
  /** Most of it is out of the way. */
  private static final int THROW = 2;

  private static final int SWITCH = 4;

  /** Of a call beside its arguments: the call itself and the callee's beginning and end. */
  private static final int CALL = 4;

  /** Of a call by reference: where the code is. */
  private static final int ADDRESS = 1;

  private InlineCost() {}

  static int of(Inst inst) {
    return switch (inst.op) {
      case ICONST, FCONST, VCONST, PARAM, RESULT, CONTEXT, JUMP, RETURN, TRAP -> 0;
      case UEXTEND, WRAP, CHARGE -> 0;
      case THROW -> THROW;
      case CALL_DIRECT,
          CALL_INDIRECT,
          CALL_NATIVE,
          TRY_CALL,
          TRY_CALL_INDIRECT,
          TRY_CALL_BY_JUMP,
          RETURN_CALL,
          RETURN_CALL_REF ->
          CALL + inst.args.length;
      case CALL_REF, TRY_CALL_REF -> CALL + ADDRESS + inst.args.length;
      case SWITCH -> SWITCH;
      default -> 1;
    };
  }
}
