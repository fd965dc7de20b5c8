package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Entry.Attribute;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Units that are in files of their own ({@code clang -gsplit-dwarf}; before version 5 as GNU had
 * it), or in packages of these, for which skeletons stand in the module: those have the lines and
 * the addresses, these the functions and the calls that were inlined.
 */
public final class SplitUnits {
  private final Map<Long, Split> byId = new HashMap<>();

  /** A unit, and all of its file. */
  record Split(Unit unit, UnitTable table) {}

  /** Those whose files' sections are there. */
  SplitUnits(DebugSections sections) {
    for (DebugSections file : sections.splits()) {
      UnitTable table = new UnitTable(file);
      for (Unit unit : table.units()) {
        if (unit.describesCode()) {
          byId.putIfAbsent(unit.id(), new Split(unit, table));
        }
      }
    }
  }

  /** The unit that {@code skeleton} stands for, if it is there. */
  @Nullable Split of(Unit skeleton) {
    Split split = byId.get(skeleton.id());
    if (split != null) {
      split.unit.standsIn(skeleton);
    }
    return split;
  }

  /** What the skeletons call the files of their units. */
  public static Set<String> names(DebugSections sections) {
    Set<String> names = new LinkedHashSet<>();
    try {
      for (Unit unit : new UnitTable(sections).units()) {
        String name =
            unit.isSkeleton() && unit.describesCode()
                ? unit.string(unit.root(), Attribute.DWO_NAME)
                : null;
        if (name != null) {
          names.add(name);
        }
      }
    } catch (DwarfException e) {
      // Not understood: what was found until there.
    }
    return names;
  }
}
