package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * Takes blocks out of the way: edges to a block that only jumps on go where it jumps to, edges that decide the
 * branch of an otherwise empty block go where it branches to, and a block with a single way in from a block with a single
 * way out is appended to that one.
 *
 * <p>Requires nothing. Preserves reducibility: edges into loop headers stay. Invalidates all analyses when it
 * changed anything, and leaves no unreachable blocks.
 */
public final class SimplifyControlFlow {
  /** Jumps followed in one go; more of them are found by a later run. */
  private static final int MAX_HOPS = 8;

  private final Analyses analyses;
  private final Function function;
  private final Replacements replacements;
  private boolean changed;

  private SimplifyControlFlow(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    replacements = new Replacements(function);
  }

  public static void run(Analyses analyses) {
    SimplifyControlFlow pass = new SimplifyControlFlow(analyses);
    pass.forwardEdges();
    pass.update();
    pass.mergeChains();
    pass.update();
  }

  private void update() {
    if (changed) {
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
      changed = false;
    }
  }

  private void forwardEdges() {
    ControlFlow flow = analyses.controlFlow();
    boolean[] forwards = findForwarders(flow, analyses.dominators());
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      boolean single = block.successors().length == 1;
      for (Edge edge : block.successors()) {
        int hops = 0;
        while (hops++ < MAX_HOPS && forwards[edge.target.id] && forward(edge, single)) {
          changed = true;
        }
      }
      Inst end = block.last;
      if (changed && end != null) {
        TerminatorAlgebra.simplify(end);
      }
    }
  }

  /**
   * The blocks, by id, that hold nothing but a jump or a branch, whose parameters nobody else uses and that
   * are no loop headers.
   */
  private boolean[] findForwarders(ControlFlow flow, DominatorTree dominators) {
    boolean[] result = new boolean[function.blockCount()];
    for (int i = 1; i < flow.size(); i++) {
      Block block = flow.block(i);
      Inst end = block.last;
      result[block.id] =
          end != null
              && block.first == end
              && (end.op == Opcode.JUMP || end.op == Opcode.BRANCH)
              && !isHeader(flow, dominators, i);
    }
    for (int i = 0; i < flow.size(); i++) {
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        excludeOwners(result, inst, inst.args);
        for (Edge edge : inst.targets) {
          excludeOwners(result, inst, edge.args);
        }
      }
    }
    return result;
  }

  private static boolean isHeader(ControlFlow flow, DominatorTree dominators, int number) {
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      if (dominators.dominates(number, flow.pred(i))) {
        return true;
      }
    }
    return false;
  }

  /** A block whose parameter is used outside of it has to stay. */
  private static void excludeOwners(boolean[] forwards, Inst user, Inst[] values) {
    for (Inst value : values) {
      Block owner = value.block;
      if (value.op == Opcode.PARAM && owner != null && owner != user.block) {
        forwards[owner.id] = false;
      }
    }
  }

  /**
   * Redirects {@code edge} past its target if that is decided and worth it.
   *
   * @param single whether the edge is its block's only one: arguments on it cost no extra block
   */
  private static boolean forward(Edge edge, boolean single) {
    Block middle = edge.target;
    Edge onward = onward(edge, middle);
    if (onward == null
        || onward.target == middle
        || !single && onward.args.length > 0 && edge.args.length == 0) {
      return false;
    }
    Inst[] args = onward.args.length == 0 ? Edge.NO_ARGS : new Inst[onward.args.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = substitute(onward.args[i], edge, middle);
    }
    edge.target = onward.target;
    edge.args = args;
    return true;
  }

  /** The edge that {@code middle} leaves by when it is entered by {@code edge}, or null when that is open. */
  private static @Nullable Edge onward(Edge edge, Block middle) {
    Inst end = middle.last;
    if (end == null || end.op == Opcode.JUMP) {
      return end == null ? null : end.targets[0];
    }
    Inst condition = substitute(end.args[0], edge, middle);
    boolean decided = condition != end.args[0] && condition.op == Opcode.ICONST;
    return decided ? end.targets[condition.imm != 0 ? 0 : 1] : null;
  }

  private static Inst substitute(Inst value, Edge edge, Block middle) {
    boolean own = value.op == Opcode.PARAM && value.block == middle;
    return own ? edge.args[(int) value.imm] : value;
  }

  private void mergeChains() {
    ControlFlow flow = analyses.controlFlow();
    boolean[] merged = new boolean[flow.size()];
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      while (!merged[i]) {
        Inst end = block.last;
        if (end == null || end.op != Opcode.JUMP) {
          break;
        }
        Edge edge = end.targets[0];
        int next = flow.number(edge.target);
        if (next == 0 || edge.target == block || flow.predCount(next) != 1) {
          break;
        }
        merged[next] = true;
        append(block, end, edge);
        changed = true;
      }
    }
    replacements.resolveEverywhere(analyses);
  }

  private void append(Block block, Inst jump, Edge edge) {
    Block next = edge.target;
    for (int k = 0; k < edge.args.length; k++) {
      replacements.replace(next.params.get(k), edge.args[k]);
    }
    block.remove(jump);
    Inst follower;
    for (Inst inst = next.first; inst != null; inst = follower) {
      follower = inst.next;
      block.append(inst);
    }
    next.params.clear();
    next.first = null;
    next.last = null;
    block.cold |= next.cold && block != function.entry();
  }
}
