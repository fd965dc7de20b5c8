package dev.tazza.environ.artifact;

import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.environ.InlinedCalls;
import dev.tazza.environ.TrapEntry;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.TrapCode;
import dev.tazza.wasm.module.WasmModule;
import java.util.function.Supplier;

/**
 * The tables that tell what a pc means, decoded and checked when somebody asks: at the first trap
 * or backtrace.
 */
final class StoredTables implements Supplier<CodeTables> {
  private final StoredColumns sections;
  private final WasmModule module;
  private final int textSize;

  StoredTables(StoredColumns sections, WasmModule module, int textSize) {
    this.sections = sections;
    this.module = module;
    this.textSize = textSize;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ArtifactException when they cannot be, which checksums had to miss
   */
  @Override
  public CodeTables get() {
    int[][] traps = sections.columns(Artifact.TRAPS, 2);
    checkAscending(traps[0]);
    for (int entry : traps[1]) {
      if (!TrapCode.exists(TrapEntry.code(entry))) {
        throw ArtifactReader.damaged("no trap code " + TrapEntry.code(entry));
      }
    }
    int[][] positions = sections.columns(Artifact.ADDRESSES, 2);
    checkAscending(positions[0]);
    for (int position : positions[1]) {
      if (position < -1) {
        throw ArtifactReader.damaged("no position " + position);
      }
    }
    return new CodeTables(
        symbols(), traps[0], traps[1], positions[0], positions[1], inlinedCalls(), callSites());
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
      int function = rows[0][i];
      int offset = rows[1][i];
      int size = rows[2][i];
      if (function < -1 || function >= module.functionCount()) {
        throw ArtifactReader.damaged("no function " + function);
      }
      if (offset < end || size < 0 || size > textSize - offset) {
        throw ArtifactReader.damaged("symbols are out of range or order");
      }
      end = offset + size;
      symbols[i] = new CodeSymbol(null, function, offset, size, rows[3][i], rows[4][i]);
    }
    return symbols;
  }

  /** Each call's own position must come after its caller's, so that following callers ends. */
  private InlinedCalls inlinedCalls() {
    int[][] rows = sections.columns(Artifact.INLINED, 4);
    InlinedCalls calls = new InlinedCalls(rows[0], rows[1], rows[2], rows[3]);
    int last = 0;
    for (int i = 0; i < rows[0].length; i++) {
      int base = calls.bases()[i];
      int function = calls.functions()[i];
      int caller = calls.callers()[i];
      if (base < last
          || calls.starts()[i] < -1
          || caller < InlinedCalls.GONE
          || caller >= base
          || function < module.importedFunctionCount()
          || function >= module.functionCount()) {
        throw ArtifactReader.damaged("an inlined call that cannot be");
      }
      last = base;
    }
    return calls;
  }
}
