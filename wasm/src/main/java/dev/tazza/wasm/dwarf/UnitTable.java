package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.List;

/** The units of {@code .debug_info}. */
final class UnitTable {
  private final List<Unit> units = new ArrayList<>();

  /** Reads the heads of all, up to one that makes no sense. */
  UnitTable(DebugSections sections) {
    AbbreviationTables tables = new AbbreviationTables(sections);
    DwarfReader in = sections.reader("info", 0);
    while (in.isBefore(in.size())) {
      int start = in.position();
      try {
        units.add(new Unit(sections, in, tables));
      } catch (DwarfException e) {
        in.seek(start);
        in.seek(in.unitEnd());
      }
    }
  }

  List<Unit> units() {
    return units;
  }

  /** The unit that an offset of the section lies in. */
  Unit at(long offset) {
    int low = 0;
    int high = units.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (units.get(middle).end() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == units.size() || units.get(low).start() > offset) {
      throw new DwarfException("no unit at " + offset);
    }
    return units.get(low);
  }
}
