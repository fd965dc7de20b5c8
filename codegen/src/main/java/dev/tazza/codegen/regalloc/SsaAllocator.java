package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** The register allocator. */
public final class SsaAllocator implements RegisterAllocator {
  @Override
  public Allocation allocate(VCode<?> code, RegisterFile registers) {
    return new SpillEverywhere().allocate(code, registers);
  }
}
