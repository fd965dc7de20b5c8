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
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.SsaUpdater;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Jump threading: an edge that decides the branch or the switch at the end of the block it leads to
 * goes where that will go. What stands in front of the branch is copied, if it is little; what it
 * defines has several definitions then, of which {@link SsaUpdater} makes SSA form.
 *
 * <p>Branches are decided by constants, or because the same was asked before ({@link
 * DecidedBranches}). All edges of a block that decide it alike share a copy. The headers of loops
 * stay: a copy would be a second way into the loop, which no pass would know as one any more.
 *
 * <p>Not so those with switches. Go compiles the branches of a function to jumps to a switch at its
 * start that can also resume it anywhere. State machines set a state, get the next character and
 * then ask for the state: what stands between the constants and the switch is copied, a copy for
 * each constant, and the loop of the machine becomes a loop for each state. Each block on the way
 * to the switch gets a copy for each constant that comes in, and the switch one for each jump to
 * it, which is a jump itself.
 *
 * <p>F. Mueller and D. Whalley, "Avoiding conditional branches by code replication" (1995); {@code
 * JumpThreading} of LLVM.
 *
 * <p>Requires nothing. Invalidates the analyses when a jump was threaded; the loops of the source
 * appear then, as far as they are entered at one place only.
 */
public final class ThreadJumps {
  /** Switches that are looked at in one function. */
  private static final int MOST_SWITCHES = 4;

  /** Blocks that are copied for one switch, beside its own. */
  private static final int MOST_JOINS = 4;

  /** Instructions in all copies of one block. */
  private static final int MOST_COPIED = 48;

  /** The number of copies of a switch: each is a jump, and each jump to the switch gets its own. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  /** Values of a block that is copied. */
  private static final int MOST_VALUES = 64;

  /** Instructions in front of a branch that is copied. */
  private static final int MOST_BEFORE_BRANCH = 8;

  /** Parameters of its block. */
  private static final int MOST_BRANCH_PARAMS = 16;

  /**
   * What branches may add to a function: so many instructions, and one part in {@link #GROWTH_PART}
   * of its own.
   */
  private static final int MAX_GROWTH = 64;

  private static final int GROWTH_PART = 16;

  /** A copy of a block for a constant. */
  private record Copy(long constant, Block block) {}

  private final Analyses analyses;
  private final Function function;
  private final BlockCloner cloner;

  /** Whether there are copies of blocks with branches. */
  private boolean copied;

  /**
   * By id of a block that was there before: whether one that gets copies dominated it. Others use
   * nothing that these define.
   */
  private boolean[] dominated = {};

  /** The copies of the block in work. */
  private final List<Copy> made = new ArrayList<>();

  private ThreadJumps(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    cloner = new BlockCloner(function);
  }

  public static void run(Analyses analyses) {
    new ThreadJumps(analyses).run();
  }

  private void run() {
    boolean anywhere = threadSwitches();
    boolean threaded = threadBranches();
    if (anywhere || threaded) {
      RemoveUnreachable.run(analyses);
    }
    if (anywhere) {
      RemoveRedundantParams.run(analyses);
    } else if (copied) {
      RemoveRedundantParams.run(analyses, dominated);
    }
  }

  // Switches.

  private boolean threadSwitches() {
    boolean threaded = false;
    for (Inst end : switches()) {
      // Those before may have made it unreachable.
      if (end.block != null && analyses.controlFlow().number(end.block) >= 0) {
        isolate(end);
        threaded |= thread(end.args[0]);
      }
    }
    return threaded;
  }

  private List<Inst> switches() {
    List<Inst> found = new ArrayList<>();
    ControlFlow flow = analyses.controlFlow();
    for (int b = 1; b < flow.size() && found.size() < MOST_SWITCHES; b++) {
      Inst end = flow.block(b).last;
      if (end != null && end.op == Opcode.SWITCH && isDecidedBefore(flow.block(b), end)) {
        found.add(end);
      }
    }
    return found;
  }

  /**
   * Whether a switch is on a parameter, of its block or of the one block that leads to it alone,
   * that may be a constant.
   */
  private boolean isDecidedBefore(Block block, Inst end) {
    ControlFlow flow = analyses.controlFlow();
    Inst index = end.args[0];
    Block origin = index.block;
    int number = flow.number(block);
    boolean own = origin == block;
    boolean alone = flow.predCount(number) == 1 && block.first == end;
    if (index.op != Opcode.PARAM
        || origin == null
        || block.params.size() >= MOST_VALUES
        || !own && (!alone || flow.block(flow.pred(flow.predStart(number))) != origin)) {
      return false;
    }
    int from = flow.number(origin);
    boolean decided = false;
    for (int i = flow.predStart(from); i < flow.predEnd(from); i++) {
      Inst value = flow.predEdge(i).args[(int) index.imm];
      decided |= value.op == Opcode.ICONST || isJoin(value, flow.block(flow.pred(i)));
    }
    return decided;
  }

