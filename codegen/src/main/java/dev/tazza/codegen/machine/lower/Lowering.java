package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LabelPositions;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.InstSet;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Instruction selection: the blocks in post order, each from its end to its start, so that every
 * use comes before its definition. What each instruction becomes is up to the target's {@link
 * Selector}; this class does blocks and edges.
 *
 * @param <I> the target's instructions
 */
public final class Lowering<I> {
  private static final int[] NONE = {};

  /** By number of edges: no arguments on any. */
  private static final int[][][] NO_ARGUMENTS = {{}, {NONE}, {NONE, NONE}};

  private final Function function;
  private final Analyses analyses;
  private final ControlFlow flow;
  private final LoopForest loops;
  private final InstSet<I> insts;
  private final MachineBuffer<I> buffer;
  private final Selection<I> selection;
  private final Selector selector;
  private final BlockOrder order;

  /** By block id: the groups that it became. */
  private final int[] groupsFrom;

  private final int[] groupsTo;

  /** By block id: what debuggers are told in it. */
  private final int[] labelsFrom;

  private final int[] labelsTo;

  /** By block id; null for a block without arguments. */
  private final int[] @Nullable [] arguments;

  /** By position in the order: whether it is a landing pad. */
  private final boolean[] isPad;

  /** The last block in dominator order that comes before every call with pads, or -1. */
  private int beforePads = -1;

  /** The function's context, which landing pads begin with, or -1. */
  private int context = -1;

  private Lowering(
      Function function, Analyses analyses, Settings settings, LoweringTarget<I> target) {
    this.function = function;
    this.analyses = analyses;
    flow = analyses.controlFlow();
    loops = analyses.loops();
    insts = target.insts();
    buffer = new MachineBuffer<>(insts);
    selection = new Selection<>(function, analyses, settings, buffer, target.lowBits());
    selector = target.selector(selection);
    order = new BlockOrder(function, analyses);
    groupsFrom = new int[function.blockCount()];
    groupsTo = new int[function.blockCount()];
    labelsFrom = new int[function.blockCount()];
    labelsTo = new int[function.blockCount()];
    arguments = new int[function.blockCount()][];
    isPad = new boolean[order.count()];
  }

  public static <I> VCode<I> lower(
      Function function, Analyses analyses, Settings settings, LoweringTarget<I> target) {
    return new Lowering<>(function, analyses, settings, target).run();
  }

  private VCode<I> run() {
    for (int number = flow.size() - 1; number >= 0; number--) {
      block(flow.block(number));
    }
    buffer.reserve(order.count());
    for (int i = 0; i < order.count(); i++) {
      Block block = order.block(i);
      if (block == null) {
        edgeBlock(i);
      } else {
        copy(block);
      }
    }
    addPreds();
    buffer.code.beforePads = beforePads();
    LabelPositions labels = function.labels;
    if (labels != null) {
      InlineSites sites = function.inlineSites;
      buffer.code.labels.scope =
          (label, position) ->
              position < 0
                  || labels.holds(label.variable(), label.position(), sites.outermost(position));
    }
    return buffer.code;
  }

  // Selection, backwards.

  private void block(Block block) {
    groupsFrom[block.id] = buffer.groupCount();
    labelsFrom[block.id] = buffer.labelCount();
    selection.enter(block);
    for (Inst inst = block.last; inst != null; inst = inst.prev) {
      selection.step(inst);
      if (inst.op == Opcode.LABEL) {
        buffer.label(inst);
      } else if (inst.op.isTerminator()) {
        buffer.startGroup(inst.loc);
        terminator(block, inst);
        buffer.endGroup();
      } else if (selection.isNeeded(inst)) {
        buffer.startGroup(inst.loc);
        selector.select(inst);
        buffer.endGroup();
      }
    }
    Inst first = block.first;
    if (first != null && first.op == Opcode.RESULT) {
      buffer.startGroup(first.loc);
      selector.results(first.args[0]);
      buffer.endGroup();
    }
    if (block == function.entry()) {
      buffer.startGroup(firstLoc(block));
      selector.parameters(function);
      buffer.endGroup();
    }
    groupsTo[block.id] = buffer.groupCount();
    labelsTo[block.id] = buffer.labelCount();
  }

