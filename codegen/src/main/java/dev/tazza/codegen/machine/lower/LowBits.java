package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.ir.Inst;

/**
 * Which instructions, as a target lowers them, ignore the high half of a register that holds an
 * I32, and which leave it zero.
 */
public interface LowBits {
  /**
   * Whether lowering of {@code user} reads only the low 32 bits of {@code args[index]}, whatever is
   * above them.
   */
  boolean readsLow32(Inst user, int index);

  /** Whether the high 32 bits of an I64 are zero, as far as its operation tells. */
  boolean highIsZero(Inst inst);
}
