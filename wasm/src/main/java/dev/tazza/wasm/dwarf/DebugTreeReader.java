package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.DebugValue.Location;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads all entries of a unit, with all attributes. */
final class DebugTreeReader {
  /** Deeper nesting is a mistake. */
  private static final int MOST_DEPTH = 1000;

  /** More entries in a list are one, too. */
  private static final int MOST_LOCATIONS = 1 << 16;

  // Attributes whose values in sections of their own are lists of locations.
  private static final int LOCATION = 0x02;
  private static final int FRAME_BASE = 0x40;

  // Attributes that tell what code an entry is about.
  private static final int LOW_PC = 0x11;
  private static final int RANGES = 0x55;

  /** Before this version references to lists look like numbers. */
  private static final int WITH_SECTION_OFFSETS = 4;

  private final Unit unit;
  private final DebugUnit made;
  private final long sectionStart;
  private final DwarfReader in;
  private final Entry again = new Entry();
  private int[] names = new int[32];
  private DebugValue[] values = new DebugValue[32];
  private int count;
  private boolean hasRanges;

  /**
   * Of a unit of which {@code made} is.
   *
   * @param sectionStart what offsets in the section are counted from
   */
  DebugTreeReader(Unit unit, DebugUnit made, long sectionStart) {
    this.unit = unit;
    this.made = made;
    this.sectionStart = sectionStart;
    in = unit.entries();
  }

  /** All entries, the first of the unit first. */
  List<DebugEntry> read() {
    List<DebugEntry> all = new ArrayList<>();
    DebugEntry parent = null;
    int depth = 0;
    do {
      int at = in.position();
      long code = in.uleb();
      if (code == 0) {
        parent = parent == null ? null : parent.parent();
        depth--;
        continue;
      }
      Abbreviations.Shape shape = unit.abbreviations().shape(code);
      attributes(shape.attributes());
      DebugEntry entry =
          new DebugEntry(
              made,
              parent,
              sectionStart + at,
              shape.tag(),
              Arrays.copyOf(names, count),
              Arrays.copyOf(values, count));
      if (entry.find(LOW_PC) != null || hasRanges) {
        entry.ranges(ranges(at));
      }
      all.add(entry);
      if (shape.hasChildren()) {
        parent = entry;
        if (++depth > MOST_DEPTH) {
          throw new DwarfException("entries are nested too deeply");
        }
      }
    } while (parent != null && depth > 0 && in.isBefore(unit.end()));
    return all;
  }

  private long[] ranges(int at) {
    DwarfReader reader = unit.entries();
    reader.seek(at);
    return unit.read(again, reader) ? unit.ranges(again).bounds() : new long[0];
  }

  private void attributes(long[] attributes) {
    count = 0;
    hasRanges = false;
    for (int i = 0; i < attributes.length; i += Abbreviations.Shape.STRIDE) {
      int formCode = (int) attributes[i + 1];
      while (formCode == Form.INDIRECT.code()) {
        formCode = in.count();
      }
      int name = (int) attributes[i + 3];
      hasRanges |= name == RANGES;
      DebugValue value = value(name, Form.of(formCode), attributes[i + 2]);
      if (value != null) {
        if (count == names.length) {
          names = Arrays.copyOf(names, 2 * count);
          values = Arrays.copyOf(values, 2 * count);
        }
        names[count] = name;
        values[count++] = value;
      }
    }
  }

  private @Nullable DebugValue value(int name, Form form, long constant) {
    switch (form) {
      case BLOCK1 -> {
        return block(in.u8());
      }
      case BLOCK2 -> {
        return block(in.u16());
      }
      case BLOCK4 -> {
        return block(in.u32());
      }
      case BLOCK, EXPRLOC -> {
        return block(in.count());
      }
      case DATA16 -> {
        return block(16);
      }
      case IMPLICIT_CONST -> {
        return new DebugValue.Constant(constant, 0, true);
      }
      default -> {}
    }
    long value = form.read(in, unit.version(), unit.addressSize());
    return switch (form.kind()) {
      case NUMBER -> number(name, form, value);
      case ADDRESS -> new DebugValue.Address(value);
      case ADDRESS_INDEX -> new DebugValue.Address(unit.indexedAddress(value));
      case UNIT_REFERENCE -> new DebugValue.Reference(sectionStart + unit.start() + value);
      case SECTION_REFERENCE -> new DebugValue.Reference(sectionStart + value);
      case SECTION_OFFSET, LOCATION_LIST_INDEX ->
          name == LOCATION || name == FRAME_BASE
              ? locations(unit.locationList(form.kind(), value))
              : null;
      case RANGE_LIST_INDEX, OTHER -> null;
      case INLINE_STRING, STRING_OFFSET, LINE_STRING_OFFSET, STRING_INDEX -> {
        String text = unit.string(form.kind(), value);
        yield text == null ? null : new DebugValue.Text(text);
      }
    };
  }

