package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Code sinking for exceptions, which are seldom thrown: what landing pads need takes a store to the
 * frame where it is defined, on ways that need neither.
 *
 * <ul>
 *   <li>Fields of the context that never change are loaded again where control has come from a pad.
 *   <li>Other fields that only pads need, such as the stack pointer that they set back, are loaded
 *       in front of the calls: who returns early loads and stores nothing.
 * </ul>
 *
 * <p>Requires that all blocks are reachable. Preserves all analyses. Invalidates nothing, but
 * undoes a part of value numbering.
 */
public final class SinkIntoPads {
  /** So many blocks are looked at for what may write a field. */
  private static final int MOST_BLOCKS = 32;

  private static final int NONE = -1;

  private final Function function;
  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final LoopForest loops;
  private final Cursor cursor;

  /**
   * By block to which all ways lead over pads: the last block before these that all ways lead over,
   * too; otherwise {@link #NONE}.
   */
  private final int[] before;

  /** By instruction id: a copy that was made, and in which block. */
  private @Nullable Inst[] copies;

  private int[] copiedIn;

  /** By instruction id, of a field: the last block that may define it for pads. */
  private final int[] latest;

  private final boolean[] isUsedElsewhere;

  // Of a search.
  private final int[] seenIn;
  private final int[] stack = new int[MOST_BLOCKS];
  private int search;

  private SinkIntoPads(Analyses analyses) {
    function = analyses.function();
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    loops = analyses.loops();
    cursor = new Cursor(function);
    before = new int[flow.size()];
    seenIn = new int[flow.size()];
    int count = function.instCount();
    copies = new Inst[count];
    copiedIn = new int[count];
    latest = new int[count];
    isUsedElsewhere = new boolean[count];
  }

  public static void run(Analyses analyses) {
    for (Block block : analyses.function().blocks) {
      Inst end = block.last;
      if (end != null && end.op.isTryCall() && end.targets.length > 1) {
        new SinkIntoPads(analyses).run();
        return;
      }
    }
  }

  private void run() {
    findPads();
    for (int i = 0; i < flow.size(); i++) {
      if (before[i] != NONE) {
        loadAgain(flow.block(i), i);
      }
    }
    Arrays.fill(latest, NONE);
    for (int i = 0; i < flow.size(); i++) {
      noteUses(i);
    }
    for (int i = 0; i < flow.size(); i++) {
      Inst next;
      for (Inst inst = flow.block(i).first; inst != null; inst = next) {
        next = inst.next;
        if (inst.id < latest.length && latest[inst.id] != NONE && !isUsedElsewhere[inst.id]) {
          sink(inst, i, latest[inst.id]);
        }
      }
    }
  }

  private void findPads() {
    boolean[] isPad = new boolean[flow.size()];
    for (int i = 0; i < flow.size(); i++) {
      Inst end = flow.block(i).last;
      if (end != null && end.op.isTryCall()) {
        for (int k = 1; k < end.targets.length; k++) {
          isPad[flow.number(end.targets[k].target)] = true;
        }
      }
    }
    before[0] = NONE;
    for (int i = 1; i < before.length; i++) {
      int dominator = dominators.idom(i);
      before[i] = before[dominator] != NONE ? before[dominator] : isPad[i] ? dominator : NONE;
    }
  }

  // Fields that never change.

  private void loadAgain(Block block, int number) {
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      loadAgain(inst, inst.args, number);
      for (Edge edge : inst.targets) {
        loadAgain(inst, edge.args, number);
      }
    }
  }

  private void loadAgain(Inst user, Inst[] values, int number) {
    for (int i = 0; i < values.length; i++) {
      Inst value = values[i];
      if (isField(value, true) && before[flow.number(blockOf(value))] == NONE) {
        values[i] = copy(user, value, number);
      }
    }
  }

  private Inst copy(Inst user, Inst value, int number) {
    if (value.id >= copies.length) {
      copies = Arrays.copyOf(copies, 2 * value.id);
      copiedIn = Arrays.copyOf(copiedIn, 2 * value.id);
    }
    Inst copy = copies[value.id];
    if (copy == null || copiedIn[value.id] != number) {
      cursor.before(user);
      copy = cursor.insert(function.newCopy(value, value.args.clone()));
      copies[value.id] = copy;
      copiedIn[value.id] = number;
    }
    return copy;
  }

  /** Whether it loads a field of the context, which pads find in its register. */
  private boolean isField(Inst value, boolean isConstant) {
    MemoryAccess access = value.access;
    return value.op == Opcode.LOAD
        && value.trap == 0
        && access != null
        && access.region().isConstant() == isConstant
        && value.args[0].op == Opcode.PARAM
        && value.args[0] == function.entry().params.getFirst();
  }

  // Fields that change.

  private void noteUses(int number) {
    for (Inst inst = flow.block(number).first; inst != null; inst = inst.next) {
      noteUses(inst.args, before[number]);
      for (int i = 0; i < inst.targets.length; i++) {
        boolean toPad = i > 0 && inst.op.isTryCall();
        noteUses(inst.targets[i].args, toPad && before[number] == NONE ? number : before[number]);
      }
    }
  }

  /** Notes that values have to be there at the end of a block, or that somebody else uses them. */
  private void noteUses(Inst[] values, int block) {
    for (Inst value : values) {
      if (isField(value, false) && value.id < latest.length) {
        int known = latest[value.id];
        isUsedElsewhere[value.id] |= block == NONE;
        if (block != NONE) {
          latest[value.id] = known == NONE ? block : dominators.commonAncestor(known, block);
        }
      }
    }
  }

  private void sink(Inst field, int from, int to) {
    MemoryAccess access = field.access;
    Inst end = flow.block(to).last;
    boolean isDeeper = loops.depthOf(to) > loops.depthOf(from);
    if (from == to || isDeeper || access == null || end == null) {
      return;
    }
    AliasRegion region = access.region();
    if (!writes(field.next, null, region)
        && !writes(flow.block(to).first, end, region)
        && !writesBetween(from, to, region)) {
      blockOf(field).remove(field);
      flow.block(to).insertBefore(end, field);
    }
  }

  /** Whether one of the instructions from {@code first} on, up to {@code end}, may write there. */
  private static boolean writes(@Nullable Inst first, @Nullable Inst end, AliasRegion region) {
    for (Inst inst = first; inst != end && inst != null; inst = inst.next) {
      MemoryAccess access = inst.access;
      boolean isElsewhere =
          access != null
              && access.region().id() != region.id()
              && inst.op.effect() != Opcode.Effect.SYNCHRONIZES;
      if (inst.op.mayWrite() && !isElsewhere) {
        return true;
      }
    }
    return false;
  }

  /** The same of the blocks on the ways from one to another; also if they are many. */
  private boolean writesBetween(int from, int to, AliasRegion region) {
    int writers = Block.CALLS | 1 << region.id();
    search++;
    int count = 1;
    stack[0] = to;
    seenIn[from] = search;
    for (int done = 0; done < count; done++) {
      for (int i = flow.predStart(stack[done]); i < flow.predEnd(stack[done]); i++) {
        int pred = flow.pred(i);
        if (seenIn[pred] == search) {
          continue;
        }
        if (count == MOST_BLOCKS || (flow.block(pred).writes() & writers) != 0) {
          return true;
        }
        seenIn[pred] = search;
        stack[count++] = pred;
      }
    }
    return false;
  }

  private static Block blockOf(Inst inst) {
    Block block = inst.block;
    if (block == null) {
      throw new IllegalStateException(inst + " stands nowhere");
    }
    return block;
  }
}
