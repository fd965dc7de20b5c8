package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Evaluator;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.SelectAlgebra;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The edges that decide the branch at the end of the block they lead to, but not all of the edges
 * to it do the same. They give it a constant, from which the condition can be computed, or what
 * they come from has been reached because of that condition, or one that it follows from.
 *
 * <p>That is true of each way that a function can take, so it stays true if what other edges lead
 * to is copied.
 */
final class DecidedBranches {
  /** An edge to {@code block}, which then goes on by its target number {@code way}. */
  record Decision(Edge edge, Block from, Block block, int way) {}

  /** Operations between a constant and the condition. */
  private static final int MAX_DEPTH = 3;

  private static final int UNKNOWN = -1;

  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final KnownConditions known;
  private final boolean[] isCandidate;
  private final List<Decision> found = new ArrayList<>();

  /** What {@link #evaluate} computed. */
  private long constant;

  private DecidedBranches(Analyses analyses, boolean[] isCandidate) {
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    known = new KnownConditions(analyses.function());
    this.isCandidate = isCandidate;
  }

  /**
   * The decisions for candidates.
   *
   * @param isCandidate by block number: whether its branch is to be looked at
   */
  static List<Decision> find(Analyses analyses, boolean[] isCandidate) {
    Questions questions = new Questions(analyses.function(), analyses.controlFlow());
    if (!questions.narrow(isCandidate)) {
      return List.of();
    }
    DecidedBranches search = new DecidedBranches(analyses, isCandidate);
    search.run();
    return search.found;
  }

  /**
   * How often values are asked for by branches and checks: most branches cannot be decided because
   * nobody else asks what they do, and it takes no dominators to see that.
   */
  private static final class Questions {
    private static final byte MANY = 2;

    private final ControlFlow flow;

    /** By instruction id, up to {@link #MANY}. */
    private final byte[] counts;

    Questions(Function function, ControlFlow flow) {
      this.flow = flow;
      counts = new byte[function.instCount()];
      for (int b = 0; b < flow.size(); b++) {
        Block block = flow.block(b);
        Inst end = block.last;
        if (end != null && end.op == Opcode.BRANCH) {
          count(end.args[0], KnownConditions.MAX_DEPTH);
        }
        for (Inst check = nextCheck(block, block.first); check != null; ) {
          count(check.args[0], KnownConditions.MAX_DEPTH);
          check = nextCheck(block, check.next);
        }
      }
    }

    /** Counts all that {@link KnownConditions} may learn from. */
    private void count(Inst condition, int depth) {
      Inst value = root(condition);
      if (counts[value.id] < MANY) {
        counts[value.id]++;
      }
      if (depth > 0 && (value.op == Opcode.AND || value.op == Opcode.OR)) {
        count(value.args[0], depth - 1);
        count(value.args[1], depth - 1);
      }
    }

    private static Inst root(Inst condition) {
      Inst value = condition;
      Inst tested = SelectAlgebra.tested(value);
      while (tested != value) {
        value = tested;
        tested = SelectAlgebra.tested(value);
      }
      return value;
    }

    /** Leaves those that might be decided; whether there are any. */
    boolean narrow(boolean[] isCandidate) {
      boolean any = false;
      for (int b = 0; b < isCandidate.length; b++) {
        if (isCandidate[b]) {
          Inst end = flow.block(b).last;
          isCandidate[b] = end != null && mayBeDecided(b, root(end.args[0]), MAX_DEPTH, MANY);
          any |= isCandidate[b];
        }
      }
      return any;
    }

    /**
     * @param least how often {@code value} must be asked for: twice, if the branch itself does
     */
    private boolean mayBeDecided(int number, Inst value, int depth, int least) {
      Block block = flow.block(number);
      if (value.block != block) {
        return value.op != Opcode.ICONST && counts[root(value).id] >= least;
      }
      if (value.op == Opcode.PARAM) {
        for (int k = flow.predStart(number); k < flow.predEnd(number); k++) {
          Inst given = flow.predEdge(k).args[(int) value.imm];
          if (given.op == Opcode.ICONST || counts[root(given).id] > 0) {
            return true;
          }
        }
        return false;
      }
      // What it is computed from, and constants alone.
      for (Inst arg : value.args) {
        if (depth > 0 && arg.op != Opcode.ICONST && mayBeDecided(number, arg, depth - 1, 1)) {
          return true;
        }
      }
      return false;
    }
  }

