package dev.tazza.codegen;

import dev.tazza.codegen.machine.CpuFeature;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the code generator is told about its target and how hard to try.
 *
 * @param effort how much to optimize
 * @param verify run the IR verifier after each pass and the symbolic checker after register
 *     allocation
 * @param features what {@link #cpuFeatures} gives; asked for when the first function is lowered
 * @param stackLimitOffset offset, from the pinned context register, of the lowest address that rsp
 *     may take
 * @param stackOverflowTrap trap code of the prologue's stack check
 * @param clampTables whether an index into a table in the code is clamped behind the check that it
 *     is within: the processor may guess that check wrongly
 * @param polls what safepoint polls need; null: there are none, and functions do not poll when they
 *     are entered
 * @param crossingStub offset, from the pinned context register, of the address of what makes tail
 *     calls of functions with another context than the caller's; it finds the reference in r11, and
 *     on the stack how many 16 bytes of arguments and (in the upper 16 bits) how many words of
 *     results there are
 * @param fuelStub offset, from the pinned context register, of the address of what is called when
 *     there is less fuel than is taken; it preserves all registers, but may put more into that of
 *     the fuel. {@link #NO_FUEL}: functions take no fuel, and no register is kept for it
 * @param trapCalls how code traps that may not rely on the processor's faults; null: it may
 */
public record Settings(
    Effort effort,
    boolean verify,
    Supplier<Set<CpuFeature>> features,
    int stackLimitOffset,
    int stackOverflowTrap,
    boolean clampTables,
    @Nullable Polls polls,
    int crossingStub,
    int fuelStub,
    @Nullable TrapCalls trapCalls) {

  /** What {@link #fuelStub} is without fuel. */
  public static final int NO_FUEL = -1;

  /**
   * A poll compares the stack pointer with the stack limit, as a function's beginning does: who
   * wants code to come to a stop sets the limit above all stacks. Offsets from the pinned context
   * register.
   *
   * @param stub of the address of what is called then; it preserves all registers
   * @param stackEndOffset of the limit proper, which is always there
   */
  public record Polls(int stub, int stackEndOffset) {}

  /**
   * Code traps by calls, and looks itself for what a division would fault at. That no access faults
   * and no reference is null is up to whoever made the IR.
   *
   * @param stub offset, from the pinned context register, of the address of what is called; the
   *     call, {@code MachineCode.trapOffsets} has its start, does not return
   * @param divisionByZero trap code of integer divisions by zero, signed ones too
   * @param divisionOverflow trap code of signed divisions whose quotient does not fit
   */
  public record TrapCalls(int stub, int divisionByZero, int divisionOverflow) {}

  /** How hard to optimize. */
  public enum Effort {
    NONE,
    SPEED,
    SPEED_AND_SIZE
  }

  /** With features that are known already and clamps, without polls. */
  public Settings(
      Effort effort,
      boolean verify,
      Set<CpuFeature> cpuFeatures,
      int stackLimitOffset,
      int stackOverflowTrap) {
    this(
        effort,
        verify,
        () -> cpuFeatures,
        stackLimitOffset,
        stackOverflowTrap,
        true,
        null,
        0,
        NO_FUEL,
        null);
  }

  /** Whether functions may take fuel. */
  public boolean usesFuel() {
    return fuelStub != NO_FUEL;
  }

  /** Features beyond the baseline that may be used; always the same. */
  public Set<CpuFeature> cpuFeatures() {
    return features.get();
  }
}
