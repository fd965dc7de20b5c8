package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** What all stages of one allocation share. Register classes are numbered: 0 integer, 1 float. */
final class Problem {
  final VCode<?> code;
  final RegisterFile registers;
  final Flow flow;
  final Distance distance;
  final ExtendedBlocks trees;
  final RootLiveness live;
  final byte[] classOf;

  /** Allocatable registers of each class. */
  final long[] allocatable;

  /** How many those are. */
  final int[] count;

  /**
   * A value that comes into the function in a callee-saved register and may stay there at no cost,
   * or -1.
   */
  final int resident;

  final int residentReg;

  /**
   * Steps of the inner loops so far, by which tests tell linear from superlinear without a clock.
   */
  long work;

  Problem(VCode<?> code, RegisterFile registers) {
    this(code, registers, RootLiveness.budget(code.blockCount()));
  }

  /**
   * @param liveBudget limit of the sum of the lengths of all {@link RootLiveness} lists
   */
  Problem(VCode<?> code, RegisterFile registers, int liveBudget) {
    this.code = code;
    this.registers = registers;
    this.allocatable = new long[] {mask(registers.intOrder()), mask(registers.floatOrder())};
    this.count = new int[] {registers.intOrder().length, registers.floatOrder().length};
    this.classOf = new byte[code.vregCount()];
    for (int v = 0; v < classOf.length; v++) {
      classOf[v] = (byte) (code.vregKind(v).isFloat() ? 1 : 0);
    }
    int found = -1;
    for (int o = 0; o < code.operandEnd(0); o++) {
      long operand = code.operandAt(o);
      if (Operand.isDef(operand)
          && Operand.constraint(operand) == Operand.FIXED
          && (registers.calleeSaved() & PReg.mask(Operand.preg(operand))) != 0) {
        found = o;
      }
    }
    this.resident = found < 0 ? -1 : Operand.vreg(code.operandAt(found));
    this.residentReg = found < 0 ? -1 : Operand.preg(code.operandAt(found));
    this.flow = new Flow(code);
    this.distance = new Distance(code, flow);
    this.trees = new ExtendedBlocks(code, flow, distance);
    this.live = new RootLiveness(code, flow, distance, trees, liveBudget);
    this.work = live.work;
  }

  private static long mask(int[] registers) {
    long mask = 0;
    for (int r : registers) {
      mask |= PReg.mask(r);
    }
    return mask;
  }

  /** The arguments on the edge between two blocks. */
  int[] args(int from, int to) {
    int[] succs = code.block(from).succs;
    int[][] args = code.block(from).args;
    for (int s = 0; s < succs.length; s++) {
      work++;
      if (succs[s] == to) {
        return args[s];
      }
    }
    throw new IllegalArgumentException("no edge");
  }

  /** The value that is in its register when landing pad {@code b} begins, or -1. */
  int keptAtPad(int b) {
    int first = code.block(b).from;
    boolean kept =
        code.operandEnd(first) > code.operandStart(first)
            && Operand.vreg(code.operandAt(code.operandStart(first))) == resident;
    return kept ? resident : -1;
  }

  /** How many callee-saved integer registers there are besides that of {@link #resident}. */
  int calleeSavedLimit() {
    return Long.bitCount(allocatable[0] & registers.calleeSaved()) - (resident < 0 ? 0 : 1);
  }

  /** Integer registers besides {@code used} that may be overwritten without cost. */
  long spareInts(long used) {
    return allocatable[0] & ~used & ~registers.calleeSaved();
  }

  boolean isRemat(int v) {
    return code.remat(v) >= 0;
  }
}
