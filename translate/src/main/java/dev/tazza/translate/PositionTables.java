package dev.tazza.translate;

import dev.tazza.codegen.ir.InlineSites;
import dev.tazza.codegen.machine.MachineCode;
import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.wasm.ResourceLimitException;
import java.util.Arrays;
import java.util.List;

/**
 * Joins the source positions of the pieces of a text. Each piece numbers the positions of inlined
 * code from {@link InlineSites#FIRST} on; here they get numbers of their own in the module.
 *
 * <p>Without an address map no byte offsets are kept, but still which code belongs to which inlined
 * call: backtraces name all functions in any case.
 */
final class PositionTables {
  private final boolean withOffsets;
  private final int[] locOffsets;
  private final int[] locs;
  private int locCount;
  private final int[] bases;
  private final int[] starts;
  private final int[] functions;
  private final int[] callers;
  private int callCount;

  /** What is to be added to positions of inlined code in the piece that is being added. */
  private long shift;

  /** Room for {@code pieces}. */
  PositionTables(List<MachineCode> pieces, boolean withOffsets) {
    this.withOffsets = withOffsets;
    int positions = 0;
    int calls = 0;
    for (MachineCode piece : pieces) {
      // Each piece starts anew: the position before it is none of its own.
      positions += piece.locOffsets().length + 1;
      calls += piece.inlineSites().count();
    }
    locOffsets = new int[positions];
    locs = new int[positions];
    bases = new int[calls];
    starts = new int[calls];
    functions = new int[calls];
    callers = new int[calls];
  }

  /** Adds the tables of {@code piece}, which stands at {@code offset} of the text. */
  void add(MachineCode piece, int offset) {
    InlineSites sites = piece.inlineSites();
    if (shift + sites.end() > Integer.MAX_VALUE) {
      throw new ResourceLimitException("the module has too many source positions in inlined code");
    }
    put(offset, -1);
    for (int i = 0; i < piece.locOffsets().length; i++) {
      put(offset + piece.locOffsets()[i], position(piece.locs()[i], sites));
    }
    for (int i = 0; i < sites.count(); i++) {
      bases[callCount] = (int) shift + sites.base(i);
      starts[callCount] = withOffsets ? sites.start(i) : -1;
      functions[callCount] = sites.symbol(i);
      callers[callCount++] =
          sites.isTail(i) ? InlinedCalls.GONE : position(sites.callLoc(i), sites);
    }
    shift += sites.end() - InlineSites.FIRST;
  }

  private int position(int loc, InlineSites sites) {
    if (loc < InlineSites.FIRST) {
      return withOffsets ? loc : -1;
    }
    return (int) shift + (withOffsets ? loc : sites.base(sites.site(loc)));
  }

  /** From {@code offset} on the position is this. */
  private void put(int offset, int position) {
    if (locCount > 0 && locOffsets[locCount - 1] == offset) {
      locCount--;
    }
    if (locCount == 0 || locs[locCount - 1] != position) {
      locOffsets[locCount] = offset;
      locs[locCount++] = position;
    }
  }

  /** All tables of the text, with these symbols, traps and calls. */
  CodeTables finish(
      CodeSymbol[] symbols,
      int[] trapOffsets,
      int[] trapCodes,
      CallRecords sites,
      LocalPlaces locals) {
    return new CodeTables(
        symbols,
        trapOffsets,
        trapCodes,
        Arrays.copyOf(locOffsets, locCount),
        Arrays.copyOf(locs, locCount),
        new InlinedCalls(bases, starts, functions, callers),
        sites,
        locals);
  }
}
