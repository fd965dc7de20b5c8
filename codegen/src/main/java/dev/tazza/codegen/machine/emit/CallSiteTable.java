package dev.tazza.codegen.machine.emit;

import dev.tazza.assembler.CodeBuffer;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.CallSites;
import dev.tazza.codegen.machine.LiveRefs;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the {@link CallSites} of a function, and writes their records behind its code. */
final class CallSiteTable {
  /** A record: how it is referred to, what it tells, and labels of the landing pads. */
  private record Row(int label, int context, int[] references, int[] tags, int[] pads) {
    int words() {
      return CallSites.FIRST_REFERENCE + references.length + 2 * tags.length;
    }
  }

  private final Allocation allocation;
  private final FrameLayout frame;
  private final CodeBuffer out;
  private final List<Row> rows = new ArrayList<>();

  /** Return addresses with the numbers of their rows. */
  private final OffsetTable returns = new OffsetTable();

  CallSiteTable(Allocation allocation, FrameLayout frame, CodeBuffer out) {
    this.allocation = allocation;
    this.frame = frame;
    this.out = out;
  }

  /** The number of what there is to tell of a call or poll in {@code block}; -1: nothing. */
  int row(int call, VBlock block, BlockTargets targets) {
    LiveRefs refs = allocation.refs();
    boolean handles = block.tags.length > 0 && call == block.to - 1;
    int[] slots = refs.safepoints().length == 0 ? refs.slots() : refs.over(call);
    if (slots.length == 0 && !handles) {
      return -1;
    }
    int[] references = new int[slots.length];
    for (int i = 0; i < slots.length; i++) {
      references[i] = frame.slot(slots[i], 8);
    }
    if (handles) {
      rows.add(handlers(block, references, targets));
    } else if (rows.isEmpty() || !isLikeLast(references)) {
      rows.add(new Row(out.newLabel(), 0, references, new int[0], new int[0]));
    }
    return rows.size() - 1;
  }

  private boolean isLikeLast(int[] references) {
    Row last = rows.getLast();
    return last.tags().length == 0 && Arrays.equals(last.references(), references);
  }

  private Row handlers(VBlock block, int[] references, BlockTargets targets) {
    int[] pads = new int[block.tags.length];
    for (int i = 0; i < pads.length; i++) {
      pads[i] = targets.target(block.succs[i + 1]);
    }
    return new Row(out.newLabel(), frame.context(), references, block.tags, pads);
  }

  /** A call or poll with this row returns here. */
  void returnsHere(int row) {
    returns.add(out.mark(), row);
  }

  int label(int row) {
    return rows.get(row).label();
  }

  /** Writes the records here. */
  void write() {
    if (rows.isEmpty()) {
      return;
    }
    out.align(4);
    for (Row row : rows) {
      out.bind(row.label());
      out.int32(frame.below());
      out.int32(row.context());
      out.int32(row.references().length);
      out.int32(row.tags().length);
      for (int reference : row.references()) {
        out.int32(reference);
      }
      for (int i = 0; i < row.tags().length; i++) {
        out.int32(row.tags()[i]);
        out.difference(row.label(), row.pads()[i]);
      }
    }
  }

  /** After the layout. */
  CallSites finish() {
    if (rows.isEmpty()) {
      return CallSites.NONE;
    }
    int[] starts = new int[rows.size()];
    int words = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = words;
      words += rows.get(i).words();
    }
    int[] data = new int[words];
    int at = 0;
    for (Row row : rows) {
      data[at + CallSites.FRAME] = frame.below();
      data[at + CallSites.CONTEXT] = row.context();
      data[at + CallSites.REFERENCES] = row.references().length;
      data[at + CallSites.HANDLERS] = row.tags().length;
      at += CallSites.FIRST_REFERENCE;
      for (int reference : row.references()) {
        data[at++] = reference;
      }
      for (int i = 0; i < row.tags().length; i++) {
        data[at++] = row.tags()[i];
        data[at++] = out.labelAddress(row.pads()[i]);
      }
    }
    int[] numbers = returns.values();
    int[] records = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      records[i] = starts[numbers[i]];
    }
    return new CallSites(returns.offsets(out), records, data);
  }
}
