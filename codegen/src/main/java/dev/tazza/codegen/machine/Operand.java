package dev.tazza.codegen.machine;

/**
 * One operand of a machine instruction for the register allocator, packed into a {@code long}.
 *
 * <pre>
 *   bits 0–31   virtual register
 *   bit  32     1: definition, 0: use
 *   bit  33     1: late, 0: early
 *   bits 34–36  constraint
 *   bits 40–47  payload: the physical register (FIXED), or the index, among the instruction's
 *               operands, of the use whose register the definition takes over (REUSE)
 * </pre>
 *
 * <p>Positions as in regalloc2: an early use is read, a late definition written, so the two may
 * share a register. A late use must survive the instruction's definitions; an early definition must
 * not share with any use. A temporary is an early definition that nobody uses.
 */
public final class Operand {
  /** Register or stack slot, as suits the allocator. */
  public static final int ANY = 0;

  /** A register. */
  public static final int REG = 1;

  /** The physical register in the payload. */
  public static final int FIXED = 2;

  /** Definition in the same register as the use in the payload; that use is early and REG. */
  public static final int REUSE = 3;

  private static final long DEF = 1L << 32;
  private static final long LATE = 1L << 33;

  private Operand() {}

  /** Early use in a register. */
  public static long use(int vreg) {
    return of(vreg, REG, 0);
  }

  /** Early use in a register or on the stack. */
  public static long useAny(int vreg) {
    return of(vreg, ANY, 0);
  }

  /** Use in a register that no definition of the instruction may take. */
  public static long useLate(int vreg) {
    return of(vreg, REG, 0) | LATE;
  }

  public static long useFixed(int vreg, int preg) {
    return of(vreg, FIXED, preg);
  }

  /** Late definition in a register. */
  public static long def(int vreg) {
    return of(vreg, REG, 0) | DEF | LATE;
  }

  /** Late definition in a register or on the stack. */
  public static long defAny(int vreg) {
    return of(vreg, ANY, 0) | DEF | LATE;
  }

  /** Definition that shares a register with no use; also the form of a temporary. */
  public static long defEarly(int vreg) {
    return of(vreg, REG, 0) | DEF;
  }

  public static long defFixed(int vreg, int preg) {
    return of(vreg, FIXED, preg) | DEF | LATE;
  }

  /** Late definition in the register of the use at {@code operandIndex} of the same instruction. */
  public static long defReuse(int vreg, int operandIndex) {
    return of(vreg, REUSE, operandIndex) | DEF | LATE;
  }

  private static long of(int vreg, int constraint, int payload) {
    return vreg | (long) constraint << 34 | (long) payload << 40;
  }

  public static int vreg(long operand) {
    return (int) operand;
  }

  public static boolean isDef(long operand) {
    return (operand & DEF) != 0;
  }

  public static boolean isLate(long operand) {
    return (operand & LATE) != 0;
  }

  public static int constraint(long operand) {
    return (int) (operand >>> 34) & 7;
  }

  /** The physical register of a FIXED operand. */
  public static int preg(long operand) {
    return payload(operand);
  }

  /** The operand index of a REUSE operand. */
  public static int reused(long operand) {
    return payload(operand);
  }

  private static int payload(long operand) {
    return (int) (operand >>> 40) & 0xff;
  }
}
