package dev.tazza.codegen.isa.x64.inst;

/**
 * The part of a fused instruction that sets the flags. It is no instruction of its own, so nothing
 * can come between it and what reads the flags.
 *
 * @param op which
 * @param bytes operand size: 1, 2, 4 or 8
 * @param left a register, or memory when {@code right} is an immediate
 * @param right register, memory, pool constant (floats) or immediate
 */
public record Compare(Op op, int bytes, Source left, Source right) {
  public enum Op {
    CMP("cmp"),
    TEST("test"),
    /** Bit number {@code right} (immediate or register) of {@code left} to the carry flag. */
    BT("bt"),
    UCOMISS("ucomiss"),
    UCOMISD("ucomisd"),
    /** Zero flag: no bit is set in both. */
    PTEST("ptest");

    public final String text;

    Op(String text) {
      this.text = text;
    }

    boolean isFloat() {
      return this == UCOMISS || this == UCOMISD || this == PTEST;
    }
  }
}
