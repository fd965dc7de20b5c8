package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** The register allocator: see the package description. Stateless. */
public final class SsaAllocator implements RegisterAllocator {
  @Override
  public Allocation allocate(VCode<?> code, RegisterFile registers) {
    Allocation allocation = allocate(new Problem(code, registers));
    return code.labels.count() == 0
        ? allocation
        : allocation.with(FindVariables.in(code, registers, allocation));
  }

  static Allocation allocate(Problem problem) {
    int vregs = problem.code.vregCount();
    Hints hints = new Hints(vregs);
    int limit = Spiller.mayCalleeSavedPay(problem) ? problem.calleeSavedLimit() : 0;
    Lookahead lookahead = new Lookahead(problem);
    Spiller spiller = new Spiller(problem, lookahead, hints, limit);
    SpillPlan plan = spiller.run();
    int profitable = spiller.profitableCalleeSaved();
    if (spiller.usesCalleeSaved(profitable)) {
      hints = new Hints(vregs);
      plan = new Spiller(problem, lookahead, hints, profitable).run();
    }
    SpillSlots slots = new SpillSlots(problem, plan);
    return new Assigner(problem, plan, hints, slots).run();
  }
}
