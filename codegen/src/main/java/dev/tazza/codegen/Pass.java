package dev.tazza.codegen;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.opt.RemoveUnreachable;
import dev.tazza.codegen.opt.SplitCriticalEdges;
import java.util.function.Consumer;

/** The passes by name, and whether they edit the control flow. */
public enum Pass {
  REMOVE_UNREACHABLE("remove-unreachable", true, RemoveUnreachable::run),
  SPLIT_CRITICAL_EDGES("split-critical-edges", true, SplitCriticalEdges::run);

  private final String title;
  private final Consumer<Analyses> body;

  /** Whether it may add, remove or redirect blocks and edges; the others must leave them alone. */
  private final boolean editsControlFlow;

  Pass(String title, boolean editsControlFlow, Consumer<Analyses> body) {
    this.title = title;
    this.editsControlFlow = editsControlFlow;
    this.body = body;
  }

  /** Its name in dumps and filetests. */
  public String title() {
    return title;
  }

  /** Edits the function that the analyses belong to, and drops those that no longer hold. */
  public void run(Analyses analyses) {
    body.accept(analyses);
    if (editsControlFlow) {
      analyses.invalidate();
    }
  }
}
