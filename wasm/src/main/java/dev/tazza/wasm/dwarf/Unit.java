package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Entry.Attribute;
import dev.tazza.wasm.dwarf.Form.Kind;
import org.jspecify.annotations.Nullable;

/** A compilation unit in {@code .debug_info}: its header, and what its entries' values mean. */
final class Unit {
  private static final int TYPE_UNIT = 2;
  private static final int SKELETON_UNIT = 4;
  private static final int SPLIT_COMPILE_UNIT = 5;
  private static final int SPLIT_TYPE_UNIT = 6;

  /** So many steps an entry may be away from the one that has its name. */
  private static final int MOST_ORIGINS = 16;

  private final DebugSections sections;
  private final int start;
  private final int end;
  private final int version;
  private final int addressSize;
  private final int offsetSize;
  private final int firstEntry;
  private final boolean describesCode;
  private final Abbreviations abbreviations;
  private final Entry root = new Entry();
  private final boolean isSkeleton;

  /** What a skeleton and the unit that it stands for have in common; of others 0. */
  private long id;

  /** The one that stands for this one in the module. */
  private @Nullable Unit skeleton;

  /** Reads the unit that begins where {@code in} is, and leaves {@code in} at its end. */
  Unit(DebugSections sections, DwarfReader in, AbbreviationTables tables) {
    this.sections = sections;
    start = in.position();
    end = in.unitEnd();
    offsetSize = in.offsetSize();
    version = in.u16();
    if (version < 2 || version > 5) {
      throw new DwarfException("version " + version);
    }
    long abbreviationOffset;
    int type = 1;
    if (version == 5) {
      type = in.u8();
      addressSize = in.u8();
      abbreviationOffset = in.offset();
      skipId(in, type);
    } else {
      abbreviationOffset = in.offset();
      addressSize = in.u8();
    }
    if (addressSize < 1 || addressSize > 8) {
      throw new DwarfException("addresses of " + addressSize + " bytes");
    }
    firstEntry = in.position();
    abbreviations = tables.at(abbreviationOffset);
    describesCode = type != TYPE_UNIT && type != SPLIT_TYPE_UNIT && readAt(root, in, firstEntry);
    boolean isOldSplit = version < 5 && describesCode && root.has(Attribute.GNU_DWO_ID);
    if (isOldSplit) {
      id = root.value(Attribute.GNU_DWO_ID);
    }
    isSkeleton = type == SKELETON_UNIT || isOldSplit;
    in.seek(end);
  }

