package dev.tazza.sandbox;

/**
 * What most instructions are: those of {@link Rows} without a prefix but REX, of one opcode byte or
 * two, on integer registers and memory that is not addressed relative to the pc. What {@link
 * Decoder} needs is looked up in tables: of the opcode a row, of a ModRM byte a form.
 *
 * <p>The lower half of a row is that of a word of {@link Instructions}. The upper half, which is
 * what is meant by row below:
 *
 * <pre>
 *   bits 0–2    bytes of the immediate
 *   bits 3–7    bits of an immediate of four bytes that there are not
 *   bits 8–10   flags
 *   bits 16–20  conflicts: forms that the row cannot have
 *   bit 31      there is an immediate
 * </pre>
 *
 * A form is the same of ModRM, SIB and displacement:
 *
 * <pre>
 *   bits 0–5    where REX.B is added to a word of {@link Instructions}
 *   bits 6–10   bits of a displacement of four bytes that there are not
 *   bits 11–14  bytes of ModRM, SIB and displacement
 *   bits 16–20  conflicts
 *   bits 21–22  flags
 *   bit 31      there is a displacement
 * </pre>
 */
final class PlainRows {
  // Of rows.
  private static final int UNUSED_IMMEDIATE_SHIFT = 3;
  private static final int IS_UNSIGNED = 1 << 8;
  private static final int IS_RELATIVE = 1 << 9;
  private static final int HAS_MODRM = 1 << 10;

  // Of forms.
  private static final int UNUSED_SHIFT = 6;
  private static final int OPERAND_SHIFT = 11;
  private static final int HAS_SIB = 1 << 21;

  /** A base of 5 in the SIB byte is none. */
  private static final int MAY_LACK_BASE = 1 << 22;

  // Conflicts, of both.
  private static final int IN_MEMORY = 1 << 16;
  private static final int IN_REGISTER = 1 << 17;

  /** Registers may mean second bytes, if there is no REX prefix. */
  private static final int SECOND_BYTES_SHIFT = 18;

  private static final int SECOND_BYTES = 1 << SECOND_BYTES_SHIFT;
  private static final int RELATIVE_TO_PC = 1 << 19;

  /** No form is right: there is no row. */
  private static final int ANY = 1 << 20;

  private static final int CONFLICTS =
      IN_MEMORY | IN_REGISTER | SECOND_BYTES | RELATIVE_TO_PC | ANY;

  /** Of rows and forms: there is what their other fields tell of. */
  private static final int IS_THERE = 1 << 31;

  private static final long ROW_OF_WORD = 0x7fff_ffffL;

  /** By REX.W, escape, opcode and the digit of a ModRM byte. */
  private static final long[] ROWS = new long[4 << 11];

  /** By ModRM byte. */
  private static final int[] FORMS = new int[256];

  /** By ModRM byte: the registers of a word of {@link Instructions}, without REX and SIB. */
  private static final long[] OPERANDS = new long[256];

  /** By REX.X and SIB: the base without REX.B, the index and its shift. */
  private static final long[] SCALED = new long[2 << 8];

  static {
    for (int i = 0; i < ROWS.length; i++) {
      int row = Rows.row(i >> 11 & 1, Rows.NP, i >> 3 & 0xff);
      row = (row & Rows.GROUP) != 0 ? Rows.member(row, i & 7) : row;
      ROWS[i] = row(row, i >> 12 != 0);
    }
    for (int modrm = 0; modrm < FORMS.length; modrm++) {
      putForm(modrm);
    }
    for (int i = 0; i < SCALED.length; i++) {
      long index = i >> 3 & 7 | i >> 8 << 3;
      index = index == Machine.RSP ? Instructions.NONE : index;
      long shift = i >> 6 & 3;
      SCALED[i] =
          (long) (i & 7) << Instructions.BASE_SHIFT
              | index << Instructions.INDEX_SHIFT
              | shift << Instructions.INDEX_SHIFT_SHIFT;
    }
  }

