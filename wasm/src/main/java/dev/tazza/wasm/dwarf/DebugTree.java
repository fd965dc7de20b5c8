package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of a module's debug information as trees of entries, for those who translate it. Units that
 * make no sense are left out; what is in files of its own (split DWARF) is not there.
 */
public final class DebugTree {
  private final List<DebugUnit> units = new ArrayList<>();
  private final Map<Long, DebugEntry> entries = new HashMap<>();

  /** Reads them. */
  public DebugTree(DebugSections sections) {
    List<Unit> table;
    try {
      table = new UnitTable(sections).units();
    } catch (DwarfException e) {
      return; // not understood: there are none
    }
    for (Unit unit : table) {
      try {
        if (unit.describesCode()) {
          add(unit);
        }
      } catch (DwarfException e) {
        // others may be better
      }
    }
  }

  private void add(Unit unit) {
    DebugUnit made = new DebugUnit(unit);
    List<DebugEntry> read = new DebugTreeReader(unit, made).read();
    made.root(read.getFirst());
    units.add(made);
    for (DebugEntry entry : read) {
      entries.put(entry.offset(), entry);
    }
  }

  /** The units with code. */
  public List<DebugUnit> units() {
    return units;
  }

  /** The entry at an offset, or null. */
  public @Nullable DebugEntry at(long offset) {
    return entries.get(offset);
  }

  /** What a reference refers to, or null. */
  public @Nullable DebugEntry target(@Nullable DebugValue value) {
    return value instanceof DebugValue.Reference(long entry) ? at(entry) : null;
  }
}
