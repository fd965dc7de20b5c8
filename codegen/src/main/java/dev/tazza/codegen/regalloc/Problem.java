package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;

/** What all stages of one allocation share. Register classes are numbered: 0 integer, 1 float. */
final class Problem {
  final VCode<?> code;
  final RegisterFile registers;
  final Flow flow;
  final Liveness live;
  final byte[] classOf;
  /** Allocatable registers of each class. */
  final long[] allocatable;
  /** How many those are. */
  final int[] count;

  Problem(VCode<?> code, RegisterFile registers) {
    this.code = code;
    this.registers = registers;
    this.allocatable = new long[] {mask(registers.intOrder()), mask(registers.floatOrder())};
    this.count = new int[] {registers.intOrder().length, registers.floatOrder().length};
    this.classOf = new byte[code.vregCount()];
    for (int v = 0; v < classOf.length; v++) {
      classOf[v] = (byte) (code.vregKind(v).isFloat() ? 1 : 0);
    }
    this.flow = new Flow(code);
    this.live = new Liveness(code, flow);
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
      if (succs[s] == to) {
        return args[s];
      }
    }
    throw new IllegalArgumentException("no edge");
  }

  boolean isRemat(int v) {
    return code.remat(v) >= 0;
  }
}