  private PlainRows() {}

  private static long row(int row, boolean isLong) {
    int kind = row & 0xff;
    int code = row >> Rows.IMM_SHIFT & 3;
    if ((row & (Rows.REG_VECTOR | Rows.RM_VECTOR | Rows.VEX_ONLY)) != 0
        || !isPlain(kind, code, isLong)) {
      return (long) (HAS_MODRM | ANY) << 32;
    }
    int size = (row & Rows.BYTE) != 0 ? 1 : isLong ? 8 : 4;
    int width = row >> Rows.WIDTH_SHIFT & 7;
    width = width == 0 ? size : 1 << width - 1;
    int immediate = kind == Kind.MOVE_IMM || code == 2 ? 4 : code;
    boolean isJump = kind == Kind.JUMP || kind == Kind.JUMP_IF;
    boolean isInMemory = (row & Rows.MEMORY_ONLY) != 0 || kind == Kind.STORE_IMM;
    int high =
        immediate
            | (32 - 8 * immediate & 31) << UNUSED_IMMEDIATE_SHIFT
            | (immediate == 0 ? 0 : IS_THERE)
            | ((row & Rows.MODRM) == 0 ? 0 : HAS_MODRM)
            | (kind == Kind.MOVE_IMM ? IS_UNSIGNED : 0)
            | (isJump || kind == Kind.CALL ? IS_RELATIVE : 0)
            | (isInMemory ? IN_REGISTER : 0)
            | ((row & Rows.REGISTER_ONLY) == 0 ? 0 : IN_MEMORY)
            | (width == 1 ? SECOND_BYTES : 0)
            | RELATIVE_TO_PC;
    return row & 0xffff
        | (long) size << Instructions.SIZE_SHIFT
        | (long) width << Instructions.WIDTH_SHIFT
        | (long) high << 32;
  }

  /**
   * Whether there is no more to an instruction than a row says.
   *
   * @param code of its immediate, see {@link Rows}
   */
  private static boolean isPlain(int kind, int code, boolean isLong) {
    return switch (kind) {
      case Kind.NONE,
          Kind.RETURN,
          Kind.NOP,
          Kind.CALL_RM,
          Kind.JUMP_RM,
          Kind.EXCHANGE,
          Kind.COMPARE_EXCHANGE ->
          false;
      // Of eight bytes.
      case Kind.MOVE_IMM -> !isLong;
      // By one, which is not written.
      case Kind.SHIFT_IMM -> code != 0;
      default -> true;
    };
  }

  /**
   * @param operand bytes of ModRM and SIB
   * @param displacement bytes of the displacement
   * @param extended the field that REX.B belongs to
   */
  private static int form(int operand, int displacement, int extended) {
    return extended + 3
        | (32 - 8 * displacement & 31) << UNUSED_SHIFT
        | operand + displacement << OPERAND_SHIFT
        | (displacement == 0 ? 0 : IS_THERE)
        | ANY;
  }

  private static void putForm(int modrm) {
    long reg = (long) (modrm >> 3 & 7) << Instructions.REG_SHIFT;
    long low = modrm & 7;
    int mode = modrm >> 6;
    int flags = (modrm & 0x24) == 0 ? 0 : SECOND_BYTES;
    if (mode == 3) {
      FORMS[modrm] = form(1, 0, Instructions.RM_SHIFT) | flags | IN_REGISTER;
      OPERANDS[modrm] =
          reg
              | low << Instructions.RM_SHIFT
              | Instructions.NONE << Instructions.BASE_SHIFT
              | Instructions.NONE << Instructions.INDEX_SHIFT;
      return;
    }
    reg |= Instructions.NONE << Instructions.RM_SHIFT;
    boolean hasSib = low == Machine.RSP;
    flags |= IN_MEMORY | (hasSib ? HAS_SIB : 0);
    if (mode == 0) {
      flags |= hasSib ? MAY_LACK_BASE : low == Machine.RBP ? RELATIVE_TO_PC : 0;
    }
    int bytes = mode == 2 ? 4 : mode;
    FORMS[modrm] = form(hasSib ? 2 : 1, bytes, Instructions.BASE_SHIFT) | flags;
    OPERANDS[modrm] =
        hasSib
            ? reg
            : reg | low << Instructions.BASE_SHIFT | Instructions.NONE << Instructions.INDEX_SHIFT;
  }

