package dev.tazza.codegen.machine;

/**
 * What a virtual register holds: decides the register class, the size of a spill slot and the form
 * of a move.
 */
public enum VRegKind {
  /** Integer register, 8 bytes. */
  INT(false, 8),
  /** Float register, 8 bytes matter. */
  FLOAT(true, 8),
  /** Vector register, 16 bytes. */
  VECTOR(true, 16),
  /**
   * Integer register that holds a reference: 4 bytes, zeros above. What it refers to may move at a
   * safepoint, and then the slots listed for that change; so it is in no register over one.
   */
  REF(false, 8);

  private final boolean isFloat;
  private final int bytes;

  VRegKind(boolean isFloat, int bytes) {
    this.isFloat = isFloat;
    this.bytes = bytes;
  }

  /** Whether it lives in the float/vector class. */
  public boolean isFloat() {
    return isFloat;
  }

  /** Size of its spill slot. */
  public int bytes() {
    return bytes;
  }
}
