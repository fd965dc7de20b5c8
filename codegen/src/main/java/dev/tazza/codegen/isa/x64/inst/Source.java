package dev.tazza.codegen.isa.x64.inst;

/** What an instruction reads in the place where the encoding allows more than a register. */
public sealed interface Source {
  /**
   * A virtual register; on the stack it becomes a memory operand, unless the format asks for a
   * register.
   */
  record Reg(int vreg) implements Source {}

  /** An immediate, sign-extended to the operation's size. */
  record Imm(int value) implements Source {}

  /** A constant in the pool behind the code, 4, 8 or 16 bytes. */
  record Pool(int bytes, long low, long high) implements Source {
    public static Pool f32(int bits) {
      return new Pool(4, bits & 0xffffffffL, 0);
    }

    public static Pool f64(long bits) {
      return new Pool(8, bits, 0);
    }

    public static Pool vector(long low, long high) {
      return new Pool(16, low, high);
    }

    /** The sign bits of all lanes. */
    public static Pool signMask(boolean wide) {
      long mask = wide ? 1L << 63 : 0x8000_0000_8000_0000L;
      return vector(mask, mask);
    }

    /** All bits but the signs. */
    public static Pool magnitudeMask(boolean wide) {
      Pool signs = signMask(wide);
      return vector(~signs.low, ~signs.high);
    }
  }

  /**
   * Memory at {@code base + (index << shift) + disp}.
   *
   * @param base a virtual register or one of the constants below
   * @param index a virtual register or {@link #NONE}
   * @param trap trap code of a fault, 0 when it cannot fault
   */
  record Amode(int base, int index, int shift, int disp, int trap) implements Source {
    public static final int NONE = -1;

    /** The pinned context, r15. */
    public static final int CONTEXT = -2;

    /** The stack arguments of this function. */
    public static final int INCOMING = -3;

    /** The stack arguments of a call. */
    public static final int OUTGOING = -4;

    /** What the frame keeps for debuggers. */
    public static final int HOMES = -5;

    public static Amode of(int base, int disp) {
      return new Amode(base, NONE, 0, disp, 0);
    }
  }
}
