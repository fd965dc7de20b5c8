package dev.tazza.codegen.opt.edit;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Notes which values are to be replaced by which others, until all uses have been rewritten. */
public final class Replacements {
  private static final @Nullable Inst[] NONE = {};

  private final Function function;

  /** By instruction id; not there before there is anything to replace. */
  private @Nullable Inst[] by = NONE;

  public Replacements(Function function) {
    this.function = function;
  }

  /** From now on {@code value} stands for {@code replacement}, which must not lead back to it. */
  public void replace(Inst value, Inst replacement) {
    if (value.id >= by.length) {
      by = Arrays.copyOf(by, Math.max(function.instCount(), by.length * 2));
    }
    by[value.id] = replacement;
  }

  public boolean isEmpty() {
    return by == NONE;
  }

  public boolean isReplaced(Inst value) {
    return value.id < by.length && by[value.id] != null;
  }

  /** What {@code value} stands for in the end. */
  public Inst resolve(Inst value) {
    Inst next = value.id < by.length ? by[value.id] : null;
    if (next == null) {
      return value;
    }
    Inst end = next;
    for (Inst at = next; at != null; at = at.id < by.length ? by[at.id] : null) {
      end = at;
    }
    Inst at = value;
    while (next != null && next != end) {
      by[at.id] = end;
      at = next;
      next = by[at.id];
    }
    return end;
  }

  /** Rewrites the operands of {@code inst}, but not the arguments on its edges. */
  public void resolveArgs(Inst inst) {
    resolveAll(inst.args);
  }

  /** Rewrites the arguments on the edges of {@code inst}. */
  public void resolveEdges(Inst inst) {
    for (Edge edge : inst.targets) {
      resolveAll(edge.args);
    }
  }

  private void resolveAll(Inst[] values) {
    @Nullable Inst[] replaced = by;
    for (int i = 0; i < values.length; i++) {
      int id = values[i].id;
      if (id < replaced.length && replaced[id] != null) {
        values[i] = resolve(values[i]);
      }
    }
  }

  /** Rewrites all uses in reachable blocks. */
  public void resolveEverywhere(Analyses analyses) {
    if (isEmpty()) {
      return;
    }
    ControlFlow flow = analyses.controlFlow();
    for (int i = 0; i < flow.size(); i++) {
      resolveIn(flow.block(i));
    }
  }

  /** Rewrites all uses, if only values of loops are replaced. */
  public void resolveLoopValues(Analyses analyses) {
    if (isEmpty()) {
      return;
    }
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    for (int i = 0; i < flow.size(); i++) {
      if (loops.mayUseLoopValues(i)) {
        resolveIn(flow.block(i));
      }
    }
  }

  /** Rewrites all uses in {@code block}. */
  public void resolveIn(Block block) {
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      resolveArgs(inst);
      resolveEdges(inst);
    }
  }
}
