package dev.tazza.codegen.machine;

import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * The instructions of a function, with their registers, as text for people: what the allocator
 * added stands where it will be. Not in it: what emission adds at the start and end, for calls and
 * for jumps between blocks.
 */
public final class MachineListing<I> {
  private final Isa<I> isa;
  private final VCode<I> code;
  private final Allocation allocation;
  private final List<Line> lines = new ArrayList<>();
  private int edit;

  /**
   * A line.
   *
   * @param loc the source position, -1: none
   */
  public record Line(int loc, String text) {}

  private MachineListing(Isa<I> isa, VCode<I> code, Allocation allocation) {
    this.isa = isa;
    this.code = code;
    this.allocation = allocation;
  }

  /** The lines of a function that was allocated registers. */
  public static <I> List<Line> of(Isa<I> isa, VCode<I> code, Allocation allocation) {
    MachineListing<I> listing = new MachineListing<>(isa, code, allocation);
    for (int b = 0; b < code.blockCount(); b++) {
      listing.block(b);
    }
    return listing.lines;
  }

  private void block(int number) {
    VBlock block = code.block(number);
    lines.add(new Line(-1, "block" + number + (block.cold ? " cold:" : ":")));
    for (int i = block.from; i < block.to; i++) {
      edits(2 * i, code.loc(i));
      int start = code.operandStart(i);
      String[] operands = new String[code.operandEnd(i) - start];
      for (int o = 0; o < operands.length; o++) {
        operands[o] = place(allocation.locs()[start + o]);
      }
      lines.add(new Line(code.loc(i), "  " + isa.print(code.inst(i), operands)));
      edits(2 * i + 1, code.loc(i));
    }
  }

  private void edits(int point, int loc) {
    for (; edit < allocation.editCount() && allocation.editPoint()[edit] <= point; edit++) {
      int from = allocation.editFrom()[edit];
      String value = from < 0 ? "computed again" : place(from);
      lines.add(new Line(loc, "  " + place(allocation.editTo()[edit]) + " = " + value));
    }
  }

  private String place(int loc) {
    if (Loc.isReg(loc)) {
      return isa.registerName(loc);
    }
    return Loc.isSlot(loc) ? "slot" + Loc.slotIndex(loc) : "none";
  }
}
