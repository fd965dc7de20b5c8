package dev.tazza.sandbox;

/**
 * What most instructions are: those of {@link Rows} without a prefix but REX, of one opcode byte or
 * two, on integer registers and memory that is not addressed relative to the pc. All that {@link
 * Decoder} needs is looked up in tables, without jumps: what comes next in code nobody can guess. A
 * wrong guess costs as much as decoding an instruction so.
 *
 * <p>A row here is a word of {@link Instructions} without its registers, in whose place there is:
 *
 * <pre>
 *   bits 32–34  bytes of the immediate
 *   bits 35–40  bits of an immediate of four bytes that there are not
 *   bits 41–48  flags
 * </pre>
 *
 * <p>The form of an instruction is where its operands are: a ModRM byte, or {@link #NO_MODRM} and
 * the lowest three bits of the opcode; with what the forms' table says of it:
 *
 * <pre>
 *   bits 0–8    the form
 *   bits 9–12   bytes of ModRM, SIB and displacement
 *   bits 13–15  bytes of the displacement
 *   bits 16–21  bits of a displacement of four bytes that there are not
 *   bits 22–27  where REX.B is added to a word of {@link Instructions}
 *   from 28      flags
 * </pre>
 */
final class PlainRows {
  // Of rows.
  private static final int IMMEDIATE_SHIFT = 32;
  private static final int UNUSED_IMMEDIATE_SHIFT = 35;
  private static final int IS_UNSIGNED_SHIFT = 41;
  private static final int IS_RELATIVE_SHIFT = 42;
  private static final int IS_JUMP_SHIFT = 43;
  private static final int HAS_MODRM_SHIFT = 44;

  /** Registers may mean second bytes, if there is no REX prefix. */
  private static final int HAS_BYTES_SHIFT = 45;

  /** The operand has to be in memory; by {@link #REGISTER_ONLY_BELOW} below that, in a register. */
  private static final int MEMORY_ONLY_SHIFT = 47;

  /** Control does not go on behind it. */
  private static final int IS_END_SHIFT = 48;

  private static final int REGISTER_ONLY_BELOW = 1;
  private static final long ROW_OF_WORD = 0x7fff_ffffL;

  // Of forms.
  private static final int NO_MODRM = 256;
  private static final int OPERAND_SHIFT = 9;
  private static final int DISPLACEMENT_SHIFT = 13;
  private static final int UNUSED_SHIFT = 16;
  private static final int EXTENDED_SHIFT = 22;
  private static final int FORM = (1 << OPERAND_SHIFT) - 1;
  private static final int HAS_SIB_SHIFT = 28;
  private static final int IS_REGISTER_SHIFT = 29;

  /** There is a SIB byte, and a base of 5 in it is none. */
  private static final int MAY_LACK_BASE_SHIFT = 30;

  /** It is addressed relative to the pc. */
  private static final int IS_RELATIVE_TO_PC = 1 << 31;

  /** By REX.W, escape, opcode and the digit of a ModRM byte: the row, or 0. */
  private static final long[] ROWS = new long[4 << 11];

  /** By form. */
  private static final int[] FORMS = new int[NO_MODRM + 8];

  /** By form: the registers of a word of {@link Instructions}, without REX and SIB. */
  private static final long[] OPERANDS = new long[NO_MODRM + 8];

  /** By REX.X and SIB: the base without REX.B, the index and its shift. */
  private static final long[] SCALED = new long[2 << 8];

