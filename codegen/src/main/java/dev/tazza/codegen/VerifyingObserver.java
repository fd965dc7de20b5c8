package dev.tazza.codegen;

import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.regalloc.Checker;

/**
 * Verifies the SSA form after every stage that may have edited it, and proves the register
 * allocation.
 */
final class VerifyingObserver implements Observer {
  @Override
  public void after(String stage, Compilation compilation) {
    VCode<?> code = compilation.code();
    Allocation allocation = compilation.allocation();
    if (code == null) {
      Verifier.verify(compilation.function(), stage);
    } else if (allocation != null && compilation.result() == null) {
      Checker.check(
          compilation.function().name,
          code,
          compilation.isa().registers(compilation.settings()),
          allocation);
    }
  }
}