  private void skipId(DwarfReader in, int type) {
    switch (type) {
      case TYPE_UNIT, SPLIT_TYPE_UNIT -> {
        in.skip(8);
        in.offset();
      }
      case SKELETON_UNIT, SPLIT_COMPILE_UNIT -> id = in.unsigned(8);
      default -> {}
    }
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The entry for the whole. */
  Entry root() {
    return root;
  }

  /** Whether it is about code, and not types alone. */
  boolean describesCode() {
    return describesCode;
  }

  /**
   * Whether it stands for a unit in a file of its own. In version 4 both look like it: there a
   * skeleton is what is in the module.
   */
  boolean isSkeleton() {
    return isSkeleton;
  }

  /** The number by which the two belong together. */
  long id() {
    return id;
  }

  /** Tells which unit of the module stands for this one: it has what only the linker knows. */
  void standsIn(Unit unit) {
    skeleton = unit;
  }

  /** A reader at the first entry. */
  DwarfReader entries() {
    DwarfReader in = sections.reader("info", firstEntry);
    in.offsetSize(offsetSize);
    return in;
  }

  /** Reads the next entry; false for the end of a list of children. */
  boolean read(Entry entry, DwarfReader in) {
    return entry.read(in, abbreviations, version, addressSize);
  }

  private boolean readAt(Entry entry, DwarfReader in, long offset) {
    if (offset < firstEntry || offset >= end) {
      throw new DwarfException("no entry at " + offset);
    }
    in.seek(offset);
    return read(entry, in);
  }

  /** Where an entry refers to, as an offset in the section; -1: nowhere. */
  long reference(Entry entry, Attribute attribute) {
    return switch (entry.kind(attribute)) {
      case UNIT_REFERENCE -> start + entry.value(attribute);
      case SECTION_REFERENCE -> entry.value(attribute);
      default -> -1;
    };
  }

  @Nullable String string(Entry entry, Attribute attribute) {
    return string(entry.kind(attribute), entry.value(attribute));
  }

  /** The text that a value of that kind stands for; null when it is none. */
  @Nullable String string(Kind kind, long value) {
    return switch (kind) {
      case INLINE_STRING -> sections.reader("info", value).string();
      case STRING_OFFSET -> sections.reader("str", value).string();
      case LINE_STRING_OFFSET -> sections.reader("line_str", value).string();
      case STRING_INDEX -> {
        long base = base(Attribute.STR_OFFSETS_BASE, behindHeader(8, 16));
        long at = sections.reader("str_offsets", base + value * offsetSize).unsigned(offsetSize);
        yield sections.reader("str", at).string();
      }
      default -> null;
    };
  }

  /** Where a section's contents begin, of which version 4 has no header. */
  private int behindHeader(int size, int sizeIn64Bits) {
    return version < 5 ? 0 : offsetSize == 4 ? size : sizeIn64Bits;
  }

  /** Where the unit's part of another section begins. */
  private long base(Attribute attribute, int unlessGiven) {
    if (root.has(attribute)) {
      return root.value(attribute);
    }
    Unit linked = attribute == Attribute.ADDR_BASE ? skeleton : null;
    return linked == null ? unlessGiven : linked.base(attribute, unlessGiven);
  }

  /** An address; 0 when there is none. */
  long address(Entry entry, Attribute attribute) {
    return switch (entry.kind(attribute)) {
      case ADDRESS -> entry.value(attribute);
      case ADDRESS_INDEX -> indexedAddress(entry.value(attribute));
      default -> 0;
    };
  }

  int addressSize() {
    return addressSize;
  }

  int version() {
    return version;
  }

  Abbreviations abbreviations() {
    return abbreviations;
  }

  DebugSections sections() {
    return sections;
  }

  /** Where in its section a list of locations is. */
  long locationList(Kind kind, long value) {
    if (kind != Kind.LOCATION_LIST_INDEX) {
      return value;
    }
    long base = base(Attribute.LOCLISTS_BASE, offsetSize == 4 ? 12 : 20);
    return base + sections.reader("loclists", base + value * offsetSize).unsigned(offsetSize);
  }

  /** The address of that number in the unit's part of {@code .debug_addr}. */
  long indexedAddress(long index) {
    long at = base(Attribute.ADDR_BASE, behindHeader(8, 8)) + index * addressSize;
    return sections.reader("addr", at).unsigned(addressSize);
  }

  /** The code that an entry is about. */
  Ranges ranges(Entry entry) {
    Ranges ranges = new Ranges();
    if (entry.has(Attribute.RANGES)) {
      if (version == 5) {
        readRangeList(ranges, entry);
      } else {
        readOldRanges(ranges, entry.value(Attribute.RANGES));
      }
    } else if (entry.has(Attribute.LOW_PC)) {
      long low = address(entry, Attribute.LOW_PC);
      long high =
          entry.kind(Attribute.HIGH_PC) == Kind.NUMBER
              ? low + entry.value(Attribute.HIGH_PC)
              : address(entry, Attribute.HIGH_PC);
      ranges.add(low, high);
    }
    return ranges;
  }

  /** Whether another one stands for it in the module. */
  boolean isSplit() {
    return skeleton != null;
  }

  /** What ranges and lists of locations are relative to. */
  long lowest() {
    return skeleton == null ? address(root, Attribute.LOW_PC) : skeleton.lowest();
  }

  /** Section 2.17.3 of version 4. */
  private void readOldRanges(Ranges ranges, long offset) {
    Unit linked = skeleton; // the linker knows the ranges: they are in the module
    DwarfReader in =
        linked == null
            ? sections.reader("ranges", offset)
            : linked.sections.reader(
                "ranges", offset + Math.max(linked.base(Attribute.GNU_RANGES_BASE, 0), 0));
    long last = addressSize >= 8 ? -1 : (1L << 8 * addressSize) - 1;
    long base = lowest();
    while (true) {
      long from = in.unsigned(addressSize);
      long to = in.unsigned(addressSize);
      if (from == 0 && to == 0) {
        return;
      }
      if (from == last) {
        base = to;
      } else {
        ranges.add(base + from, base + to);
      }
    }
  }

  /** Section 2.17.3 of version 5. */
  private void readRangeList(Ranges ranges, Entry entry) {
    long value = entry.value(Attribute.RANGES);
    long offset = value;
    if (entry.kind(Attribute.RANGES) == Kind.RANGE_LIST_INDEX) {
      long base = base(Attribute.RNGLISTS_BASE, offsetSize == 4 ? 12 : 20);
      offset = base + sections.reader("rnglists", base + value * offsetSize).unsigned(offsetSize);
    }
    DwarfReader in = sections.reader("rnglists", offset);
    long base = lowest();
    while (true) {
      switch (in.u8()) {
        case 0 -> { // end of list
          return;
        }
        case 1 -> base = indexedAddress(in.uleb()); // base_addressx
        case 2 -> ranges.add(indexedAddress(in.uleb()), indexedAddress(in.uleb())); // startx_endx
        case 3 -> { // startx_length
          long from = indexedAddress(in.uleb());
          ranges.add(from, from + in.uleb());
        }
        case 4 -> ranges.add(base + in.uleb(), base + in.uleb()); // offset_pair
        case 5 -> base = in.unsigned(addressSize); // base_address
        case 6 -> ranges.add(in.unsigned(addressSize), in.unsigned(addressSize)); // start_end
        case 7 -> { // start_length
          long from = in.unsigned(addressSize);
          ranges.add(from, from + in.uleb());
        }
        default -> throw new DwarfException("unknown entry of a list of ranges");
      }
    }
  }

  /**
   * The name of the entry at {@code offset} of the section, which may be given by the entry that it
   * is made from.
   *
   * @param units where entries of other units are found
   */
  static @Nullable String name(UnitTable units, long offset) {
    long at = offset;
    Entry entry = new Entry();
    for (int i = 0; i < MOST_ORIGINS && at >= 0; i++) {
      Unit unit = units.at(at);
      if (!unit.readAt(entry, unit.entries(), at)) {
        return null;
      }
      String linkage = unit.string(entry, Attribute.LINKAGE_NAME);
      String name = linkage == null ? unit.string(entry, Attribute.NAME) : linkage;
      if (name != null) {
        return name;
      }
      long origin = unit.reference(entry, Attribute.ABSTRACT_ORIGIN);
      at = origin >= 0 ? origin : unit.reference(entry, Attribute.SPECIFICATION);
    }
    return null;
  }
}
