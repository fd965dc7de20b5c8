package dev.tazza.wasm.type;

/**
 * The size range of a memory (in pages) or a table (in elements). Sizes are unsigned 64-bit
 * numbers.
 *
 * @param hasMaximum whether {@code maximum} counts
 * @param maximum the largest size; 0 when there is none
 * @param is64 whether it is indexed by i64 instead of i32
 * @param shared whether threads may share it
 */
public record Limits(long minimum, boolean hasMaximum, long maximum, boolean is64, boolean shared) {

  public Limits {
    if (!hasMaximum && maximum != 0) {
      throw new IllegalArgumentException("a maximum of " + maximum + " that does not count");
    }
  }

  /** 32-bit limits without a maximum. */
  public static Limits of(long minimum) {
    return new Limits(minimum, false, 0, false, false);
  }

  /** 32-bit limits. */
  public static Limits of(long minimum, long maximum) {
    return new Limits(minimum, true, maximum, false, false);
  }

  /** 64-bit limits without a maximum. */
  public static Limits of64(long minimum) {
    return new Limits(minimum, false, 0, true, false);
  }

  /** 64-bit limits. */
  public static Limits of64(long minimum, long maximum) {
    return new Limits(minimum, true, maximum, true, false);
  }

  /** The type of an index into it. */
  public ValType indexType() {
    return is64 ? ValType.I64 : ValType.I32;
  }

  @Override
  public String toString() {
    return (is64 ? "i64 " : "")
        + Long.toUnsignedString(minimum)
        + (hasMaximum ? " " + Long.toUnsignedString(maximum) : "")
        + (shared ? " shared" : "");
  }
}