  private DebugValue number(int name, Form form, long value) {
    return switch (form) {
      case FLAG, FLAG_PRESENT -> new DebugValue.Flag(value != 0);
      case DATA1 -> new DebugValue.Constant(value, 1, false);
      case DATA2 -> new DebugValue.Constant(value, 2, false);
      case DATA4, DATA8 -> {
        if (unit.version() < WITH_SECTION_OFFSETS && (name == LOCATION || name == FRAME_BASE)) {
          yield locations(value);
        }
        yield new DebugValue.Constant(value, form == Form.DATA4 ? 4 : 8, false);
      }
      default -> new DebugValue.Constant(value, 0, form == Form.SDATA);
    };
  }

  private DebugValue block(long size) {
    return new DebugValue.Block(in.bytes(size));
  }

  private DebugValue locations(long offset) {
    List<Location> list = new ArrayList<>();
    if (unit.version() == 5) {
      readLocations(list, offset);
    } else if (unit.isSplit()) {
      readOldSplitLocations(list, offset);
    } else {
      readOldLocations(list, offset);
    }
    return new DebugValue.Locations(list);
  }

  private static void add(List<Location> list, long from, long to, byte[] expression) {
    if (list.size() == MOST_LOCATIONS) {
      throw new DwarfException("a list of locations without an end");
    }
    if (from < to) {
      list.add(new Location(from, to, expression));
    }
  }

  /** Section 2.6.2 of version 4. */
  private void readOldLocations(List<Location> list, long offset) {
    DwarfReader reader = unit.sections().reader("loc", offset);
    int size = unit.addressSize();
    long last = size >= 8 ? -1 : (1L << 8 * size) - 1;
    long base = unit.lowest();
    while (true) {
      long from = reader.unsigned(size);
      long to = reader.unsigned(size);
      if (from == 0 && to == 0) {
        return;
      }
      if (from == last) {
        base = to;
      } else {
        add(list, base + from, base + to, reader.bytes(reader.u16()));
      }
    }
  }

  /** What GNU has in split units of version 4. */
  private void readOldSplitLocations(List<Location> list, long offset) {
    DwarfReader reader = unit.sections().reader("loc", offset);
    long base = unit.lowest();
    while (true) {
      int kind = reader.u8();
      switch (kind) {
        case 0 -> { // end of list
          return;
        }
        case 1 -> base = unit.indexedAddress(reader.uleb()); // base_address_selection
        case 2, 3, 4 -> { // start_end, start_length, offset_pair
          long from = kind == 4 ? base + reader.u32() : unit.indexedAddress(reader.uleb());
          long to =
              switch (kind) {
                case 2 -> unit.indexedAddress(reader.uleb());
                case 3 -> from + reader.u32();
                default -> base + reader.u32();
              };
          add(list, from, to, reader.bytes(reader.u16()));
        }
        default -> throw new DwarfException("unknown entry of a list of locations");
      }
    }
  }

  /** Section 2.6.2 of version 5. */
  private void readLocations(List<Location> list, long offset) {
    DwarfReader reader = unit.sections().reader("loclists", offset);
    int size = unit.addressSize();
    long base = unit.lowest();
    while (true) {
      long from;
      long to;
      switch (reader.u8()) {
        case 0 -> { // end of list
          return;
        }
        case 1 -> { // base_addressx
          base = unit.indexedAddress(reader.uleb());
          continue;
        }
        case 2 -> { // startx_endx
          from = unit.indexedAddress(reader.uleb());
          to = unit.indexedAddress(reader.uleb());
        }
        case 3 -> { // startx_length
          from = unit.indexedAddress(reader.uleb());
          to = from + reader.uleb();
        }
        case 4 -> { // offset_pair
          from = base + reader.uleb();
          to = base + reader.uleb();
        }
        case 5 -> { // default_location
          from = 0;
          to = Long.MAX_VALUE;
        }
        case 6 -> { // base_address
          base = reader.unsigned(size);
          continue;
        }
        case 7 -> { // start_end
          from = reader.unsigned(size);
          to = reader.unsigned(size);
        }
        case 8 -> { // start_length
          from = reader.unsigned(size);
          to = from + reader.uleb();
        }
        default -> throw new DwarfException("unknown entry of a list of locations");
      }
      add(list, from, to, reader.bytes(reader.uleb()));
    }
  }
}