  /** The first instruction from {@code from} on that traps if a condition holds. */
  private static @Nullable Inst nextCheck(Block block, @Nullable Inst from) {
    if (block.hasChecks()) {
      for (Inst inst = from; inst != null; inst = inst.next) {
        if (inst.op == Opcode.TRAP_IF || inst.op == Opcode.TRAP_UNLESS) {
          return inst;
        }
      }
    }
    return null;
  }

  /**
   * Whether block {@code number} ends with a branch, is no loop's header, and has several ways in.
   */
  static boolean mayBeDecided(ControlFlow flow, LoopForest loops, int number) {
    Inst end = flow.block(number).last;
    int loop = loops.loopOf(number);
    return end != null
        && end.op == Opcode.BRANCH
        && flow.predCount(number) > 1
        && (loop < 0 || loops.header(loop) != number);
  }

  private void run() {
    // By depth in the tree, how much was known when the block of that depth on the current path
    // began.
    int[] sizes = new int[flow.size() + 1];
    for (int i = 0; i < flow.size(); i++) {
      int number = dominators.preorder(i);
      int depth = dominators.depth(number);
      known.truncate(sizes[depth]);
      Block block = flow.block(number);
      known.learnFromBranch(flow, number);
      for (Inst check = nextCheck(block, block.first); check != null; ) {
        known.learn(check.args[0], check.op == Opcode.TRAP_UNLESS);
        check = nextCheck(block, check.next);
      }
      sizes[depth + 1] = known.size();
      leave(block);
    }
  }

  private void leave(Block block) {
    Edge[] edges = block.successors();
    for (int i = 0; i < edges.length; i++) {
      Edge edge = edges[i];
      Inst end = isCandidate[flow.number(edge.target)] ? edge.target.last : null;
      if (end != null) {
        int before = known.size();
        known.learnFromEdge(block, i);
        int way = way(end.args[0], edge);
        if (way != UNKNOWN) {
          found.add(new Decision(edge, block, edge.target, way));
        }
        known.truncate(before);
      }
    }
  }

  private int way(Inst condition, Edge edge) {
    Inst value = given(condition, edge);
    if (known.isKnown(value)) {
      return known.isNotZero(value) ? 0 : 1;
    }
    Inst tested = SelectAlgebra.tested(value);
    if (tested != value) {
      int way = way(tested, edge);
      return way == UNKNOWN ? UNKNOWN : SelectAlgebra.isInverted(value) ? 1 - way : way;
    }
    if (evaluate(condition, edge, MAX_DEPTH)) {
      return constant != 0 ? 0 : 1;
    }
    return UNKNOWN;
  }

  /** What {@code value} of the block that {@code edge} leads to is when that is entered by it. */
  private static Inst given(Inst value, Edge edge) {
    boolean isParam = value.op == Opcode.PARAM && value.block == edge.target;
    return isParam ? edge.args[(int) value.imm] : value;
  }

  /** Whether {@code value} is a constant if its block is entered by {@code edge}. */
  private boolean evaluate(Inst value, Edge edge, int depth) {
    Inst given = given(value, edge);
    if (given.op == Opcode.ICONST) {
      constant = given.imm;
      return true;
    }
    if (known.isKnown(given) && !known.isNotZero(given)) {
      constant = 0;
      return true;
    }
    if (depth == 0
        || given.block != edge.target
        || !given.type.isInt()
        || !given.op.isPure()
        || !Evaluator.canEval(given.op)) {
      return false;
    }
    Inst a = given.args[0];
    if (!a.type.isInt() || !evaluate(a, edge, depth - 1)) {
      return false;
    }
    long first = constant;
    if (given.args.length > 1 && !evaluate(given.args[1], edge, depth - 1)) {
      return false;
    }
    constant = Evaluator.eval(given.op, given.type, a.type, first, constant);
    return true;
  }
}
