package dev.tazza.codegen.machine;

/**
 * Physical registers as small ints: 0–31 integer registers by hardware encoding, 32–63 float/vector
 * registers. Sets of them are {@code long} masks.
 */
public final class PReg {
  public static final int COUNT = 64;
  private static final int FIRST_FLOAT = 32;

  private PReg() {}

  public static int ofInt(int encoding) {
    return encoding;
  }

  public static int ofFloat(int encoding) {
    return FIRST_FLOAT + encoding;
  }

  public static boolean isFloat(int preg) {
    return preg >= FIRST_FLOAT;
  }

  /** Hardware encoding. */
  public static int encoding(int preg) {
    return preg & (FIRST_FLOAT - 1);
  }

  public static long mask(int preg) {
    return 1L << preg;
  }
}
