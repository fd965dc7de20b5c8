package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/**
 * What {@link Checker} checks, and how it says what is wrong with it.
 *
 * @param function name for the report
 */
record CheckedAllocation(
    String function, VCode<?> code, RegisterFile registers, Allocation allocation) {

  /**
   * Whether the operand is the definition of an instruction that only makes a constant, at which it
   * is not needed.
   */
  boolean isLeftOut(int inst, int o) {
    return allocation.locs()[o] == Loc.NONE
        && code.operandEnd(inst) - code.operandStart(inst) == 1
        && code.remat(Operand.vreg(code.operandAt(o))) == inst;
  }

  CompilerBug bug(int inst, String message) {
    return bug("instruction " + inst + " (" + code.inst(inst) + "): " + message);
  }

  CompilerBug bug(String message) {
    return new CompilerBug(
        "regalloc", function, message, AllocationPrinter.print(code, allocation));
  }
}
