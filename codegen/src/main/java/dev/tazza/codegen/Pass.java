package dev.tazza.codegen;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.opt.EliminateDeadCode;
import dev.tazza.codegen.opt.EliminateDeadStores;
import dev.tazza.codegen.opt.LayOutBlocks;
import dev.tazza.codegen.opt.LocalizeConstants;
import dev.tazza.codegen.opt.LookUpValues;
import dev.tazza.codegen.opt.NumberValues;
import dev.tazza.codegen.opt.PlaceCharges;
import dev.tazza.codegen.opt.RemoveRedundantParams;
import dev.tazza.codegen.opt.RemoveUnreachable;
import dev.tazza.codegen.opt.SelectValues;
import dev.tazza.codegen.opt.Simplify;
import dev.tazza.codegen.opt.SimplifyControlFlow;
import dev.tazza.codegen.opt.SinkIntoPads;
import dev.tazza.codegen.opt.SplitCriticalEdges;
import dev.tazza.codegen.opt.ThreadJumps;
import dev.tazza.codegen.opt.inline.GuessCallees;
import dev.tazza.codegen.opt.inline.InlineCalls;
import dev.tazza.codegen.opt.inline.InlineCandidates;
import dev.tazza.codegen.opt.inline.LoopTailCalls;
import dev.tazza.codegen.opt.loop.CompareNextValues;
import dev.tazza.codegen.opt.loop.EliminateBoundsChecks;
import dev.tazza.codegen.opt.loop.HoistBoundsChecks;
import dev.tazza.codegen.opt.loop.HoistInvariants;
import dev.tazza.codegen.opt.loop.InsertPreheaders;
import dev.tazza.codegen.opt.loop.ThinPolls;
import dev.tazza.codegen.opt.loop.UnrollLoops;
import dev.tazza.codegen.opt.loop.UnrollOpenLoops;
import dev.tazza.codegen.opt.loop.WidenAddresses;
import dev.tazza.codegen.opt.loop.WidenElementLoops;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The passes by name. Each drops the analyses that no longer hold after it. */
public enum Pass {
  LOOP_TAIL_CALLS("loop-tail-calls", LoopTailCalls::run),
  GUESS_CALLEES("guess-callees", GuessCallees::run),
  INLINE_CALLS("inline-calls", InlineCalls::run),
  REMOVE_UNREACHABLE("remove-unreachable", RemoveUnreachable::run),
  REMOVE_REDUNDANT_PARAMS("remove-redundant-params", RemoveRedundantParams::run),
  UNROLL_LOOPS("unroll-loops", UnrollLoops::run),
  SIMPLIFY("simplify", Simplify::run),
  SIMPLIFY_CONTROL_FLOW("simplify-control-flow", SimplifyControlFlow::run),
  ELIMINATE_DEAD_CODE("eliminate-dead-code", EliminateDeadCode::run),
  NUMBER_VALUES("number-values", NumberValues::run),
  INSERT_PREHEADERS("insert-preheaders", InsertPreheaders::run),
  WIDEN_ELEMENT_LOOPS("widen-element-loops", WidenElementLoops::run),
  WIDEN_ADDRESSES("widen-addresses", WidenAddresses::run),
  ELIMINATE_BOUNDS_CHECKS("eliminate-bounds-checks", EliminateBoundsChecks::run),
  HOIST_BOUNDS_CHECKS("hoist-bounds-checks", HoistBoundsChecks::run),
  HOIST_INVARIANTS("hoist-invariants", HoistInvariants::run),
  ELIMINATE_DEAD_STORES("eliminate-dead-stores", EliminateDeadStores::run),
  THREAD_JUMPS("thread-jumps", ThreadJumps::run),
  UNROLL_OPEN_LOOPS("unroll-open-loops", UnrollOpenLoops::run),
  COMPARE_NEXT_VALUES("compare-next-values", CompareNextValues::run),
  THIN_POLLS("thin-polls", ThinPolls::run),
  LOOK_UP_VALUES("look-up-values", LookUpValues::run),
  SELECT_VALUES("select-values", SelectValues::run),
  SINK_INTO_PADS("sink-into-pads", SinkIntoPads::run),
  PLACE_CHARGES("place-charges", PlaceCharges::run),
  LOCALIZE_CONSTANTS("localize-constants", LocalizeConstants::run),
  SPLIT_CRITICAL_EDGES("split-critical-edges", SplitCriticalEdges::run),
  LAY_OUT_BLOCKS("lay-out-blocks", LayOutBlocks::run);

  private final String title;
  private final BiConsumer<Analyses, InlineCandidates> body;

  Pass(String title, Consumer<Analyses> body) {
    this(title, (analyses, _) -> body.accept(analyses));
  }

  Pass(String title, BiConsumer<Analyses, InlineCandidates> body) {
    this.title = title;
    this.body = body;
  }

  /** Its name in dumps and filetests. */
  public String title() {
    return title;
  }

  /** Edits the function that the analyses belong to; of what it calls nothing is known. */
  public void run(Analyses analyses) {
    run(analyses, InlineCandidates.NONE);
  }

  /**
   * Edits the function that the analyses belong to.
   *
   * @param candidates what may stand in place of its calls
   */
  public void run(Analyses analyses, InlineCandidates candidates) {
    body.accept(analyses, candidates);
  }
}
