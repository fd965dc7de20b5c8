package dev.tazza.assembler.x64;

/**
 * Where an operand is after register allocation: what ModRM and SIB express. Reused for one
 * instruction after another.
 */
public final class Place {
  public enum Kind {
    REGISTER,
    MEMORY,
    /** A constant behind the code, by its label. */
    LABEL
  }

  public static final int NO_REGISTER = -1;

  public Kind kind = Kind.REGISTER;

  /** Encoding of the register. */
  public int register;

  /** Encoding, or {@link #NO_REGISTER}. */
  public int base;

  /** Encoding, or {@link #NO_REGISTER}. */
  public int index;

  public int shift;
  public int disp;
  public int label;

  /** Trap code of a fault, 0 when it cannot fault. */
  public int trap;

  public Place register(int encoding) {
    kind = Kind.REGISTER;
    register = encoding;
    trap = 0;
    return this;
  }

  public Place memory(int base, int disp) {
    return memory(base, NO_REGISTER, 0, disp);
  }

  public Place memory(int base, int index, int shift, int disp) {
    kind = Kind.MEMORY;
    this.base = base;
    this.index = index;
    this.shift = shift;
    this.disp = disp;
    trap = 0;
    return this;
  }

  public Place label(int label) {
    kind = Kind.LABEL;
    this.label = label;
    trap = 0;
    return this;
  }

  public Place copy() {
    Place copy = new Place();
    copy.kind = kind;
    copy.register = register;
    copy.base = base;
    copy.index = index;
    copy.shift = shift;
    copy.disp = disp;
    copy.label = label;
    copy.trap = trap;
    return copy;
  }

  /** Whether it depends on the integer register. */
  public boolean uses(int encoding) {
    return switch (kind) {
      case REGISTER -> register == encoding;
      case MEMORY -> base == encoding || index == encoding;
      case LABEL -> false;
    };
  }

  public boolean isRegister() {
    return kind == Kind.REGISTER;
  }

  public boolean isRegister(int encoding) {
    return kind == Kind.REGISTER && register == encoding;
  }
}
