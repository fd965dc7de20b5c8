package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of a module's debug information as trees of entries, for those who translate it. Units that
 * make no sense are left out. In place of a skeleton stands the unit that is in a file of its own
 * (split DWARF), if that is there. Offsets of entries are those in the section, and such a file's
 * section comes behind those before.
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
    SplitUnits splits = null;
    long end = sections.reader("info", 0).size();
    for (Unit unit : table) {
      try {
        if (unit.isSkeleton() && unit.describesCode()) {
          splits = splits == null ? new SplitUnits(sections) : splits;
          SplitUnits.Split split = splits.of(unit);
          if (split != null) {
            add(split.unit(), unit, end);
            end += split.unit().sections().reader("info", 0).size();
            continue;
          }
        }
        if (unit.describesCode()) {
          add(unit, null, 0);
        }
      } catch (DwarfException e) {
        // others may be better
      }
    }
  }

  private void add(Unit unit, @Nullable Unit skeleton, long sectionStart) {
    DebugUnit made = new DebugUnit(unit, skeleton);
    List<DebugEntry> read = new DebugTreeReader(unit, made, sectionStart).read();
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
