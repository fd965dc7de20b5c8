package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;

/**
 * Writes out one function: its blocks in order with the allocator's moves in between, the code out
 * of line, jump tables, constants.
 *
 * @param <I> the target's instructions
 */
public final class Emitter<I> {
  private static final int ALIGNMENT = 16;
  private static final VRegKind[] KINDS = VRegKind.values();

  private final VCode<I> code;
  private final Allocation allocation;
  private final Settings settings;
  private final Emission<I> emission;
  private final BlockTargets targets;
  private final InstWriter<I> writer;
  private final boolean[] loopStarts;

  /** By loop start: its alignment in the buffer, until that is told a dispatch's end; then -1. */
  private final int[] loops;

  /** The last loop start, if the loop's end was not met yet; else -1. */
  private int openLoop = -1;

  private final VariableMarks marks;
  private boolean hasLoops;
  private int edit;

  /** The point of that edit. */
  private int editPoint;

  public Emitter(Emission<I> emission, InstWriter<I> writer, Settings settings) {
    this.emission = emission;
    targets = emission.targets();
    this.writer = writer;
    this.settings = settings;
    code = emission.code;
    allocation = emission.allocation;
    marks = new VariableMarks(allocation.variables(), code.instCount());
    loopStarts = loopStarts();
    loops = new int[code.blockCount()];
    editPoint = pointOf(0);
  }

  /** Writes out the code of {@code function}. */
  public MachineCode emit(Function function) {
    CodeBuffer out = emission.out;
    emission.at(code.loc(0));
    writer.enter();
    int next = 0;
    while (next < code.blockCount()) {
      int current = next;
      next = written(current + 1);
      block(current, next < code.blockCount() ? next : -1);
    }
    emission.writeStubs();
    writer.finish();
    emission.pool.write();
    emission.sites.write();

    out.layout();
    return new MachineCode(
        out.finish(),
        Math.max(hasLoops ? CodeBuffer.LINE : ALIGNMENT, emission.pool.alignment()),
        emission.calls.offsets(out),
        emission.calls.values(),
        emission.traps.offsets(out),
        emission.traps.values(),
        emission.locs.offsets(out),
        emission.locs.values(),
        function.inlineSites,
        emission.frame.exists() ? emission.frame.below() : -1,
        emission.frame.homes(),
        emission.sites.finish(),
        marks.finish(emission));
  }

  /** The first block from {@code block} on that has code. */
  private int written(int block) {
    int at = block;
    while (at < code.blockCount() && targets.isEmpty(at)) {
      at++;
    }
    return at;
  }

  private void block(int number, int following) {
    VCode.VBlock block = code.block(number);
    if (loopStarts[number]) {
      loops[number] = emission.out.alignLoop(isHot(number));
      hasLoops = true;
      openLoop = number;
    }
    emission.out.bind(number);
    emission.enter(block);
    writer.startBlock(number, following);
    boolean marked = marks.areAsked();
    for (int i = block.from; i < block.to; i++) {
      emission.start(i);
      if (marked) {
        marks.start(i, emission.out);
      }
      edits(2 * i);
      if (marked) {
        marks.own(i, emission.out);
      }
      if (!isLeftOut(i)) {
        writer.emit(code.inst(i));
      }
      edits(2 * i + 1);
      if (marked) {
        marks.end(i, emission.out);
      }
    }
    if (openLoop >= 0 && isDispatch(block)) {
      emission.out.endLoop(loops[openLoop]);
      loops[openLoop] = -1;
      openLoop = -1;
    }
    for (int succ : block.succs) {
      int target = targets.target(succ);
      if (target <= number && loopStarts[target] && loops[target] >= 0) {
        emission.out.endLoop(loops[target]);
        openLoop = target == openLoop ? -1 : openLoop;
      }
    }
  }

  /**
   * Whether a block ends in a jump through a table. From the start of a loop to there is what each
   * round of an interpreter passes: that shall not stand in two lines, however long the loop is.
   */
  private boolean isDispatch(VCode.VBlock block) {
    return block.succs.length > 2 && !code.isCall(block.to - 1);
  }

  /** Whether the instruction only makes a constant, which the allocation makes elsewhere. */
  private boolean isLeftOut(int inst) {
    int operand = code.operandStart(inst);
    return code.operandEnd(inst) == operand + 1 && allocation.locs()[operand] == Loc.NONE;
  }

  /**
   * Whether the loop that starts here is worth a line of its own, if it is so short: in another
   * loop, and without calls, which leave the line anyway.
   */
  private boolean isHot(int start) {
    int from = code.block(start).from;
    if (code.block(start).loopDepth < 2) {
      return false;
    }
    for (int i = start; i < code.blockCount(); i++) {
      VCode.VBlock block = code.block(i);
      if (block.to - from > CodeBuffer.LINE) {
        return false;
      }
      for (int k = block.from; k < block.to; k++) {
        if (code.isCall(k)) {
          return false;
        }
      }
      for (int succ : block.succs) {
        if (targets.target(succ) == start) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where jumps go back to, as far as that is worth an alignment. */
  private boolean[] loopStarts() {
    boolean[] starts = new boolean[code.blockCount()];
    if (settings.effort() != Settings.Effort.SPEED) {
      return starts;
    }
    for (int i = 0; i < code.blockCount(); i++) {
      VCode.VBlock block = code.block(i);
      if (block.cold || targets.isEmpty(i)) {
        continue;
      }
      for (int succ : block.succs) {
        int target = targets.target(succ);
        starts[target] |= target <= i;
      }
    }
    return starts;
  }

  private int pointOf(int number) {
    return number < allocation.editCount() ? allocation.editPoint()[number] : Integer.MAX_VALUE;
  }

  private void edits(int point) {
    while (editPoint <= point) {
      int from = allocation.editFrom()[edit];
      int to = allocation.editTo()[edit];
      if (from < 0) {
        writer.repeat(code.inst(-1 - from), to);
      } else {
        writer.move(KINDS[allocation.editKind()[edit]].bytes(), from, to);
      }
      editPoint = pointOf(++edit);
    }
  }
}
