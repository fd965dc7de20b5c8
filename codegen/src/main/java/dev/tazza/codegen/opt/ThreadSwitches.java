package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends jumps to a block that is nothing but a switch on one of its parameters, with a constant for
 * that parameter, to where the switch will go. Go compiles the branches of a function to such
 * jumps, to a switch at its start that can also resume it anywhere.
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
    for (Block block : candidates()) {
      threaded |= thread(block);
    }
    if (threaded) {
      RemoveUnreachable.run(analyses);
      RemoveRedundantParams.run(analyses);
    }
  }

  private List<Block> candidates() {
    List<Block> found = new ArrayList<>();
    ControlFlow flow = analyses.controlFlow();
    for (int b = 1; b < flow.size() && found.size() < MOST_SWITCHES; b++) {
      Block block = flow.block(b);
      Inst end = block.first;
      if (end != null
          && end.op == Opcode.SWITCH
          && end.args[0].block == block
          && block.params.size() <= Long.SIZE
          && flow.predCount(b) > 1) {
        found.add(block);
      }
    }
    return found;
  }

  private boolean thread(Block block) {
    Inst end = block.last;
    ControlFlow flow = analyses.controlFlow();
    int number = flow.number(block);
    if (end == null || number < 0) {
      return false;
    }
    int index = (int) end.args[0].imm;
    Inst[] @Nullable [] passed = new Inst[2 * function.blockCount()][];
    boolean any = false;
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      Inst from = flow.block(flow.pred(i)).last;
      if (from == null || from.op == Opcode.SWITCH || edge.args[index].op != Opcode.ICONST) {
        continue;
      }
      int way = from.targets[0] == edge ? 0 : 1;
      passed[2 * flow.block(flow.pred(i)).id + way] = edge.args;
      redirect(edge, block, taken(end, edge.args[index].imm));
      any = true;
    }
    if (any) {
      analyses.invalidate();
      new SwitchParams(analyses, block, passed).run();
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
