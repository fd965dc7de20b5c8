package dev.tazza.assembler.x64;

/**
 * An opcode with its mandatory prefix and map, packed into an int for the tables. The numbers of
 * prefix and map are those of the VEX encoding, so the same row serves both.
 *
 * <pre>
 *   bits 0–7   opcode byte
 *   bits 8–9   map: 0 one byte, 1 0F, 2 0F 38, 3 0F 3A
 *   bits 10–11 prefix: 0 none, 1 66, 2 F3, 3 F2
 * </pre>
 */
public final class Opcodes {
  /** No mandatory prefix. */
  public static final int NP = 0;

  public static final int P66 = 1 << 10;
  public static final int PF3 = 2 << 10;
  public static final int PF2 = 3 << 10;

  public static final int M0F = 1 << 8;
  public static final int M0F38 = 2 << 8;
  public static final int M0F3A = 3 << 8;

  private Opcodes() {}

  public static int opcode(int packed) {
    return packed & 0xff;
  }

  public static int map(int packed) {
    return packed >> 8 & 3;
  }

  public static int prefix(int packed) {
    return packed >> 10 & 3;
  }
}
