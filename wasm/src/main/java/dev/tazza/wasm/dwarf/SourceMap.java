package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.dwarf.FunctionScopes.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in the source the instructions of a module are from.
 *
 * <p>Reads what it needs at the first question about a unit. Thread-safe: one thread at a time
 * asks, others wait.
 */
public final class SourceMap {
  private final DebugSections sections;
  private @Nullable UnitTable table;
  private @Nullable SplitUnits splits;
  private final Map<Unit, Details> details = new HashMap<>();

  /** What is known of a unit. */
  private record Details(
      UnitTable units,
      FunctionScopes functions,
      @Nullable LineProgram lines,
      @Nullable LineProgram callFiles) {
    @Nullable String callFile(Scope scope) {
      return callFiles == null ? null : callFiles.file(scope.callFile());
    }
  }

  /** Of the sections, which are not to be changed any more. */
  public SourceMap(DebugSections sections) {
    this.sections = sections;
  }

  /**
   * The source positions of an instruction: where it is itself, then where the function it was
   * inlined from was called, and so on; the last is in the function of the module. Empty when
   * nothing is known.
   *
   * @param offset the instruction's byte offset in the contents of the code section
   */
  public synchronized List<SourcePosition> positions(long offset) {
    try {
      UnitTable units = table;
      if (units == null) {
        units = new UnitTable(sections);
        table = units;
      }
      for (Unit unit : units.units()) {
        List<SourcePosition> found =
            unit.describesCode() ? positions(units, unit, offset) : List.of();
        if (!found.isEmpty()) {
          return found;
        }
      }
    } catch (DwarfException e) {
      // Not understood: nothing is known.
    }
    return List.of();
  }

  private List<SourcePosition> positions(UnitTable units, Unit unit, long offset) {
    Details of;
    try {
      Ranges ranges = unit.ranges(unit.root());
      if (!ranges.isEmpty() && !ranges.contain(offset)) {
        return List.of();
      }
      of = details.computeIfAbsent(unit, key -> read(units, key));
    } catch (DwarfException e) {
      return List.of(); // others may be better
    }
    List<Scope> chain = new ArrayList<>();
    for (Scope at = of.functions().function(offset); at != null; at = at.inner(offset)) {
      chain.add(at);
    }
    LineProgram lines = of.lines();
    int row = lines == null ? -1 : lines.row(offset);
    if (lines == null || chain.isEmpty() && row < 0) {
      return List.of();
    }
    String file = row < 0 ? null : lines.fileAt(row);
    int line = row < 0 ? 0 : lines.lineAt(row);
    int column = row < 0 ? 0 : lines.columnAt(row);
    List<SourcePosition> positions = new ArrayList<>();
    for (int i = chain.size() - 1; i >= 0; i--) {
      Scope scope = chain.get(i);
      positions.add(new SourcePosition(Unit.name(of.units(), scope.entry()), file, line, column));
      file = of.callFile(scope);
      line = scope.callLine();
      column = scope.callColumn();
    }
    return positions.isEmpty() ? List.of(new SourcePosition(null, file, line, column)) : positions;
  }

  private Details read(UnitTable units, Unit unit) {
    LineProgram lines = LineProgram.of(unit);
    SplitUnits.Split split = unit.isSkeleton() ? splits().of(unit) : null;
    if (split != null) {
      try {
        LineProgram files = LineProgram.ofSplit(split.unit(), unit);
        FunctionScopes functions = new FunctionScopes(split.unit());
        return new Details(split.table(), functions, lines, files == null ? lines : files);
      } catch (DwarfException e) {
        // The file is damaged: the lines are not.
      }
    }
    return new Details(units, new FunctionScopes(unit), lines, lines);
  }

  private SplitUnits splits() {
    SplitUnits known = splits;
    if (known == null) {
      known = new SplitUnits(sections);
      splits = known;
    }
    return known;
  }
}
