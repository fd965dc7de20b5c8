package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.codegen.machine.Labels;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.VariablePlaces;
import dev.tazza.codegen.machine.VariableTable;
import java.util.Arrays;

/** Where instructions come to lie, to tell debuggers where variables are meanwhile. */
final class VariableMarks {
  private static final long NOT_WRITTEN = -1;
  private static final int MARKS = 3;

  private final VariablePlaces places;

  /** By instruction: before the edits before it, before itself, behind the edits after it. */
  private final long[] marks;

  /**
   * @param insts the number of instructions
   */
  VariableMarks(VariablePlaces places, int insts) {
    this.places = places;
    marks = new long[places.count() == 0 ? 0 : MARKS * insts];
    Arrays.fill(marks, NOT_WRITTEN);
  }

  /** Whether there is anything to tell, and so marks to be made. */
  boolean areAsked() {
    return marks.length > 0;
  }

  /** The edits before an instruction begin. */
  void start(int inst, CodeBuffer out) {
    mark(MARKS * inst, out);
  }

  /** The instruction itself begins. */
  void own(int inst, CodeBuffer out) {
    mark(MARKS * inst + 1, out);
  }

  /** The edits after it have ended. */
  void end(int inst, CodeBuffer out) {
    mark(MARKS * inst + 2, out);
  }

  private void mark(int index, CodeBuffer out) {
    marks[index] = out.mark();
  }

  /** The table, after the layout. */
  VariableTable finish(Emission<?> emission) {
    long[] keys = new long[places.count()];
    int count = 0;
    for (int i = 0; i < keys.length; i++) {
      if (bound(i, false, emission.out) < bound(i, true, emission.out)) {
        keys[count++] = (long) places.variable()[i] << 32 | i;
      }
    }
    // Of each variable, rows are in the order of the code.
    Arrays.sort(keys, 0, count);
    int[] from = new int[count];
    int[] to = new int[count];
    int[] variables = new int[count];
    int[] kinds = new int[count];
    long[] values = new long[count];
    for (int k = 0; k < count; k++) {
      int row = (int) keys[k];
      int place = places.place()[row];
      from[k] = bound(row, false, emission.out);
      to[k] = bound(row, true, emission.out);
      variables[k] = places.variable()[row];
      if (place == Labels.CONSTANT) {
        kinds[k] = VariableTable.CONSTANT;
        values[k] = places.bits()[row];
      } else if (Loc.isReg(place)) {
        kinds[k] = VariableTable.REGISTER;
        values[k] = value(emission.debuggersNumber(place), places.bits()[row]);
      } else {
        kinds[k] = VariableTable.FRAME;
        int slot = emission.frame.slot(Loc.slotIndex(place), Long.BYTES);
        values[k] = value(slot, places.bits()[row]);
      }
    }
    return new VariableTable(from, to, variables, kinds, values);
  }

  private static long value(int where, long added) {
    return added << Integer.SIZE | where & 0xFFFF_FFFFL;
  }

  private int bound(int row, boolean end, CodeBuffer out) {
    int point = end ? places.to()[row] : places.from()[row];
    int inst = point / VariablePlaces.POINTS;
    int part = point % VariablePlaces.POINTS;
    if (end && part == 0) {
      // Rows end with an instruction, at the latest with that of a block.
      inst--;
      part = VariablePlaces.POINTS;
    }
    long start = marks[MARKS * inst];
    if (start == NOT_WRITTEN) {
      return 0;
    }
    int first = out.address(start);
    int own = out.address(marks[MARKS * inst + 1]);
    int last = out.address(marks[MARKS * inst + 2]);
    return switch (part) {
      case 0 -> first;
      case 1 -> Math.min(first + 1, own);
      case 2 -> own;
      case 3 -> Math.min(own + 1, last);
      default -> last;
    };
  }
}
