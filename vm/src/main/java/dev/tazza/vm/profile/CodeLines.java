package dev.tazza.vm.profile;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.environ.CodeTables;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the lines of the source begin in the code of a function, if its module tells. */
public final class CodeLines {
  private CodeLines() {}

  /**
   * A line, or a part of one.
   *
   * @param offset from the start of the module's text
   * @param column 0 when unknown
   */
  public record Row(int offset, String file, int line, int column) {}

  /** Those of a function, by ascending offset. */
  public static List<Row> of(LoadedModule module, CodeSymbol symbol) {
    CodeTables tables = module.compiled().tables();
    List<Row> rows = new ArrayList<>();
    SourcePosition last = null;
    for (int i = firstLoc(tables, symbol.offset()); i < tables.locOffsets().length; i++) {
      int offset = tables.locOffsets()[i];
      if (offset >= symbol.offset() + symbol.size()) {
        break;
      }
      SourcePosition position = position(module.module(), tables, tables.locs()[i]);
      String file = position == null ? null : position.file();
      if (position != null && file != null && !position.equals(last)) {
        last = position;
        rows.add(new Row(offset, file, position.line(), position.column()));
      }
    }
    return rows;
  }

  private static int firstLoc(CodeTables tables, int offset) {
    int at = Arrays.binarySearch(tables.locOffsets(), offset);
    return at < 0 ? -at - 1 : at;
  }

  private static @Nullable SourcePosition position(WasmModule module, CodeTables tables, int loc) {
    int offset = loc < 0 ? -1 : tables.inlined().offset(loc);
    List<SourcePosition> positions = offset < 0 ? List.of() : module.sourcePositions(offset);
    return positions.isEmpty() || positions.getFirst().line() == 0 ? null : positions.getFirst();
  }
}
