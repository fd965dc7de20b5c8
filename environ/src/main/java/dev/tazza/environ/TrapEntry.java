package dev.tazza.environ;

import dev.tazza.wasm.TrapCode;

/**
 * What a table says about an instruction that may trap, as one number: the {@link TrapCode} in the
 * low byte, and above it how much fuel has been used up when it does that has not been taken from
 * what is left; less than nothing if more has been taken. Without fuel it is the code alone.
 */
public final class TrapEntry {
  private static final int FUEL_SHIFT = 8;
  private static final int CODE = (1 << FUEL_SHIFT) - 1;

  private TrapEntry() {}

  /** The number of the trap code. */
  public static int code(int entry) {
    return entry & CODE;
  }

  /** The fuel. */
  public static int fuel(int entry) {
    return entry >> FUEL_SHIFT;
  }
}
