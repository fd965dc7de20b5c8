package dev.tazza.codegen.machine;

/**
 * Where a value is after allocation, as an int: 0–63 a physical register ({@link PReg}), from 64 on
 * a spill slot. Slots count in units of 8 bytes; a VECTOR takes two, aligned to two.
 */
public final class Loc {
  /** Not allocated. */
  public static final int NONE = -1;

  private Loc() {}

  public static int slot(int index) {
    return PReg.COUNT + index;
  }

  public static boolean isReg(int loc) {
    return loc >= 0 && loc < PReg.COUNT;
  }

  public static boolean isSlot(int loc) {
    return loc >= PReg.COUNT;
  }

  public static int slotIndex(int loc) {
    return loc - PReg.COUNT;
  }
}