  static {
    for (int i = 0; i < ROWS.length; i++) {
      int row = Rows.row(i >> 11 & 1, Rows.NP, i >> 3 & 0xff);
      row = (row & Rows.GROUP) != 0 ? Rows.member(row, i & 7) : row;
      ROWS[i] = row(row, i >> 12 != 0);
    }
    for (int i = 0; i < 8; i++) {
      FORMS[NO_MODRM + i] = form(NO_MODRM + i, 0, 0, Instructions.REG_SHIFT);
      OPERANDS[NO_MODRM + i] = (long) i << Instructions.REG_SHIFT | Instructions.NO_OPERAND;
    }
    for (int modrm = 0; modrm < NO_MODRM; modrm++) {
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
      return 0;
    }
    int size = (row & Rows.BYTE) != 0 ? 1 : isLong ? 8 : 4;
    int width = row >> Rows.WIDTH_SHIFT & 7;
    width = width == 0 ? size : 1 << width - 1;
    long immediate = kind == Kind.MOVE_IMM ? 4 : code == 2 ? 4 : code;
    boolean isJump = kind == Kind.JUMP || kind == Kind.JUMP_IF;
    boolean isInMemory = (row & Rows.MEMORY_ONLY) != 0 || kind == Kind.STORE_IMM;
    return row & 0xffff
        | (long) size << Instructions.SIZE_SHIFT
        | (long) width << Instructions.WIDTH_SHIFT
        | immediate << IMMEDIATE_SHIFT
        | 32 - 8 * immediate << UNUSED_IMMEDIATE_SHIFT
        | flag((row & Rows.MODRM) != 0, HAS_MODRM_SHIFT)
        | flag(kind == Kind.MOVE_IMM, IS_UNSIGNED_SHIFT)
        | flag(isJump || kind == Kind.CALL, IS_RELATIVE_SHIFT)
        | flag(isJump, IS_JUMP_SHIFT)
        | flag(isInMemory, MEMORY_ONLY_SHIFT)
        | flag((row & Rows.REGISTER_ONLY) != 0, MEMORY_ONLY_SHIFT - REGISTER_ONLY_BELOW)
        | flag(kind == Kind.JUMP || kind == Kind.TRAP, IS_END_SHIFT)
        | flag(width == 1, HAS_BYTES_SHIFT);
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

  private static long flag(boolean flag, int shift) {
    return flag ? 1L << shift : 0;
  }

  /**
   * @param operand bytes of ModRM and SIB
   * @param displacement bytes of the displacement
   * @param extended the field that REX.B belongs to
   */
  private static int form(int form, int operand, int displacement, int extended) {
    return form
        | operand + displacement << OPERAND_SHIFT
        | displacement << DISPLACEMENT_SHIFT
        | 32 - 8 * displacement << UNUSED_SHIFT
        | extended + 3 << EXTENDED_SHIFT;
  }

  private static void putForm(int modrm) {
    long reg = (long) (modrm >> 3 & 7) << Instructions.REG_SHIFT;
    long low = modrm & 7;
    int mode = modrm >> 6;
    if (mode == 3) {
      FORMS[modrm] = form(modrm, 1, 0, Instructions.RM_SHIFT) | 1 << IS_REGISTER_SHIFT;
      OPERANDS[modrm] =
          reg
              | low << Instructions.RM_SHIFT
              | Instructions.NONE << Instructions.BASE_SHIFT
              | Instructions.NONE << Instructions.INDEX_SHIFT;
      return;
    }
    reg |= Instructions.NONE << Instructions.RM_SHIFT;
    boolean hasSib = low == Machine.RSP;
    int flags = hasSib ? 1 << HAS_SIB_SHIFT : 0;
    if (mode == 0) {
      flags |= hasSib ? 1 << MAY_LACK_BASE_SHIFT : low == Machine.RBP ? IS_RELATIVE_TO_PC : 0;
    }
    int bytes = mode == 2 ? 4 : mode;
    FORMS[modrm] = form(modrm, hasSib ? 2 : 1, bytes, Instructions.BASE_SHIFT) | flags;
    OPERANDS[modrm] =
        hasSib
            ? reg
            : reg | low << Instructions.BASE_SHIFT | Instructions.NONE << Instructions.INDEX_SHIFT;
  }

  /**
   * The row of an opcode, 0 if there is none here.
   *
   * @param escapes 1 behind an escape byte, else 0
   * @param bytes the opcode and what comes behind it
   */
  static long row(int escapes, int rex, int bytes) {
    return ROWS[(rex & 8) << 9 | escapes << 11 | (bytes & 0xff) << 3 | bytes >> 11 & 7];
  }

  /** What is to be known of the form of an instruction whose first bytes these are. */
  static int form(long row, int bytes) {
    // Both are looked up at once, without waiting for the row.
    int with = FORMS[bytes >> 8 & 0xff];
    int without = FORMS[NO_MODRM | bytes & 7];
    int mask = -(int) (row >>> HAS_MODRM_SHIFT & 1);
    return with & mask | without & ~mask;
  }

  /**
   * Whether these tables are for an instruction.
   *
   * @param bytes its opcode, ModRM and SIB
   * @param hasRex 1 if it has that prefix, else 0; without one some numbers mean second bytes
   */
  static boolean areFor(long row, int form, int bytes, int hasRex) {
    int lacksBase = form >> MAY_LACK_BASE_SHIFT & (bytes >> 16 & 7 ^ Machine.RBP) - 1 >>> 31;
    int hasSecondBytes = (int) (row >>> HAS_BYTES_SHIFT) & ~hasRex & -(bytes >> 8 & 0x24) >>> 31;
    int isMemory = ~form >> IS_REGISTER_SHIFT & REGISTER_ONLY_BELOW;
    int isWrong = (int) (row >>> MEMORY_ONLY_SHIFT - isMemory) & 1;
    return row != 0 && form >= 0 && (lacksBase | hasSecondBytes | isWrong) == 0;
  }

  /** The word of an instruction. */
  static long word(long row, int form, int bytes, int rex) {
    // REX.R is for a register of ModRM.
    long reg = (long) (rex & (int) (row >>> HAS_MODRM_SHIFT - 2) & 4) << Instructions.REG_SHIFT + 1;
    long extended = (long) (rex & 1) << (form >> EXTENDED_SHIFT);
    long scaled = SCALED[(rex & 2) << 7 | bytes >> 16 & 0xff] & -(long) (form >> HAS_SIB_SHIFT & 1);
    return row & ROW_OF_WORD | OPERANDS[form & FORM] + scaled + (reg | extended);
  }

  /** Bytes of ModRM, SIB and displacement. */
  static int operandBytes(int form) {
    return form >> OPERAND_SHIFT & 15;
  }

  static int displacementBytes(int form) {
    return form >> DISPLACEMENT_SHIFT & 7;
  }

  static int immediateBytes(long row) {
    return (int) (row >>> IMMEDIATE_SHIFT) & 7;
  }

  /** The displacement, which {@code next} begins with. */
  static int displacement(int form, long next) {
    int unused = form >> UNUSED_SHIFT & 63;
    return (int) (next << 32 << unused >> unused >> 32);
  }

  /**
   * The immediate, which {@code next} begins with; of a jump or call where it leads.
   *
   * @param end where the instruction ends
   */
  static long immediate(long row, long next, int end) {
    int unused = (int) (row >>> UNUSED_IMMEDIATE_SHIFT) & 63;
    long signed = next << 32 << unused >> unused >> 32;
    long isUnsigned = row >>> IS_UNSIGNED_SHIFT & 1;
    long isRelative = row >>> IS_RELATIVE_SHIFT & 1;
    return (signed & -1L >>> (isUnsigned << 5)) + (end & -isRelative);
  }

  /** 1 if it is a jump, else 0. */
  static int isJump(long row) {
    return (int) (row >>> IS_JUMP_SHIFT) & 1;
  }

  /** 1 if control does not go on behind it, else 0. */
  static int isEnd(long row) {
    return (int) (row >>> IS_END_SHIFT) & 1;
  }
}
