package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends jumps to a block that is nothing but a switch on one of its parameters, with a constant for
 * that parameter, to where the switch will go. Go compiles the branches of a function to such
 * jumps, to a switch at its start that can also resume it anywhere. What stands between the
 * constants and the switch, in state machines, is copied first ({@link CopyJoins}).
 *
 * <p>The parameters of the switch's block, in which the blocks behind it found their values, no
 * longer dominate these: they get parameters of their own ({@link SwitchParams}).
 *
 * <p>Requires nothing. Invalidates the analyses when a jump was threaded; the loops of the source
 * appear then, as far as they are entered at one place only.
 */
public final class ThreadSwitches {
  /** Switches that are looked at in one function. */
  private static final int MOST_SWITCHES = 4;

  private final Analyses analyses;
  private final Function function;

  private ThreadSwitches(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
  }

  public static void run(Analyses analyses) {
    new ThreadSwitches(analyses).run();
  }

  private void run() {
    boolean threaded = false;
    CopyJoins joins = new CopyJoins(analyses);
    for (Inst end : candidates()) {
      // Those before may have made it unreachable.
      if (end.block != null && analyses.controlFlow().number(end.block) >= 0) {
        isolate(end);
        threaded |= joins.run(end.args[0]) | thread(end);
      }
    }
    if (threaded) {
      RemoveUnreachable.run(analyses);
      RemoveRedundantParams.run(analyses);
    }
  }

  private List<Inst> candidates() {
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
        || block.params.size() >= Long.SIZE
        || !own && (!alone || flow.block(flow.pred(flow.predStart(number))) != origin)) {
      return false;
    }
    int from = flow.number(origin);
    boolean decided = false;
    for (int i = flow.predStart(from); i < flow.predEnd(from); i++) {
      Inst value = flow.predEdge(i).args[(int) index.imm];
      decided |= value.op == Opcode.ICONST || CopyJoins.isJoin(value, flow.block(flow.pred(i)));
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
      Inst jump = function.newInst(Opcode.JUMP, Type.NONE);
      jump.loc = end.loc;
      jump.targets = new Edge[] {way};
      block.append(jump);
    }
    end.args = new Inst[] {alone.addParam(index.type)};
    way.args = Arrays.copyOf(way.args, way.args.length + 1);
    way.args[way.args.length - 1] = index;
    analyses.invalidate();
  }

  private boolean thread(Inst end) {
    Block block = end.block;
    ControlFlow flow = analyses.controlFlow();
    int number = block == null ? -1 : flow.number(block);
    if (block == null || number < 0) {
      return false;
    }
    int index = (int) end.args[0].imm;
    Inst[] @Nullable [] passed = new Inst[2 * function.blockCount()][];
    boolean any = false;
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      Inst from = flow.block(flow.pred(i)).last;
      if (from == null
          || from.targets.length > 2
          || from.op == Opcode.SWITCH
          || edge.args[index].op != Opcode.ICONST) {
        continue;
      }
      int way = from.targets[0] == edge ? 0 : 1;
      passed[2 * flow.block(flow.pred(i)).id + way] = edge.args;
      redirect(edge, block, taken(end, edge.args[index].imm));
      any = true;
    }
    if (any) {
      analyses.invalidate();
      new SwitchParams(analyses, block, block.params, passed).run();
    }
    return any;
  }

  private static Edge taken(Inst end, long index) {
    int last = end.targets.length - 1;
    long unsigned = index & 0xffff_ffffL;
    return end.targets[unsigned < last ? (int) unsigned : last];
  }

  /** Lets {@code edge}, which goes to {@code block}, go on by {@code next}. */
  private static void redirect(Edge edge, Block block, Edge next) {
    Inst[] args = next.args.length == 0 ? Edge.NO_ARGS : next.args.clone();
    for (int i = 0; i < args.length; i++) {
      if (args[i].op == Opcode.PARAM && args[i].block == block) {
        args[i] = edge.args[(int) args[i].imm];
      }
    }
    edge.target = next.target;
    edge.args = args;
  }
}