  /** The position of the function's beginning, which is its own, whatever was inlined there. */
  private int firstLoc(Block block) {
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      if (inst.loc >= 0) {
        return function.inlineSites.outermost(inst.loc);
      }
    }
    return -1;
  }

  private void terminator(Block block, Inst inst) {
    switch (inst.op) {
      case JUMP -> {
        buffer.add(insts.jump());
        arguments[block.id] = arguments(inst.targets[0]);
      }
      case BRANCH -> selector.branch(inst);
      case TRY_CALL, TRY_CALL_INDIRECT, TRY_CALL_REF, TRY_CALL_BY_JUMP -> tryCall(block, inst);
      case RETURN_CALL, RETURN_CALL_REF -> selector.tailCall(inst);
      case SWITCH -> switchTable(block, inst);
      case RETURN -> selector.ret(inst, function.signature);
      case TRAP -> selector.trap(inst);
      case THROW -> selector.raise(inst);
      default -> throw new IllegalArgumentException("no terminator: " + inst.op);
    }
  }

  private void tryCall(Block block, Inst inst) {
    List<Inst> params = function.entry().params;
    if (!params.isEmpty() && params.get(0).type == Type.I64) {
      context = selection.reg(params.get(0));
    }
    int[] successors = order.successors(block);
    for (int i = 1; i < successors.length; i++) {
      isPad[successors[i]] = true;
    }
    selector.tryCall(inst);
    int number = flow.number(block);
    beforePads = beforePads < 0 ? number : analyses.dominators().commonAncestor(beforePads, number);
  }

  private int[] beforePads() {
    if (beforePads < 0) {
      return NONE;
    }
    DominatorTree dominators = analyses.dominators();
    int[] blocks = new int[dominators.depth(beforePads) + 1];
    int count = 0;
    for (int at = beforePads; at > 0; at = dominators.idom(at)) {
      if (loops.depthOf(flow.block(at)) == 0) {
        blocks[count++] = order.indexOf(flow.block(at));
      }
    }
    return Arrays.copyOf(blocks, count + 1);
  }

  /**
   * Those of a jump, null if there are none. A block with one predecessor has its arguments in
   * place of its parameters.
   */
  private int @Nullable [] arguments(Edge edge) {
    if (edge.args.length == 0 || !selection.hasSeveralPreds(edge.target)) {
      return null;
    }
    int[] vregs = new int[edge.args.length];
    for (int i = 0; i < vregs.length; i++) {
      vregs[i] = selection.reg(edge.args[i]);
    }
    return vregs;
  }

  private void switchTable(Block block, Inst inst) {
    int[] targets = order.successors(block).clone();
    int[] distinct = distinct(targets);
    for (int i = 0; i < targets.length; i++) {
      targets[i] = indexOf(distinct, targets[i]);
    }
    selector.switchTable(inst, targets);
  }

  private static int[] distinct(int[] values) {
    int[] sorted = values.clone();
    Arrays.sort(sorted);
    int count = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[count++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, count);
  }

  private static int indexOf(int[] sorted, int value) {
    return Arrays.binarySearch(sorted, value);
  }

  // The code, forwards.

  private void copy(Block block) {
    VBlock target = buffer.code.newBlock();
    target.from = buffer.code.instCount();
    startPad(target);
    buffer.copy(
        groupsFrom[block.id],
        groupsTo[block.id],
        labelsFrom[block.id],
        labelsTo[block.id],
        selection::label);
    target.to = buffer.code.instCount();
    target.cold = block.cold;
    target.loopDepth = loops.depthOf(block);
    int[] successors = order.successors(block);
    boolean isSwitch = block.last != null && block.last.op == Opcode.SWITCH;
    target.succs = isSwitch ? distinct(successors) : successors;
    if (block.last != null && block.last.op.isTryCall()) {
      target.tags = block.last.tags();
    }
    int[] args = arguments[block.id];
    target.args = args == null ? noArguments(target.succs.length) : new int[][] {args};
    if (block != function.entry() && selection.hasSeveralPreds(block)) {
      int[] params = new int[block.params.size()];
      for (int i = 0; i < params.length; i++) {
        params[i] = selection.def(block.params.get(i));
      }
      target.params = params;
    }
  }

  private void startPad(VBlock block) {
    block.pad = isPad[buffer.code.blockCount() - 1];
    if (block.pad) {
      insts.append(buffer.code, insts.landing(context), -1);
    }
  }

  private static int[][] noArguments(int edges) {
    if (edges < NO_ARGUMENTS.length) {
      return NO_ARGUMENTS[edges];
    }
    int[][] args = new int[edges][];
    Arrays.fill(args, NONE);
    return args;
  }

  private void edgeBlock(int index) {
    VBlock block = buffer.code.newBlock();
    block.from = buffer.code.instCount();
    startPad(block);
    insts.append(buffer.code, insts.jump(), -1);
    block.to = buffer.code.instCount();
    block.succs = new int[] {order.edgeTarget(index)};
    block.args = noArguments(1);
  }

  private void addPreds() {
    VCode<I> code = buffer.code;
    int[] counts = new int[code.blockCount()];
    for (int i = 0; i < code.blockCount(); i++) {
      for (int succ : code.block(i).succs) {
        counts[succ]++;
      }
    }
    for (int i = 0; i < code.blockCount(); i++) {
      code.block(i).preds = new int[counts[i]];
    }
    for (int i = code.blockCount() - 1; i >= 0; i--) {
      for (int succ : code.block(i).succs) {
        code.block(succ).preds[--counts[succ]] = i;
      }
    }
    for (int i = 0; i < code.blockCount(); i++) {
      VBlock block = code.block(i);
      if (order.block(i) == null) {
        VBlock from = code.block(block.preds[0]);
        VBlock to = code.block(block.succs[0]);
        block.loopDepth = Math.min(from.loopDepth, to.loopDepth);
        block.cold = from.cold || to.cold;
      }
    }
  }
}
