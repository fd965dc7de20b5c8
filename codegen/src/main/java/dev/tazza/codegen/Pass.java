package dev.tazza.codegen;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.opt.CompareNextValues;
import dev.tazza.codegen.opt.EliminateDeadCode;
import dev.tazza.codegen.opt.EliminateDeadStores;
import dev.tazza.codegen.opt.HoistInvariants;
import dev.tazza.codegen.opt.InlineCalls;
import dev.tazza.codegen.opt.InsertPreheaders;
import dev.tazza.codegen.opt.LayOutBlocks;
import dev.tazza.codegen.opt.LocalizeConstants;
import dev.tazza.codegen.opt.NumberValues;
import dev.tazza.codegen.opt.RemoveRedundantParams;
import dev.tazza.codegen.opt.RemoveUnreachable;
import dev.tazza.codegen.opt.Simplify;
import dev.tazza.codegen.opt.SimplifyControlFlow;
import dev.tazza.codegen.opt.SplitCriticalEdges;
import dev.tazza.codegen.opt.ThreadSwitches;
import dev.tazza.codegen.opt.UnrollLoops;
import dev.tazza.codegen.opt.UnrollOpenLoops;
import dev.tazza.codegen.opt.WidenAddresses;

/** The passes by name. Each drops the analyses that no longer hold after it. */
public enum Pass {
  INLINE_CALLS("inline-calls"),
  REMOVE_UNREACHABLE("remove-unreachable"),
  REMOVE_REDUNDANT_PARAMS("remove-redundant-params"),
  UNROLL_LOOPS("unroll-loops"),
  SIMPLIFY("simplify"),
  SIMPLIFY_CONTROL_FLOW("simplify-control-flow"),
  ELIMINATE_DEAD_CODE("eliminate-dead-code"),
  NUMBER_VALUES("number-values"),
  INSERT_PREHEADERS("insert-preheaders"),
  WIDEN_ADDRESSES("widen-addresses"),
  HOIST_INVARIANTS("hoist-invariants"),
  ELIMINATE_DEAD_STORES("eliminate-dead-stores"),
  THREAD_SWITCHES("thread-switches"),
  UNROLL_OPEN_LOOPS("unroll-open-loops"),
  COMPARE_NEXT_VALUES("compare-next-values"),
  LOCALIZE_CONSTANTS("localize-constants"),
  SPLIT_CRITICAL_EDGES("split-critical-edges"),
  LAY_OUT_BLOCKS("lay-out-blocks");

  private final String title;

  Pass(String title) {
    this.title = title;
  }

  /** Its name in dumps and filetests. */
  public String title() {
    return title;
  }

  /** Edits the function that the analyses belong to. */
  public void run(Analyses analyses) {
    // Method references would be a class each, made when the JVM starts.
    switch (this) {
      case INLINE_CALLS -> InlineCalls.run(analyses);
      case REMOVE_UNREACHABLE -> RemoveUnreachable.run(analyses);
      case REMOVE_REDUNDANT_PARAMS -> RemoveRedundantParams.run(analyses);
      case UNROLL_LOOPS -> UnrollLoops.run(analyses);
      case SIMPLIFY -> Simplify.run(analyses);
      case SIMPLIFY_CONTROL_FLOW -> SimplifyControlFlow.run(analyses);
      case ELIMINATE_DEAD_CODE -> EliminateDeadCode.run(analyses);
      case NUMBER_VALUES -> NumberValues.run(analyses);
      case INSERT_PREHEADERS -> InsertPreheaders.run(analyses);
      case WIDEN_ADDRESSES -> WidenAddresses.run(analyses);
      case HOIST_INVARIANTS -> HoistInvariants.run(analyses);
      case ELIMINATE_DEAD_STORES -> EliminateDeadStores.run(analyses);
      case THREAD_SWITCHES -> ThreadSwitches.run(analyses);
      case UNROLL_OPEN_LOOPS -> UnrollOpenLoops.run(analyses);
      case COMPARE_NEXT_VALUES -> CompareNextValues.run(analyses);
      case LOCALIZE_CONSTANTS -> LocalizeConstants.run(analyses);
      case SPLIT_CRITICAL_EDGES -> SplitCriticalEdges.run(analyses);
      case LAY_OUT_BLOCKS -> LayOutBlocks.run(analyses);
    }
  }
}
