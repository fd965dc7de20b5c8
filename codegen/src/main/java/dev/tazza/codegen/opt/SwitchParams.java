package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes SSA form again after jumps were led around a block: the values that it defines are now
 * variables that each such jump sets as well. Blocks with several predecessors get a parameter for
 * each variable that is live there; what that is too many {@link RemoveRedundantParams} finds.
 *
 * <p>Sets of variables are masks, so liveness takes a word for each block, and one walk in reverse
 * post order gives each block its values.
 */
final class SwitchParams {
  private final ControlFlow flow;
  private final Block origin;
  private final List<Inst> variables;
  private final int count;

  /** By instruction id: one more than the number of the variable, or 0. */
  private final byte[] numbers;

  /**
   * By twice the block id plus the number of the edge: the values that a led jump sets, or null.
   */
  private final Inst[] @Nullable [] passed;

  /** By block number: the variables that are used there or later. */
  private final long[] liveIn;

  /** By block number: the variables that are used there. */
  private final long[] used;

  /** By block number times {@link #count} plus variable: its value when the block begins. */
  private final Inst[] values;

  /**
   * @param variables values that {@code origin} defines, {@link Long#SIZE} at most
   */
  SwitchParams(Analyses analyses, Block origin, List<Inst> variables, Inst[] @Nullable [] passed) {
    flow = analyses.controlFlow();
    this.origin = origin;
    this.variables = variables;
    this.passed = passed;
    count = variables.size();
    numbers = new byte[analyses.function().instCount()];
    for (int i = 0; i < count; i++) {
      numbers[variables.get(i).id] = (byte) (i + 1);
    }
    liveIn = new long[flow.size()];
    used = new long[flow.size()];
    values = new Inst[flow.size() * count];
  }

  void run() {
    findUses();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int b = flow.size() - 1; b >= 0; b--) {
        changed |= flowBack(b);
      }
    }
    for (int b = 0; b < flow.size(); b++) {
      findValues(b);
    }
    for (int b = 0; b < flow.size(); b++) {
      rewrite(b);
    }
  }

  /** The number of the variable that {@code value} is, or -1. */
  private int variable(Inst value) {
    return value.id < numbers.length ? numbers[value.id] - 1 : -1;
  }

  private long mask(Inst[] args) {
    long mask = 0;
    for (Inst arg : args) {
      int variable = variable(arg);
      mask |= variable < 0 ? 0 : 1L << variable;
    }
    return mask;
  }

  private void findUses() {
    for (int b = 0; b < flow.size(); b++) {
      for (Inst inst = flow.block(b).first; inst != null; inst = inst.next) {
        used[b] |= mask(inst.args);
        for (Edge edge : inst.targets) {
          used[b] |= mask(edge.args);
        }
      }
    }
  }

  private Inst @Nullable [] passed(Block block, int edge) {
    return edge > 1 ? null : passed[2 * block.id + edge];
  }

  private boolean flowBack(int b) {
    Block block = flow.block(b);
    if (block == origin) {
      return false;
    }
    long live = used[b];
    Edge[] edges = block.successors();
    for (int k = 0; k < edges.length; k++) {
      int target = flow.number(edges[k].target);
      Inst @Nullable [] set = passed(block, k);
      live |= set == null ? liveIn[target] : maskOf(set, liveIn[target]);
    }
    boolean changed = live != liveIn[b];
    liveIn[b] = live;
    return changed;
  }

  /** Which variables give their values to {@code variables}. */
  private long maskOf(Inst[] set, long variables) {
    long mask = 0;
    for (long left = variables; left != 0; left &= left - 1) {
      int variable = variable(set[Long.numberOfTrailingZeros(left)]);
      mask |= variable < 0 ? 0 : 1L << variable;
    }
    return mask;
  }

  private void findValues(int b) {
    Block block = flow.block(b);
    for (long left = liveIn[b]; left != 0; left &= left - 1) {
      int i = Long.numberOfTrailingZeros(left);
      if (flow.predCount(b) > 1) {
        values[b * count + i] = block.addParam(variables.get(i).type);
      } else {
        int edge = flow.predStart(b);
        int pred = flow.pred(edge);
        values[b * count + i] = valueOn(pred, wayOf(pred, flow.predEdge(edge)), i);
      }
    }
  }

  /** The number of an edge, or 2 if it is none that can have been led. */
  private int wayOf(int pred, Edge edge) {
    Edge[] edges = flow.block(pred).successors();
    if (edges.length > 2) {
      return 2;
    }
    return edges[0] == edge ? 0 : 1;
  }

  /** The value of variable {@code i} on an edge. */
  private Inst valueOn(int pred, int way, int i) {
    Inst @Nullable [] set = passed(flow.block(pred), way);
    return valueAt(pred, set == null ? variables.get(i) : set[i]);
  }

  private Inst valueAt(int b, Inst value) {
    int variable = variable(value);
    return variable < 0 || flow.block(b) == origin ? value : values[b * count + variable];
  }

  private void rewrite(int b) {
    Block block = flow.block(b);
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      rewrite(b, inst.args);
      for (int k = 0; k < inst.targets.length; k++) {
        Edge edge = inst.targets[k];
        rewrite(b, edge.args);
        int target = flow.number(edge.target);
        if (liveIn[target] != 0 && flow.predCount(target) > 1) {
          edge.args = extended(edge.args, b, k, liveIn[target]);
        }
      }
    }
  }

  private void rewrite(int b, Inst[] args) {
    if (flow.block(b) != origin) {
      for (int i = 0; i < args.length; i++) {
        args[i] = valueAt(b, args[i]);
      }
    }
  }

  private Inst[] extended(Inst[] args, int b, int way, long variables) {
    Inst[] all = new Inst[args.length + Long.bitCount(variables)];
    System.arraycopy(args, 0, all, 0, args.length);
    int at = args.length;
    for (long left = variables; left != 0; left &= left - 1) {
      all[at++] = valueOn(b, way, Long.numberOfTrailingZeros(left));
    }
    return all;
  }
}