  /**
   * The row of an opcode, both halves.
   *
   * @param escapes 1 behind an escape byte, else 0
   * @param rex the prefix, or 0
   * @param bytes the opcode and what comes behind it
   */
  static long row(int escapes, int rex, int bytes) {
    return ROWS[(rex & 8) << 9 | escapes << 11 | (bytes & 0xff) << 3 | bytes >> 11 & 7];
  }

  /** The half of a row that is not of a word. */
  static int high(long row) {
    return (int) (row >>> 32);
  }

  /** Whether a ModRM byte follows, or there is no row. */
  static boolean hasModRm(int row) {
    return (row & HAS_MODRM) != 0;
  }

  /** The form of an instruction with a ModRM byte. */
  static int form(int bytes) {
    return FORMS[bytes >> 8 & 0xff];
  }

  /**
   * Whether there is no such instruction here.
   *
   * @param hasRex 1 if it has that prefix, else 0; without one some numbers mean second bytes
   */
  static boolean conflicts(int row, int form, int hasRex) {
    return (row & form & CONFLICTS & ~(hasRex << SECOND_BYTES_SHIFT)) != 0;
  }

  static boolean hasSib(int form) {
    return (form & HAS_SIB) != 0;
  }

  /** Whether an instruction with a SIB byte has no base. */
  static boolean lacksBase(int form, int bytes) {
    return (form & MAY_LACK_BASE) != 0 && (bytes >> 16 & 7) == Machine.RBP;
  }

  /** The word of an instruction with a ModRM byte, without what a SIB byte adds. */
  static long word(long row, int form, int bytes, int rex) {
    return row & ROW_OF_WORD
        | OPERANDS[bytes >> 8 & 0xff]
            + ((long) (rex & 4) << Instructions.REG_SHIFT + 1)
            + ((long) (rex & 1) << form);
  }

  /** What a SIB byte adds. */
  static long scaled(int bytes, int rex) {
    return SCALED[(rex & 2) << 7 | bytes >> 16 & 0xff];
  }

  /** The word of an instruction without a ModRM byte, whose register is part of the opcode. */
  static long word(long row, int bytes, int rex) {
    long reg = bytes & 7 | (rex & 1) << 3;
    return row & ROW_OF_WORD | reg << Instructions.REG_SHIFT | Instructions.NO_OPERAND;
  }

  /** Bytes of ModRM, SIB and displacement. */
  static int operandBytes(int form) {
    return form >> OPERAND_SHIFT & 15;
  }

  static int immediateBytes(int row) {
    return row & 7;
  }

  /** The displacement, which {@code last}, the bytes before the immediate, ends with. */
  static int displacement(int form, int last) {
    return last >> (form >> UNUSED_SHIFT) & form >> 31;
  }

  /** The immediate, which {@code last}, the last bytes of the instruction, ends with. */
  static int immediate(int row, int last) {
    return last >> (row >> UNUSED_IMMEDIATE_SHIFT) & row >> 31;
  }

  /**
   * The same for one without a ModRM byte; of a jump or call where it leads.
   *
   * @param end where the instruction ends
   */
  static long immediate(int row, int last, int end) {
    long immediate = immediate(row, last);
    if ((row & IS_RELATIVE) != 0) {
      return immediate + end;
    }
    return (row & IS_UNSIGNED) != 0 ? immediate & 0xffff_ffffL : immediate;
  }
}
