package dev.tazza.wasm.dwarf;

import dev.tazza.wasm.dwarf.Form.Kind;
import java.util.Arrays;

/** A debugging information entry; one object is read into again and again. */
final class Entry {
  /** The attributes that are needed, by their codes. */
  enum Attribute {
    NAME(0x03),
    STMT_LIST(0x10),
    LOW_PC(0x11),
    HIGH_PC(0x12),
    COMP_DIR(0x1B),
    ABSTRACT_ORIGIN(0x31),
    SPECIFICATION(0x47),
    RANGES(0x55),
    CALL_COLUMN(0x57),
    CALL_FILE(0x58),
    CALL_LINE(0x59),
    LINKAGE_NAME(0x6E),
    STR_OFFSETS_BASE(0x72),
    ADDR_BASE(0x73),
    RNGLISTS_BASE(0x74),
    DWO_NAME(0x76),
    LOCLISTS_BASE(0x8C),
    GNU_DWO_ID(0x2131),
    GNU_RANGES_BASE(0x2132);

    private static final Attribute[] ALL = values();
    private final int code;

    Attribute(int code) {
      this.code = code;
    }

    /** Its ordinal, or -1 for one that is not needed. */
    static int find(long code) {
      long wanted = standard(code);
      for (Attribute attribute : ALL) {
        if (attribute.code == wanted) {
          return attribute.ordinal();
        }
      }
      return -1;
    }

    /** What the standard has for what others had before it. */
    private static long standard(long code) {
      return switch ((int) code) {
        case 0x2007 -> LINKAGE_NAME.code; // MIPS
        case 0x2130 -> DWO_NAME.code; // GNU
        case 0x2133 -> ADDR_BASE.code; // GNU
        default -> code;
      };
    }
  }

  private final Kind[] kinds = new Kind[Attribute.ALL.length];
  private final long[] values = new long[Attribute.ALL.length];
  private int tag;
  private boolean hasChildren;

  /**
   * Reads the entry at a place.
   *
   * @return false for the end of a list of children
   */
  boolean read(DwarfReader in, Abbreviations abbreviations, int version, int addressSize) {
    Arrays.fill(kinds, Kind.OTHER);
    long code = in.uleb();
    if (code == 0) {
      return false;
    }
    Abbreviations.Shape shape = abbreviations.shape(code);
    tag = shape.tag();
    hasChildren = shape.hasChildren();
    long[] attributes = shape.attributes();
    for (int i = 0; i < attributes.length; i += Abbreviations.Shape.STRIDE) {
      int formCode = (int) attributes[i + 1];
      while (formCode == Form.INDIRECT.code()) {
        formCode = in.count();
      }
      Form form = Form.of(formCode);
      long value =
          form == Form.IMPLICIT_CONST ? attributes[i + 2] : form.read(in, version, addressSize);
      int at = (int) attributes[i];
      if (at >= 0) {
        kinds[at] = form.kind();
        values[at] = value;
      }
    }
    return true;
  }

  int tag() {
    return tag;
  }

  boolean hasChildren() {
    return hasChildren;
  }

  /** What the value is; {@link Kind#OTHER} when there is none. */
  Kind kind(Attribute attribute) {
    return kinds[attribute.ordinal()];
  }

  long value(Attribute attribute) {
    return values[attribute.ordinal()];
  }

  boolean has(Attribute attribute) {
    return kind(attribute) != Kind.OTHER;
  }

  /** A small number, 0 when there is none. */
  int number(Attribute attribute) {
    long value = has(attribute) ? value(attribute) : 0;
    return value < 0 || value > Integer.MAX_VALUE ? 0 : (int) value;
  }
}
