package dev.tazza.codegen.isa.x64;

/** What an instruction reads in the place where the encoding allows more than a register. */
sealed interface Source {
  /**
   * A virtual register; on the stack it becomes a memory operand, unless the format asks for a
   * register.
   */
  record Reg(int vreg) implements Source {}

  /** An immediate, sign-extended to the operation's size. */
  record Imm(int value) implements Source {}

  /** A constant in the pool behind the code, 4, 8 or 16 bytes. */
  record Pool(int bytes, long low, long high) implements Source {
    static Pool f32(int bits) {
      return new Pool(4, bits & 0xffffffffL, 0);
    }

    static Pool f64(long bits) {
      return new Pool(8, bits, 0);
    }

    static Pool vector(long low, long high) {
      return new Pool(16, low, high);
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
    static final int NONE = -1;

    /** The store context, r15. */
    static final int CONTEXT = -2;

    /** The stack arguments of this function. */
    static final int INCOMING = -3;

    /** The stack arguments of a call. */
    static final int OUTGOING = -4;

    static Amode of(int base, int disp) {
      return new Amode(base, NONE, 0, disp, 0);
    }
  }
}
