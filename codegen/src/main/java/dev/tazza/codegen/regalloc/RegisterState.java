package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.PReg;
import java.util.Arrays;

/**
 * Which value is in which register at the current point, and the choice of a register for a value.
 */
final class RegisterState {
  private final Problem problem;
  private final Hints hints;
  private final int[] owner = new int[PReg.COUNT];
  private final int[] regOf;
  private long occupied;

  /** Registers that belong to parameters of the loops around; others keep out if they can. */
  private long reserved;

  RegisterState(Problem problem, Hints hints) {
    this.problem = problem;
    this.hints = hints;
    this.regOf = new int[problem.code.vregCount()];
    Arrays.fill(regOf, -1);
  }

  void clear(long newReserved) {
    retain(0, newReserved);
  }

  /** Keeps what is in the registers of a mask only. */
  void retain(long registers, long newReserved) {
    for (long m = occupied & ~registers; m != 0; m &= m - 1) {
      regOf[owner[Long.numberOfTrailingZeros(m)]] = -1;
    }
    occupied &= registers;
    reserved = newReserved;
  }

  long occupied() {
    return occupied;
  }

  /** The value in an occupied register. */
  int owner(int reg) {
    return owner[reg];
  }

  /** The register of a value, or -1. */
  int regOf(int v) {
    return regOf[v];
  }

  void take(int v, int reg) {
    owner[reg] = v;
    regOf[v] = reg;
    occupied |= PReg.mask(reg);
  }

  void release(int v) {
    occupied &= ~PReg.mask(regOf[v]);
    regOf[v] = -1;
  }

  /**
   * Chooses one of the registers for a value: where an instruction or a related value wants it,
   * else one in which it can stay for long.
   *
   * @param free a mask, not empty
   */
  int choose(int v, long free) {
    long most = free & ~hints.avoidMost(v);
    long best = free & ~hints.avoidAll(v);
    int wanted = hints.wanted(v);
    if (has(most, wanted)) {
      return wanted;
    }
    int related = hints.classReg(v);
    if (has(most, related)) {
      return related;
    }
    int classWanted = hints.classWanted(v);
    if (has(best, classWanted)) {
      return classWanted;
    }
    if (best == 0) {
      best = most != 0 ? most : free;
    }
    best = preferring(best, ~reserved);
    return first(v, preferring(best, ~hints.classAvoid(v)));
  }

  private static long preferring(long mask, long preferred) {
    return (mask & preferred) != 0 ? mask & preferred : mask;
  }

  private static boolean has(long mask, int reg) {
    return reg >= 0 && (mask & PReg.mask(reg)) != 0;
  }

  private int first(int v, long mask) {
    boolean isFloat = problem.classOf[v] == 1;
    int[] order = isFloat ? problem.registers.floatOrder() : problem.registers.intOrder();
    for (int r : order) {
      if ((mask & PReg.mask(r)) != 0) {
        return r;
      }
    }
    throw new IllegalArgumentException("no register");
  }
}