  /** Makes the block of a switch one that is nothing but that, on a parameter of its own. */
  private void isolate(Inst end) {
    Block block = end.block;
    Inst index = end.args[0];
    if (block == null || block.first == end && index.block == block) {
      return;
    }
    Block alone = block;
    Edge way;
    if (block.first == end) {
      ControlFlow flow = analyses.controlFlow();
      way = flow.predEdge(flow.predStart(flow.number(block)));
    } else {
      alone = function.newBlock();
      alone.cold = block.cold;
      block.remove(end);
      alone.append(end);
      way = new Edge(alone);
      block.jump(way, end.loc);
    }
    end.args = new Inst[] {alone.addParam(index.type)};
    way.args = Arrays.copyOf(way.args, way.args.length + 1);
    way.args[way.args.length - 1] = index;
    analyses.invalidate();
  }

  /** Does so for the switch on {@code index}, its block's parameter. */
  private boolean thread(Inst index) {
    List<Inst> joins = joins(index);
    boolean threaded = false;
    // Farther ones first: what they know is then known on the edges to those behind them.
    for (int i = joins.size() - 1; i >= 0; i--) {
      Block block = joins.get(i).block;
      threaded |= block != null && copy(block, (int) joins.get(i).imm);
    }
    return threaded;
  }

  /** {@code index} and the parameters that become it, nearer ones first. */
  private List<Inst> joins(Inst index) {
    ControlFlow flow = analyses.controlFlow();
    List<Inst> found = new ArrayList<>();
    found.add(index);
    for (int i = 0; i < found.size(); i++) {
      Inst param = found.get(i);
      int number = param.block == null ? -1 : flow.number(param.block);
      if (number < 0) {
        continue;
      }
      for (int k = flow.predStart(number); k < flow.predEnd(number); k++) {
        Inst value = flow.predEdge(k).args[(int) param.imm];
        if (isJoin(value, flow.block(flow.pred(k)))
            && flow.pred(k) > 0
            && found.size() <= MOST_JOINS
            && !found.contains(value)) {
          found.add(value);
        }
      }
    }
    return found;
  }

  /** Whether {@code block} passes on a parameter that it was given. */
  private static boolean isJoin(Inst value, Block block) {
    return value.op == Opcode.PARAM && value.block == block;
  }

  /** Copies {@code block} for each constant that it is given for parameter {@code index}. */
  private boolean copy(Block block, int index) {
    ControlFlow flow = analyses.controlFlow();
    int number = flow.number(block);
    int most = mostCopies(block);
    if (number < 0 || most == 0) {
      return false;
    }
    SsaUpdater updater = new SsaUpdater(function, false);
    boolean changed = false;
    made.clear();
    for (int k = flow.predStart(number); k < flow.predEnd(number); k++) {
      Edge edge = flow.predEdge(k);
      Inst value = edge.args[index];
      if (value.op == Opcode.ICONST) {
        Block copy = most == UNLIMITED ? null : find(value.imm);
        if (copy == null && made.size() < most) {
          copy = copy(block, index, value, updater);
          made.add(new Copy(value.imm, copy));
        }
        edge.target = copy == null ? block : copy;
        changed |= copy != null;
      }
    }
    if (changed) {
      analyses.invalidate();
      updater.run(analyses);
    }
    return changed;
  }

  private @Nullable Block find(long constant) {
    for (Copy copy : made) {
      if (copy.constant == constant) {
        return copy.block;
      }
    }
    return null;
  }

