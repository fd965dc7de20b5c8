package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** The register allocator: see the package description. Stateless. */
public final class SsaAllocator implements RegisterAllocator {
  @Override
  public Allocation allocate(VCode<?> code, RegisterFile registers) {
    Problem problem = new Problem(code, registers);
    Hints hints = new Hints(code.vregCount());
    Spiller spiller = new Spiller(problem, hints, problem.calleeSavedLimit());
    SpillPlan plan = spiller.run();
    int profitable = spiller.profitableCalleeSaved();
    if (spiller.usesCalleeSaved(profitable)) {
      hints = new Hints(code.vregCount());
      plan = new Spiller(problem, hints, profitable).run();
    }
    Slots slots = new Slots(problem, plan);
    return new Assigner(problem, plan, hints, slots).run();
  }
}
