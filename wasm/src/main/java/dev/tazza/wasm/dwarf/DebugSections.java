package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.module.CustomSection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contents of the sections with debug information, by name. */
public final class DebugSections {
  private static final String PREFIX = ".debug_";
  private static final String SPLIT = ".dwo.";
  private static final byte[] EMPTY = {};

  private final Map<String, byte[]> contents = new LinkedHashMap<>();

  /** Adds one. */
  public void add(String name, byte[] content) {
    contents.put(name, content);
  }

  /** Those of a module that {@link SourceMap} and {@link DebugTree} read. */
  public static DebugSections of(byte[] module, List<CustomSection> sections) {
    DebugSections found = new DebugSections();
    for (CustomSection section : sections) {
      if (isRead(section.name())) {
        found.add(section.name(), Arrays.copyOfRange(module, section.start(), section.end()));
      }
    }
    return found;
  }

  /** Whether a custom section of that name is of use to {@link SourceMap} or {@link DebugTree}. */
  public static boolean isRead(String name) {
    return switch (name) {
      case ".debug_info",
          ".debug_abbrev",
          ".debug_line",
          ".debug_line_str",
          ".debug_str",
          ".debug_str_offsets",
          ".debug_addr",
          ".debug_loc",
          ".debug_loclists",
          ".debug_ranges",
          ".debug_rnglists" ->
          true;
      default -> name.startsWith(PREFIX) && name.contains(SPLIT);
    };
  }

  /**
   * What a section of a split unit's file, or of a package of such, is called in here; null: it is
   * of no use.
   *
   * @param name as it is there: {@code .debug_info.dwo}
   * @param number of the file, from 0
   */
  public static @Nullable String split(String name, int number) {
    String inSplit = name.equals(PackageIndex.SECTION) ? name + ".dwo" : name;
    return inSplit.endsWith(".dwo") ? inSplit + "." + number : null;
  }

  /**
   * The sections of each split unit's file, or its part of a package, and the addresses that the
   * linker has put here.
   */
  Collection<DebugSections> splits() {
    byte[] addresses = contents.getOrDefault(PREFIX + "addr", EMPTY);
    Map<String, DebugSections> byNumber = new LinkedHashMap<>();
    contents.forEach((name, content) -> {
      int at = name.indexOf(SPLIT);
      if (at >= 0) {
        String number = name.substring(at + SPLIT.length());
        DebugSections file = byNumber.computeIfAbsent(number, _ -> new DebugSections());
        file.add(name.substring(0, at), content);
      }
    });
    List<DebugSections> units = new ArrayList<>();
    byNumber.values().forEach(file -> units.addAll(PackageIndex.units(file)));
    units.forEach(unit -> unit.add(PREFIX + "addr", addresses));
    return units;
  }

  /** All, in the order in which they were added. */
  public Map<String, byte[]> contents() {
    return contents;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return contents.isEmpty();
  }

  /** A reader at {@code offset} of the section whose name ends so; without it, at an end. */
  DwarfReader reader(String name, long offset) {
    return new DwarfReader(contents.getOrDefault(PREFIX + name, EMPTY), offset);
  }
}
