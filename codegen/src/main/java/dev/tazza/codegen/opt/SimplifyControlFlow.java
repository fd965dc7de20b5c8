package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.TerminatorAlgebra;
import dev.tazza.codegen.opt.edit.Replacements;
import org.jspecify.annotations.Nullable;

/**
 * Takes blocks out of the way: edges to a block that only jumps on go where it jumps to, edges that
 * decide the branch of an otherwise empty block go where it branches to, and a block with a single
 * way in from a block with a single way out is appended to that one.
 *
 * <p>Requires nothing. Preserves reducibility, for edges into loop headers stay, and the preheaders
 * of loops. Invalidates all analyses when it changed anything, and leaves no unreachable blocks.
 */
public final class SimplifyControlFlow {
  /** Jumps followed in one go; more of them are found by a later run. */
  private static final int MAX_HOPS = 8;

  private final Analyses analyses;
  private final Function function;
  private final ControlFlow flow;
  private final LoopForest loops;
  private final Replacements replacements;

  /** By block id; what has none any more is unreachable. */
  private final int[] predCounts;

  private boolean changed;

  private SimplifyControlFlow(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    flow = analyses.controlFlow();
    loops = analyses.loops();
    replacements = new Replacements(function);
    predCounts = new int[function.blockCount()];
  }

  public static void run(Analyses analyses) {
    new SimplifyControlFlow(analyses).run();
  }

  private void run() {
    for (int i = 0; i < flow.size(); i++) {
      predCounts[flow.block(i).id] = flow.predCount(i);
    }
    forwardEdges();
    discountUnreachable();
    mergeChains();
    if (changed) {
      replacements.resolveEverywhere(analyses);
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
    }
  }

  private void forwardEdges() {
    boolean[] forwards = findForwarders();
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      Edge[] edges = block.successors();
      boolean redirected = false;
      for (Edge edge : edges) {
        int hops = 0;
        while (hops++ < MAX_HOPS && forwards[edge.target.id] && forward(edge, edges.length == 1)) {
          redirected = true;
        }
      }
      Inst end = block.last;
      // Dead parameters may have been what told the ways of a branch apart.
      boolean oneWay = edges.length == 2 && edges[0].target == edges[1].target;
      if ((redirected || oneWay) && end != null) {
        changed |= simplifyTerminator(end) || redirected;
      }
    }
  }

  private boolean simplifyTerminator(Inst end) {
    Edge[] before = end.targets;
    boolean simpler = TerminatorAlgebra.simplify(end);
    if (simpler) {
      for (Edge edge : end.targets) {
        predCounts[edge.target.id]++;
      }
      for (Edge edge : before) {
        predCounts[edge.target.id]--;
      }
    }
    return simpler;
  }

  /**
   * The blocks, by id, that hold nothing but a jump, or a branch that an edge to them may decide,
   * whose parameters nobody else uses and that are neither headers nor preheaders of loops.
   */
  private boolean[] findForwarders() {
    boolean[] result = new boolean[function.blockCount()];
    boolean doubtful = false;
    for (int i = 1; i < flow.size(); i++) {
      Block block = flow.block(i);
      Inst end = block.last;
      if (end != null
          && block.first == end
          && (end.op == Opcode.JUMP || end.op == Opcode.BRANCH && isOwn(end.args[0], block))
          && !isHeader(i)
          && !isPreheader(i, end)) {
        result[block.id] = true;
        doubtful |= mayBeUsedElsewhere(block, i);
      }
    }
    if (doubtful) {
      excludeUsed(result);
    }
    return result;
  }

  /** Whether other blocks could use a parameter of {@code block}: only those that it dominates. */
  private boolean mayBeUsedElsewhere(Block block, int number) {
    return !block.params.isEmpty() && analyses.dominators().treeSize(number) > 1;
  }

  /** Excludes blocks of which others use a parameter. */
  private void excludeUsed(boolean[] forwards) {
    DominatorTree dominators = analyses.dominators();
    int end = 0;
    for (int position = 0; position < flow.size(); position++) {
      int number = dominators.preorder(position);
      Block block = flow.block(number);
      if (position < end) {
        for (Inst inst = block.first; inst != null; inst = inst.next) {
          excludeOwners(forwards, inst, inst.args);
          for (Edge edge : inst.targets) {
            excludeOwners(forwards, inst, edge.args);
          }
        }
      }
      if (forwards[block.id] && mayBeUsedElsewhere(block, number)) {
        end = Math.max(end, position + dominators.treeSize(number));
      }
    }
  }

  private boolean isHeader(int number) {
    int loop = loops.loopOf(number);
    return loop >= 0 && loops.header(loop) == number;
  }

  private boolean isPreheader(int number, Inst end) {
    int target = flow.number(end.targets[0].target);
    return end.op == Opcode.JUMP
        && isHeader(target)
        && !loops.contains(loops.loopOf(target), number);
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
  private boolean forward(Edge edge, boolean single) {
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
    predCounts[onward.target.id]++;
    predCounts[middle.id]--;
    edge.target = onward.target;
    edge.args = args;
    return true;
  }

  /**
   * The edge that {@code middle} leaves by when it is entered by {@code edge}, or null when that is
   * open.
   */
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
    return isOwn(value, middle) ? edge.args[(int) value.imm] : value;
  }

  private static boolean isOwn(Inst value, Block block) {
    return value.op == Opcode.PARAM && value.block == block;
  }

  /** Discounts the edges from blocks that all edges were forwarded past. */
  private void discountUnreachable() {
    for (int i = 1; i < flow.size(); i++) {
      Block block = flow.block(i);
      if (predCounts[block.id] == 0) {
        for (Edge edge : block.successors()) {
          predCounts[edge.target.id]--;
        }
      }
    }
  }

  private void mergeChains() {
    boolean[] merged = new boolean[function.blockCount()];
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      boolean reachable = i == 0 || predCounts[block.id] > 0;
      while (reachable && !merged[block.id]) {
        Inst end = block.last;
        if (end == null || end.op != Opcode.JUMP) {
          break;
        }
        Block next = end.targets[0].target;
        // A retreating edge alone means a loop that is unreachable now.
        if (flow.number(next) <= i || predCounts[next.id] != 1) {
          break;
        }
        merged[next.id] = true;
        append(block, end, end.targets[0]);
        changed = true;
      }
    }
  }

  private void append(Block block, Inst jump, Edge edge) {
    Block next = edge.target;
    for (int k = 0; k < edge.args.length; k++) {
      replacements.replace(next.params.get(k), edge.args[k]);
    }
    block.remove(jump);
    block.appendAll(next);
    next.params.clear();
    block.cold |= next.cold && block != function.entry();
  }
}
