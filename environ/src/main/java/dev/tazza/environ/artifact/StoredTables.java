package dev.tazza.environ.artifact;

import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeMap;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.LocalPlaces;
import dev.tazza.environ.TrapEntry;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * The tables that tell what a pc means. One is found by bisection where it is stored; all of them
 * are decoded and checked only when somebody wants to have them.
 */
final class StoredTables implements CodeMap {
  private final StoredColumns sections;
  private final WasmModule module;
  private final int textSize;

  StoredTables(StoredColumns sections, WasmModule module, int textSize) {
    this.sections = sections;
    this.module = module;
    this.textSize = textSize;
  }

  @Override
  public @Nullable CodeSymbol symbolAt(int offset) {
    StoredTable symbols = sections.table(Artifact.SYMBOLS, 5);
    int row = symbols.lastAtOrBelow(1, offset);
    return row < 0
        ? null
        : symbol(
            symbols.get(0, row),
            symbols.get(1, row),
            symbols.get(2, row),
            symbols.get(3, row),
            symbols.get(4, row));
  }

  @Override
  public int trapAt(int offset) {
    int entry = trapEntry(offset);
    if (entry != 0) {
      checkTrapCode(entry);
    }
    return TrapEntry.code(entry);
  }

  @Override
  public int fuelAt(int offset) {
    return TrapEntry.fuel(trapEntry(offset));
  }

  /** 0 where there is none. */
  private int trapEntry(int offset) {
    StoredTable traps = sections.table(Artifact.TRAPS, 2);
    int row = traps.lastAtOrBelow(0, offset);
    return row < 0 || traps.get(0, row) != offset ? 0 : traps.get(1, row);
  }

  @Override
  public int locAt(int offset) {
    StoredTable positions = sections.table(Artifact.ADDRESSES, 2);
    int row = positions.lastAtOrBelow(0, offset);
    return row < 0 ? -1 : positions.get(1, row);
  }

  @Override
  public @Nullable InlinedCall inlinedAt(int position) {
    StoredTable calls = sections.table(Artifact.INLINED, 4);
    int row = calls.lastAtOrBelow(0, position);
    if (row < 0) {
      return null;
    }
    int base = calls.get(0, row);
    int start = calls.get(1, row);
    int function = calls.get(2, row);
    int caller = calls.get(3, row);
    checkInlined(base, start, function, caller);
    return new InlinedCall(function, start < 0 ? -1 : start + position - base, caller);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ArtifactException when they cannot be decoded, which checksums had to miss
   */
  @Override
  public CodeTables tables() {
    int[][] traps = sections.columns(Artifact.TRAPS, 2);
    checkAscending(traps[0]);
    for (int entry : traps[1]) {
      checkTrapCode(entry);
    }
    int[][] positions = sections.columns(Artifact.ADDRESSES, 2);
    checkAscending(positions[0]);
    for (int position : positions[1]) {
      if (position < -1) {
        throw ArtifactReader.damaged("no position " + position);
      }
    }
    return new CodeTables(
        symbols(),
        traps[0],
        traps[1],
        positions[0],
        positions[1],
        inlinedCalls(),
        callSites(),
        locals());
  }

  private static void checkTrapCode(int entry) {
    if (!TrapCode.exists(TrapEntry.code(entry))) {
      throw ArtifactReader.damaged("no trap code " + TrapEntry.code(entry));
    }
  }

  private CallRecords callSites() {
    int[][] rows = sections.columns(Artifact.CALLS, 2);
    checkAscending(rows[0]);
    CallRecords sites =
        new CallRecords(rows[0], rows[1], sections.columns(Artifact.CALL_RECORDS, 1)[0]);
    if (!sites.areSound(textSize)) {
      throw ArtifactReader.damaged("a call of which impossible things are told");
    }
    return sites;
  }

  private LocalPlaces locals() {
    int[][] rows = sections.columns(Artifact.LOCALS, LocalPlaces.COLUMNS);
    for (int i = 0; i < rows[0].length; i++) {
      boolean isCode = rows[0][i] >= 0 && rows[0][i] < rows[1][i] && rows[1][i] <= textSize;
      boolean isPlace = rows[3][i] >= LocalPlaces.REGISTER && rows[3][i] <= LocalPlaces.CONSTANT;
      if (!isCode || !isPlace || rows[2][i] < 0) {
        throw ArtifactReader.damaged("a place of a local that cannot be");
      }
    }
    return new LocalPlaces(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]);
  }

  private void checkAscending(int[] offsets) {
    int last = -1;
    for (int offset : offsets) {
      if (offset <= last || offset >= textSize) {
        throw ArtifactReader.damaged("offsets in the text are out of range or order");
      }
      last = offset;
    }
  }

  private CodeSymbol[] symbols() {
    int[][] rows = sections.columns(Artifact.SYMBOLS, 5);
    CodeSymbol[] symbols = new CodeSymbol[rows[0].length];
    int end = 0;
    for (int i = 0; i < symbols.length; i++) {
      symbols[i] = symbol(rows[0][i], rows[1][i], rows[2][i], rows[3][i], rows[4][i]);
      if (symbols[i].offset() < end) {
        throw ArtifactReader.damaged("symbols are out of order");
      }
      end = symbols[i].offset() + symbols[i].size();
    }
    return symbols;
  }

  private CodeSymbol symbol(int function, int offset, int size, int frame, int homes) {
    if (function < -1 || function >= module.functionCount()) {
      throw ArtifactReader.damaged("no function " + function);
    }
    if (offset < 0 || offset > textSize || size < 0 || size > textSize - offset) {
      throw ArtifactReader.damaged("a symbol is outside of the text");
    }
    if (homes > 0 || homes < -Math.max(frame, 0)) {
      throw ArtifactReader.damaged("locals are outside of the frame");
    }
    return new CodeSymbol(null, function, offset, size, frame, homes);
  }

  /** Each call's own position must come after its caller's, so that following callers ends. */
  private InlinedCalls inlinedCalls() {
    int[][] rows = sections.columns(Artifact.INLINED, 4);
    InlinedCalls calls = new InlinedCalls(rows[0], rows[1], rows[2], rows[3]);
    int last = 0;
    for (int i = 0; i < rows[0].length; i++) {
      int base = calls.bases()[i];
      if (base < last) {
        throw ArtifactReader.damaged("inlined calls are out of order");
      }
      checkInlined(base, calls.starts()[i], calls.functions()[i], calls.callers()[i]);
      last = base;
    }
    return calls;
  }

  private void checkInlined(int base, int start, int function, int caller) {
    if (start < -1
        || caller < InlinedCalls.GONE
        || caller >= base
        || function < module.importedFunctionCount()
        || function >= module.functionCount()) {
      throw ArtifactReader.damaged("an inlined call that cannot be");
    }
  }
}
