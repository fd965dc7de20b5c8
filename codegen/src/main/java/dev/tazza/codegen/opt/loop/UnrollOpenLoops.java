package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Repeats the block of a short loop that has only one, with its test, where the number of rounds is
 * not known. No test is saved, but the processor guesses better where the loop ends when there are
 * several places to end at, and what one round hands to the next need not be moved. Only for loops
 * in loops, without calls.
 *
 * <p>All copies leave the loop to a new block, which has a parameter for each value of the loop
 * that is used behind it.
 *
 * <p>Requires nothing. Preserves all analyses if nothing is unrolled, otherwise invalidates them.
 */
public final class UnrollOpenLoops {
  /** The most instructions of a loop that is repeated. */
  private static final int MOST_INSTRUCTIONS = 12;

  private static final int ROUNDS = 4;

  private final Function function;

  /** The loops to be repeated. */
  private final List<Block> blocks;

  /** By block id: whether it is one of them. */
  private final boolean[] isChosen;

  /** By instruction id: whether it is a value of such a loop that is used behind it. */
  private final boolean[] leaves;

  /** The operands and arguments with such values, and the blocks in which they stand. */
  private final List<Inst[]> usesBehind = new ArrayList<>();

  private final List<Block> usersBehind = new ArrayList<>();

  /** By instruction id: what such a value is behind its loop. */
  private final @Nullable Inst[] behind;

  /** By instruction id: what a value of the block in work is in the round in work. */
  private final Inst[] copies;

  private UnrollOpenLoops(Function function, List<Block> blocks) {
    this.function = function;
    this.blocks = blocks;
    isChosen = new boolean[function.blockCount()];
    leaves = new boolean[function.instCount()];
    behind = new Inst[function.instCount()];
    copies = new Inst[function.instCount()];
  }

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    List<Block> blocks = new ArrayList<>();
    for (int loop = 0; loop < loops.count(); loop++) {
      Block block = flow.block(loops.header(loop));
      if (loops.depth(loop) > 1 && isShortLoop(block)) {
        blocks.add(block);
      }
    }
    if (!blocks.isEmpty()) {
      new UnrollOpenLoops(analyses.function(), blocks).repeatAll(analyses);
      analyses.invalidate();
    }
  }

  private static boolean isShortLoop(Block block) {
    Inst end = block.last;
    boolean isLoop =
        end != null
            && end.op == Opcode.BRANCH
            && (end.targets[0].target == block) != (end.targets[1].target == block);
    if (!isLoop || block.cold) {
      return false;
    }
    int size = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      size += UnrollLoops.isFree(inst) ? 0 : 1;
      if (inst.op.isCall() || size > MOST_INSTRUCTIONS) {
        return false;
      }
    }
    return true;
  }

  private void repeatAll(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    for (Block block : blocks) {
      isChosen[block.id] = true;
    }
    for (int i = 0; i < flow.size(); i++) {
      if (analyses.loops().mayUseLoopValues(i)) {
        findLeaving(flow.block(i));
      }
    }
    for (Block block : blocks) {
      leaveTogether(block);
    }
    for (int i = 0; i < usesBehind.size(); i++) {
      useBehind(usesBehind.get(i), usersBehind.get(i));
    }
    for (Block block : blocks) {
      repeat(block);
    }
  }

  // The way out.

  private void findLeaving(Block user) {
    for (Inst inst = user.first; inst != null; inst = inst.next) {
      if (markLeaving(inst.args, user)) {
        addUse(inst.args, user);
      }
      for (Edge edge : inst.targets) {
        if (markLeaving(edge.args, edge.target == user ? user : null)) {
          addUse(edge.args, user);
        }
      }
    }
  }

  /**
   * {@code args} are used in {@code user}; null: behind whatever loop they are from. Tells whether
   * any is from a chosen loop that it is used behind.
   */
  private boolean markLeaving(Inst[] args, @Nullable Block user) {
    boolean any = false;
    for (Inst arg : args) {
      Block home = arg.block;
      if (home != null && home != user && isChosen[home.id]) {
        leaves[arg.id] = true;
        any = true;
      }
    }
    return any;
  }

  private void addUse(Inst[] args, Block user) {
    usesBehind.add(args);
    usersBehind.add(user);
  }

  /** Puts a block with parameters on the way out of the loop. */
  private void leaveTogether(Block block) {
    List<Inst> passed = new ArrayList<>();
    Block exit = function.newBlock();
    for (Inst param : block.params) {
      leave(param, exit, passed);
    }
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      leave(inst, exit, passed);
    }
    Inst end = end(block);
    Edge out = end.targets[1 - back(block)];
    Inst jump = function.newInst(Opcode.JUMP, Type.NONE);
    jump.loc = end.loc;
    jump.targets = new Edge[] {new Edge(out.target, out.args)};
    useBehind(out.args, null);
    exit.append(jump);
    out.target = exit;
    out.args = passed.toArray(Inst[]::new);
  }

  private void leave(Inst value, Block exit, List<Inst> passed) {
    if (leaves[value.id]) {
      passed.add(value);
      behind[value.id] = exit.addParam(value.type);
    }
  }

  private void useBehind(Inst[] args, @Nullable Block user) {
    for (int i = 0; i < args.length; i++) {
      Inst value = args[i].id < behind.length ? behind[args[i].id] : null;
      if (value != null && args[i].block != user) {
        args[i] = value;
      }
    }
  }

  private static Inst end(Block block) {
    Inst end = block.last;
    if (end == null) {
      throw new IllegalStateException(block + " has no end");
    }
    return end;
  }

  /** The number of the edge from the end of a loop to its start. */
  private static int back(Block block) {
    return end(block).targets[0].target == block ? 0 : 1;
  }

  // The copies.

  private void repeat(Block block) {
    Inst end = end(block);
    int back = back(block);
    Inst[] next = end.targets[back].args;
    Inst[] passed = next;
    Edge toNext = end.targets[back];
    for (int k = 1; k < ROUNDS; k++) {
      for (int i = 0; i < passed.length; i++) {
        copies[block.params.get(i).id] = passed[i];
      }
      Block round = function.newBlock();
      toNext.target = round;
      toNext.args = Edge.NO_ARGS;
      for (Inst inst = block.first; inst != null && inst != end; inst = inst.next) {
        if (inst.op != Opcode.POLL) { // one in all rounds is enough
          copies[inst.id] = copy(inst);
          round.append(copies[inst.id]);
        }
      }
      Inst branch = copy(end);
      Edge out = end.targets[1 - back];
      passed = copies(next, block);
      toNext = new Edge(block, passed);
      branch.targets = new Edge[2];
      branch.targets[back] = toNext;
      branch.targets[1 - back] = new Edge(out.target, copies(out.args, block));
      round.append(branch);
    }
  }

  private Inst copy(Inst inst) {
    return function.newCopy(inst, copies(inst.args, inst.block));
  }

  private Inst[] copies(Inst[] values, @Nullable Block block) {
    Inst[] result = new Inst[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i].block == block ? copies[values[i].id] : values[i];
    }
    return result;
  }
}
