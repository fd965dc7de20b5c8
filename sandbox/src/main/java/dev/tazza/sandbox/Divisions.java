package dev.tazza.sandbox;

/**
 * Divisions in code that must not rely on the processor's faults. That the divisor is neither zero
 * nor, of signed ones, -1 is known if it is a number in bounds, or by the form in which the
 * compiler writes the check, right before:
 *
 * <pre>
 *   test d, d        test d, d
 *   je               je
 *                    cmp d, -1
 *                    je
 *   xor edx, edx     cdq
 *   div d            idiv d
 * </pre>
 *
 * where each jump is the only way to what follows it. A form, because bounds cannot say that a
 * number of 64 bits is any but zero.
 */
final class Divisions {
  private static final int RAX = 0;
  private static final int RDX = 2;

  private final Instructions code;
  private final Blocks blocks;

  Divisions(Instructions code, Blocks blocks) {
    this.code = code;
    this.blocks = blocks;
  }

  /** Whether division {@code i}, by a register, is behind such a check. */
  boolean isChecked(int i) {
    int divisor = code.rm(i);
    boolean signed = code.kind(i) == Kind.IDIV;
    if (code.isMemory(i)
        || divisor == RAX
        || divisor == RDX
        || i < 3
        || !extends64(i - 1, signed)) {
      return false;
    }
    int at = i - 1;
    if (signed) {
      if (at < 4 || !isOnlyBehindJump(at) || !comparesWithMinusOne(at - 2, i)) {
        return false;
      }
      at -= 2;
    }
    return at >= 2 && isOnlyBehindJump(at) && tests(at - 2, i);
  }

  /** Whether it sets rdx, and nothing else, for the division behind it. */
  private boolean extends64(int at, boolean signed) {
    return signed
        ? code.kind(at) == Kind.SIGN
        : code.kind(at) == Kind.ALU_REG
            && code.sub(at) == Kind.XOR
            && code.reg(at) == RDX
            && !code.isMemory(at)
            && code.rm(at) == RDX;
  }

  /** Whether a block begins there to which only the jump before leads, when it is not taken. */
  private boolean isOnlyBehindJump(int at) {
    int block = blocks.blockAtInstruction(at);
    return block >= 0
        && blocks.hasOnePredecessor[block]
        && code.kind(at - 1) == Kind.JUMP_IF
        && code.sub(at - 1) == Conditions.E;
  }

  private boolean comparesWithMinusOne(int at, int division) {
    return code.kind(at) == Kind.ALU_IMM
        && code.sub(at) == Kind.CMP
        && code.imm[at] == -1
        && isDivisor(at, division);
  }

  private boolean tests(int at, int division) {
    return code.kind(at) == Kind.ALU_RM
        && code.sub(at) == Kind.TEST
        && code.reg(at) == code.rm(division)
        && isDivisor(at, division);
  }

  private boolean isDivisor(int at, int division) {
    return !code.isMemory(at)
        && code.rm(at) == code.rm(division)
        && code.size(at) == code.size(division);
  }
}
