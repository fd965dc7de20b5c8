package dev.tazza.wasm.dwarf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The index of a package of split units ({@code .dwp}): which parts of the package's sections are
 * which unit's. Section 7.3.5 of version 5 of the standard, and what GNU had before, which differs
 * in the version and in the numbers of sections.
 */
final class PackageIndex {
  /** The section with the index. */
  static final String SECTION = ".debug_cu_index";

  private static final int HEADER = 16;
  private static final int SIGNATURE = 8;
  private static final int WORD = 4;

  /** More columns than there are sections are a mistake. */
  private static final int MOST_COLUMNS = 16;

  private final DebugSections all;
  private final DwarfReader in;
  private final boolean isOld;
  private final int columns;
  private final long rows;
  private final long table;

  private PackageIndex(DebugSections all) {
    this.all = all;
    in = all.reader("cu_index", 0);
    long version = in.u32(); // of 16 bits from version 5 on, and padding
    isOld = version == 2;
    if (version != 2 && version != 5) {
      throw new DwarfException("index of version " + version);
    }
    long count = in.u32();
    rows = in.u32();
    long slots = in.u32();
    table = HEADER + slots * (SIGNATURE + WORD);
    boolean isTooLarge = table + (1 + 2 * rows) * count * WORD > in.size();
    if (count > MOST_COLUMNS || rows > slots || isTooLarge) {
      throw new DwarfException("an index of " + rows + " rows and " + count + " columns");
    }
    columns = (int) count;
  }

  /**
   * The sections of each unit, if the file with these is a package; else the file's. Sections that
   * are not divided are shared.
   */
  static List<DebugSections> units(DebugSections file) {
    if (!file.contents().containsKey(SECTION)) {
      return List.of(file);
    }
    try {
      return new PackageIndex(file).divide();
    } catch (DwarfException e) {
      return List.of(); // damaged
    }
  }

  private List<DebugSections> divide() {
    List<DebugSections> units = new ArrayList<>();
    long[] taken = new long[columns];
    for (long row = 0; row < rows; row++) {
      DebugSections unit = new DebugSections();
      all.contents().forEach(unit::add);
      for (int column = 0; column < columns; column++) {
        String name = name(word(0, column));
        byte[] content = name == null ? null : all.contents().get(name);
        if (name == null || content == null) {
          continue;
        }
        long from = word(1 + row, column);
        long size = word(1 + rows + row, column);
        taken[column] += size;
        if (from + size > content.length || taken[column] > content.length) {
          throw new DwarfException("parts of " + name + " overlap or are not in it");
        }
        unit.add(name, Arrays.copyOfRange(content, (int) from, (int) (from + size)));
      }
      units.add(unit);
    }
    return units;
  }

  /** Row 0 has the sections' numbers; then come a row of offsets for each unit, and of sizes. */
  private long word(long row, int column) {
    in.seek(table + (row * columns + column) * WORD);
    return in.u32();
  }

  private @Nullable String name(long section) {
    return switch ((int) section) {
      case 1 -> ".debug_info";
      case 3 -> ".debug_abbrev";
      case 4 -> ".debug_line";
      case 5 -> isOld ? ".debug_loc" : ".debug_loclists";
      case 6 -> ".debug_str_offsets";
      case 8 -> isOld ? null : ".debug_rnglists";
      default -> null; // types and macros, which nobody reads
    };
  }
}
