package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * The analyses of one function, each made when first asked for and kept until {@link #invalidate}.
 * All of them depend on blocks and edges only, so editing instructions within blocks keeps them.
 */
public final class Analyses {
  private final Function function;
  private final ControlFlow.Search search = new ControlFlow.Search();
  private @Nullable ControlFlow controlFlow;
  private @Nullable DominatorTree dominators;
  private @Nullable LoopForest loops;

  public Analyses(Function function) {
    this.function = function;
  }

  public Function function() {
    return function;
  }

  /** Predecessors and reverse post order. */
  public ControlFlow controlFlow() {
    ControlFlow result = controlFlow;
    if (result == null) {
      controlFlow = result = new ControlFlow(function, search);
    }
    return result;
  }

  public DominatorTree dominators() {
    DominatorTree result = dominators;
    if (result == null) {
      dominators = result = new DominatorTree(controlFlow());
    }
    return result;
  }

  public LoopForest loops() {
    LoopForest result = loops;
    if (result == null) {
      loops = result = new LoopForest(this);
    }
    return result;
  }

  /** To be called by whoever adds, removes or redirects blocks or edges. */
  public void invalidate() {
    controlFlow = null;
    dominators = null;
    loops = null;
  }
}