  /** How many copies of a block may be made; 0: it is not to be copied. */
  private static int mostCopies(Block block) {
    Inst end = block.last;
    // Where a call goes on, nobody else does.
    if (end == null || end.op.isCall()) {
      return 0;
    }
    if (end.op == Opcode.SWITCH && block.first == end) {
      return UNLIMITED;
    }
    int size = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      size++;
    }
    boolean isShort = block.params.size() + size <= MOST_VALUES && end.targets.length <= 2;
    return isShort ? MOST_COPIED / size : 0;
  }

  /** A copy that has a constant in place of parameter {@code index}. */
  private Block copy(Block block, int index, Inst constant, SsaUpdater updater) {
    Block copy = function.newBlock();
    copy.cold = block.cold;
    cloner.clear();
    cloner.copyParams(block, copy);
    Inst known = function.newCopy(constant);
    copy.append(known);
    cloner.put(block.params.get(index), known);
    cloner.copyBody(block, copy);
    Inst end = block.last;
    if (end != null && end.op == Opcode.SWITCH) {
      copy.jump(cloner.of(taken(end, constant.imm)), end.loc);
    } else if (end != null) {
      copy.append(cloner.copyEnd(end));
    }
    define(block, copy, updater);
    return copy;
  }

  private static Edge taken(Inst end, long index) {
    int last = end.targets.length - 1;
    long unsigned = index & 0xffff_ffffL;
    return end.targets[unsigned < last ? (int) unsigned : last];
  }

  // Branches.

  private boolean threadBranches() {
    boolean[] isCandidate = branchCandidates();
    if (isCandidate == null) {
      return false;
    }
    List<DecidedBranches.Decision> decisions = DecidedBranches.find(analyses, isCandidate);
    if (decisions.isEmpty()) {
      return false;
    }
    Block[] copies = new Block[2 * function.blockCount()];
    int budget = MAX_GROWTH + function.instCount() / GROWTH_PART;
    SsaUpdater updater = new SsaUpdater(function, false);
    boolean changed = false;
    findDominated(decisions);
    for (DecidedBranches.Decision decision : decisions) {
      Block block = decision.block();
      Inst end = block.last;
      int place = 2 * block.id + decision.way();
      int size = size(block);
      if (size == 0 && block.params.isEmpty() && end != null) {
        // It defines nothing that anybody could miss.
        Edge taken = end.targets[decision.way()];
        decision.edge().target = taken.target;
        decision.edge().args = taken.args.clone();
        changed = true;
        continue;
      }
      // What is nothing but a branch becomes a jump, which costs nothing.
      Block copy = size == 0 ? null : copies[place];
      if (copy == null) {
        if (size > 0 && (decision.from().cold || size > budget)) {
          continue;
        }
        budget -= size;
        copy = copy(block, decision.way(), updater);
        copies[place] = copy;
      }
      decision.edge().target = copy;
      changed = true;
      copied = true;
    }
    if (changed) {
      analyses.invalidate();
      updater.run(analyses, dominated);
    }
    return changed;
  }

  private void findDominated(List<DecidedBranches.Decision> decisions) {
    ControlFlow flow = analyses.controlFlow();
    DominatorTree dominators = analyses.dominators();
    boolean[] decided = new boolean[flow.size()];
    for (DecidedBranches.Decision decision : decisions) {
      Block block = decision.block();
      decided[flow.number(block)] = block.first != block.last || !block.params.isEmpty();
    }
    dominated = new boolean[function.blockCount()];
    int end = 0;
    for (int i = 0; i < flow.size(); i++) {
      int number = dominators.preorder(i);
      end = decided[number] ? Math.max(end, i + dominators.treeSize(number)) : end;
      dominated[flow.block(number).id] = i < end;
    }
  }

  /** By block number: whether its branch is looked at; null if there is none to look at. */
  private boolean @Nullable [] branchCandidates() {
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    boolean[] found = new boolean[flow.size()];
    boolean any = false;
    for (int b = 1; b < flow.size(); b++) {
      Block block = flow.block(b);
      found[b] =
          DecidedBranches.mayBeDecided(flow, loops, b)
              && block.params.size() <= MOST_BRANCH_PARAMS
              && isShort(block);
      any |= found[b];
    }
    return any ? found : null;
  }

  private static boolean isShort(Block block) {
    Inst inst = block.first;
    for (int size = 0; size <= MOST_BEFORE_BRANCH && inst != null; size++) {
      if (inst == block.last) {
        return true;
      }
      inst = inst.next;
    }
    return false;
  }

  /** The number of instructions in front of the last one. */
  private static int size(Block block) {
    int size = 0;
    for (Inst inst = block.first; inst != null && inst != block.last; inst = inst.next) {
      size++;
    }
    return size;
  }

  /** A copy that goes on by target number {@code way} of the branch at its end. */
  private Block copy(Block block, int way, SsaUpdater updater) {
    Block copy = function.newBlock();
    copy.cold = block.cold;
    cloner.clear();
    cloner.copyParams(block, copy);
    cloner.copyBody(block, copy);
    Inst end = block.last;
    if (end != null) {
      copy.jump(cloner.of(end.targets[way]), end.loc);
    }
    define(block, copy, updater);
    return copy;
  }

  /** What {@code block} defines is defined in {@code copy} as well. */
  private void define(Block block, Block copy, SsaUpdater updater) {
    for (Inst param : block.params) {
      updater.define(param, copy, cloner.of(param));
    }
    for (Inst inst = block.first; inst != null && inst != block.last; inst = inst.next) {
      updater.define(inst, copy, cloner.of(inst));
    }
  }
}
