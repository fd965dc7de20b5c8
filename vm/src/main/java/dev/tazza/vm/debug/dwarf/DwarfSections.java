package dev.tazza.vm.debug.dwarf;

import static dev.tazza.vm.debug.dwarf.Dwarf.*;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.dwarf.DebugEntry;
import dev.tazza.wasm.dwarf.DebugTree;
import dev.tazza.wasm.dwarf.DebugUnit;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sections with debug information of a module's machine code.
 *
 * <p>The first unit has the functions of which the module's own debug information says nothing, by
 * their names; the others are the module's.
 */
public final class DwarfSections {
  private static final int TAG_UNSPECIFIED_TYPE = 0x3B;

  /** Stands for entries that are not there. */
  private static final long UNKNOWN = -1;

  private final LoadedModule module;
  private final WasmModule wasm;
  private final StringTable strings = new StringTable();
  private final EntryWriter entries = new EntryWriter(strings);
  private final CodeRanges ranges = new CodeRanges();
  private final BinaryWriter lines = new BinaryWriter();

  /** Functions that have code, by their indexes; those of units are taken away. */
  private final Map<Integer, FunctionCode> functions = new LinkedHashMap<>();

  private DwarfSections(LoadedModule module) {
    this.module = module;
    wasm = module.module();
    for (CodeSymbol symbol : module.compiled().symbols()) {
      if (symbol.functionIndex() >= 0) {
        functions.put(symbol.functionIndex(), new FunctionCode(module, symbol));
      }
    }
  }

  /** Their contents by their names. */
  public static Map<String, byte[]> of(LoadedModule module) {
    return new DwarfSections(module).write();
  }

  private Map<String, byte[]> write() {
    DebugTree tree = new DebugTree(wasm.debugSections());
    Map<DebugEntry, FunctionCode> described = new HashMap<>();
    Map<DebugUnit, List<DebugEntry>> units = new LinkedHashMap<>();
    for (DebugUnit unit : tree.units()) {
      List<DebugEntry> own = new ArrayList<>();
      DebugEntry root = unit.root();
      if (root != null) {
        match(root, own, described);
      }
      units.put(unit, own);
    }
    otherFunctions();
    Set<DebugUnit> withCode = new HashSet<>();
    described.keySet().forEach(function -> withCode.add(function.unit()));
    UnitTranslator.Common common =
        new UnitTranslator.Common(
            tree,
            described,
            new Pointees(tree, withCode),
            new ContextExpressions(module),
            ranges,
            entries);
    units.forEach((unit, own) -> unit(common, unit, own));
    Map<String, byte[]> sections = new LinkedHashMap<>();
    sections.put(".debug_info", entries.finish(UNKNOWN));
    sections.put(".debug_abbrev", entries.abbreviations());
    sections.put(".debug_line", lines.toByteArray());
    sections.put(".debug_str", strings.toByteArray());
    sections.put(".debug_ranges", ranges.ranges());
    sections.put(".debug_loc", ranges.locations());
    return sections;
  }

  /** Finds the code of functions. */
  private void match(
      DebugEntry entry, List<DebugEntry> own, Map<DebugEntry, FunctionCode> described) {
    if (entry.tag() == TAG_SUBPROGRAM && entry.ranges().length > 0) {
      FunctionCode code = functions.remove(functionAt(entry.ranges()));
      if (code != null) {
        described.put(entry, code);
        own.add(entry);
      }
    }
    for (DebugEntry child : entry.children()) {
      match(child, own, described);
    }
  }

  /** The function whose body begins in the first of the ranges, or -1. */
  private int functionAt(long[] bounds) {
    if (!wasm.hasBodies()) {
      return -1;
    }
    long from = bounds[0] + wasm.codeSection();
    long to = bounds[1] + wasm.codeSection();
    int low = wasm.importedFunctionCount();
    int high = wasm.functionCount();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (wasm.body(middle).end() <= from) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == wasm.functionCount()) {
      return -1;
    }
    FunctionBody body = wasm.body(low);
    return body.start() < to ? low : -1;
  }

  private void unit(UnitTranslator.Common common, DebugUnit unit, List<DebugEntry> own) {
    LineTable table = new LineTable(module);
    long[] bounds = new long[2 * own.size()];
    int count = 0;
    for (DebugEntry function : own) {
      FunctionCode code = common.functions().get(function);
      if (code != null) {
        bounds[count++] = code.start();
        bounds[count++] = code.end();
        long[] sources = function.ranges();
        long prologueEnd = unit.prologueEnd(sources[0], sources[1]);
        table.add(code.symbol(), prologueEnd < 0 ? -1 : code.behind(prologueEnd));
      }
    }
    DebugEntry root = unit.root();
    if (root != null) {
      new UnitTranslator(common, unit, table).write(root, bounds, lines.size());
    }
    lines.append(table.finish());
  }

  private void otherFunctions() {
    LineTable table = new LineTable(module);
    long[] bounds = new long[2 * functions.size()];
    int count = 0;
    for (FunctionCode code : functions.values()) {
      bounds[count++] = code.start();
      bounds[count++] = code.end();
      table.add(code.symbol(), -1);
    }
    String name = wasm.names().module();
    entries.beginUnit();
    entries.begin(TAG_COMPILE_UNIT);
    entries.text(AT_PRODUCER, "Tazza");
    entries.data(AT_LANGUAGE, LANGUAGE_C99, 2);
    entries.text(AT_NAME, name == null ? "wasm" : name);
    entries.sectionOffset(AT_STMT_LIST, lines.size());
    entries.address(AT_LOW_PC, 0);
    entries.sectionOffset(AT_RANGES, ranges.list(bounds));
    entries.end(true);
    entries.begin(TAG_UNSPECIFIED_TYPE);
    entries.text(AT_NAME, "unknown");
    entries.end(false, UNKNOWN);
    for (FunctionCode code : functions.values()) {
      entries.begin(TAG_SUBPROGRAM);
      entries.text(AT_NAME, code.symbol().name());
      entries.address(AT_LOW_PC, code.start());
      entries.address(AT_HIGH_PC, code.end());
      entries.flag(AT_EXTERNAL);
      entries.end(false);
    }
    entries.endChildren();
    entries.endUnit();
    lines.append(table.finish());
  }
}
