package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/**
 * What {@link Checker} checks, and how it says what is wrong with it.
 *
 * @param function name for the report
 */
record CheckedAllocation(
    String function, VCode<?> code, RegisterFile registers, Allocation allocation) {
  CompilerBug bug(int inst, String message) {
    return bug("instruction " + inst + " (" + code.inst(inst) + "): " + message);
  }

  CompilerBug bug(String message) {
    return new CompilerBug(
        "regalloc", function, message, AllocationPrinter.print(code, allocation));
  }
}
