package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;

/**
 * Proves that an allocation computes what the code over virtual registers computes.
 *
 * <p>Each use must find its virtual register in the place that the allocation names, as far as
 * {@link ValueFlow} is sure of what places hold. Constraints and conflicts within one instruction
 * are checked on the way.
 *
 * <p>Time is proportional to instructions times places and meant for tests and debugging.
 */
public final class Checker {
  private final CheckedAllocation checked;
  private final VCode<?> code;
  private final Allocation allocation;
  private final ConstraintChecker constraints;

  private Checker(CheckedAllocation checked) {
    this.checked = checked;
    code = checked.code();
    allocation = checked.allocation();
    constraints = new ConstraintChecker(checked);
  }

  /**
   * Checks an allocation.
   *
   * @param function name for the report
   * @throws CompilerBug when the allocation is wrong, naming the place and with a dump of code and
   *     allocation
   */
  public static void check(
      String function, VCode<?> code, RegisterFile registers, Allocation allocation) {
    new Checker(new CheckedAllocation(function, code, registers, allocation)).run();
  }

  private void run() {
    checkOrderOfEdits();
    long written = constraints.checkShape();
    ValueFlow flow = new ValueFlow(code, checked.registers(), allocation);
    for (int b = 0; b < code.blockCount(); b++) {
      HeldValues state = flow.atStart(b);
      if (state == null) {
        throw checked.bug("block" + b + " cannot be reached");
      }
      checkBlock(code.block(b), state, flow);
      if (code.block(b).tags.length > 0) {
        checkResultsArrive(code.block(code.block(b).succs[0]).from, flow);
      }
    }
    long lacking = written & ~allocation.usedRegs() & checked.registers().calleeSaved();
    if (lacking != 0) {
      throw checked.bug(
          "usedRegs lacks " + AllocationPrinter.registers(written & ~allocation.usedRegs()));
    }
  }

  private void checkOrderOfEdits() {
    for (int e = 1; e < allocation.editCount(); e++) {
      if (allocation.editPoint()[e] < allocation.editPoint()[e - 1]) {
        throw checked.bug(allocation.editPoint()[e] >> 1, "edits out of order");
      }
    }
  }

  /**
   * The results of a call that ends a block are in their registers when the next one begins:
   * nothing may be moved there before its first instruction, which defines them.
   */
  private void checkResultsArrive(int first, ValueFlow flow) {
    if (code.isCall(first)) {
      return; // it defines results of its own
    }
    for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
      if (!Operand.isDef(code.operandAt(o))) {
        return; // nobody asks for results: this is any instruction
      }
    }
    for (int e = flow.firstEdit(2 * first); e < flow.firstEdit(2 * first + 1); e++) {
      for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
        long operand = code.operandAt(o);
        boolean fixed = Operand.constraint(operand) == Operand.FIXED;
        if (Operand.isDef(operand) && fixed && Operand.preg(operand) == allocation.editTo()[e]) {
          throw checked.bug(first, "a result of the call before is overwritten");
        }
      }
    }
  }

  private void checkBlock(VBlock block, HeldValues state, ValueFlow flow) {
    for (int i = block.from; i < block.to; i++) {
      flow.edits(2 * i, state);
      if (!ValueFlow.isLeftOut(code, allocation, i)) {
        constraints.check(i);
        checkUses(i, state);
      }
      flow.early(i, state);
      if (code.hasRefs() && code.isSafepoint(i)) {
        checkListed(i, state);
      }
      flow.late(i, state);
      flow.edits(2 * i + 1, state);
    }
  }

  private void checkUses(int inst, HeldValues state) {
    for (int o = code.operandStart(inst); o < code.operandEnd(inst); o++) {
      long operand = code.operandAt(o);
      int loc = allocation.locs()[o];
      int vreg = Operand.vreg(operand);
      if (!Operand.isDef(operand) && !state.holds(loc, vreg)) {
        String place = AllocationPrinter.place(loc);
        String held = AllocationPrinter.set(state.in(loc));
        throw checked.bug(inst, "use of v%d in %s, which holds %s".formatted(vreg, place, held));
      }
    }
  }

  /** Slots that are listed for a safepoint hold references, which those who move them follow. */
  private void checkListed(int safepoint, HeldValues state) {
    for (int slot : allocation.refs().over(safepoint)) {
      if (slot >= allocation.slots() || !state.holdsRef(Loc.slot(slot))) {
        throw checked.bug(
            safepoint, "slot " + slot + " is listed, but holds no reference for sure");
      }
    }
  }
}
