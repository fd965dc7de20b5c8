package dev.tazza.wasm.dwarf;

/**
 * How the value of an attribute is written (section 7.5.6 of the standard), and what it is then.
 */
enum Form {
  ADDR(0x01, Kind.ADDRESS),
  BLOCK2(0x03, Kind.OTHER),
  BLOCK4(0x04, Kind.OTHER),
  DATA2(0x05, Kind.NUMBER),
  DATA4(0x06, Kind.NUMBER),
  DATA8(0x07, Kind.NUMBER),
  STRING(0x08, Kind.INLINE_STRING),
  BLOCK(0x09, Kind.OTHER),
  BLOCK1(0x0A, Kind.OTHER),
  DATA1(0x0B, Kind.NUMBER),
  FLAG(0x0C, Kind.NUMBER),
  SDATA(0x0D, Kind.NUMBER),
  STRP(0x0E, Kind.STRING_OFFSET),
  UDATA(0x0F, Kind.NUMBER),
  REF_ADDR(0x10, Kind.SECTION_REFERENCE),
  REF1(0x11, Kind.UNIT_REFERENCE),
  REF2(0x12, Kind.UNIT_REFERENCE),
  REF4(0x13, Kind.UNIT_REFERENCE),
  REF8(0x14, Kind.UNIT_REFERENCE),
  REF_UDATA(0x15, Kind.UNIT_REFERENCE),
  INDIRECT(0x16, Kind.OTHER),
  SEC_OFFSET(0x17, Kind.SECTION_OFFSET),
  EXPRLOC(0x18, Kind.OTHER),
  FLAG_PRESENT(0x19, Kind.NUMBER),
  STRX(0x1A, Kind.STRING_INDEX),
  ADDRX(0x1B, Kind.ADDRESS_INDEX),
  REF_SUP4(0x1C, Kind.OTHER),
  STRP_SUP(0x1D, Kind.OTHER),
  DATA16(0x1E, Kind.OTHER),
  LINE_STRP(0x1F, Kind.LINE_STRING_OFFSET),
  REF_SIG8(0x20, Kind.OTHER),
  IMPLICIT_CONST(0x21, Kind.NUMBER),
  LOCLISTX(0x22, Kind.LOCATION_LIST_INDEX),
  RNGLISTX(0x23, Kind.RANGE_LIST_INDEX),
  REF_SUP8(0x24, Kind.OTHER),
  STRX1(0x25, Kind.STRING_INDEX),
  STRX2(0x26, Kind.STRING_INDEX),
  STRX3(0x27, Kind.STRING_INDEX),
  STRX4(0x28, Kind.STRING_INDEX),
  ADDRX1(0x29, Kind.ADDRESS_INDEX),
  ADDRX2(0x2A, Kind.ADDRESS_INDEX),
  ADDRX3(0x2B, Kind.ADDRESS_INDEX),
  ADDRX4(0x2C, Kind.ADDRESS_INDEX),
  // What GNU has in version 4 for the indexes of version 5.
  GNU_ADDR_INDEX(0x1F01, Kind.ADDRESS_INDEX),
  GNU_STR_INDEX(0x1F02, Kind.STRING_INDEX);

  /** What a value is. */
  enum Kind {
    NUMBER,
    ADDRESS,
    ADDRESS_INDEX,
    /** The position of the string in its section. */
    INLINE_STRING,
    STRING_OFFSET,
    LINE_STRING_OFFSET,
    STRING_INDEX,
    UNIT_REFERENCE,
    SECTION_REFERENCE,
    SECTION_OFFSET,
    RANGE_LIST_INDEX,
    LOCATION_LIST_INDEX,
    /** Nothing that is needed. */
    OTHER
  }

  private static final Form[] BY_CODE = new Form[0x2D];

  static {
    for (Form form : values()) {
      if (form.code < BY_CODE.length) {
        BY_CODE[form.code] = form;
      }
    }
  }

  private final int code;
  private final Kind kind;

  Form(int code, Kind kind) {
    this.code = code;
    this.kind = kind;
  }

  int code() {
    return code;
  }

  Kind kind() {
    return kind;
  }

  static Form of(int code) {
    if (code == GNU_ADDR_INDEX.code || code == GNU_STR_INDEX.code) {
      return code == GNU_ADDR_INDEX.code ? GNU_ADDR_INDEX : GNU_STR_INDEX;
    }
    if (code <= 0 || code >= BY_CODE.length || BY_CODE[code] == null) {
      throw new DwarfException("unknown form 0x" + Integer.toHexString(code));
    }
    return BY_CODE[code];
  }

  /**
   * Reads a value, or goes past one that is nothing but bytes.
   *
   * @param version of the unit, on which the size of a reference to another unit depends
   */
  long read(DwarfReader in, int version, int addressSize) {
    switch (this) {
      case ADDR -> {
        return in.unsigned(addressSize);
      }
      case DATA1, FLAG, REF1, STRX1, ADDRX1 -> {
        return in.u8();
      }
      case DATA2, REF2, STRX2, ADDRX2 -> {
        return in.u16();
      }
      case STRX3, ADDRX3 -> {
        return in.unsigned(3);
      }
      case DATA4, REF4, STRX4, ADDRX4, REF_SUP4 -> {
        return in.u32();
      }
      case DATA8, REF8, REF_SIG8, REF_SUP8 -> {
        return in.u64();
      }
      case SDATA -> {
        return in.sleb();
      }
      case UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX -> {
        return in.uleb();
      }
      case STRP, LINE_STRP, STRP_SUP, SEC_OFFSET -> {
        return in.offset();
      }
      case REF_ADDR -> {
        return version <= 2 ? in.unsigned(addressSize) : in.offset();
      }
      default -> {
        return readBytes(in);
      }
    }
  }

  private long readBytes(DwarfReader in) {
    switch (this) {
      case STRING -> {
        int start = in.position();
        in.string();
        return start;
      }
      case BLOCK1 -> in.skip(in.u8());
      case BLOCK2 -> in.skip(in.u16());
      case BLOCK4 -> in.skip(in.u32());
      case BLOCK, EXPRLOC -> in.skip(in.count());
      case DATA16 -> in.skip(16);
      case FLAG_PRESENT -> {
        return 1;
      }
      default -> throw new DwarfException(this + " has no value of its own");
    }
    return 0;
  }
}
