package dev.tazza.sys;

import java.util.Arrays;

/** Machine code written down as a listing: bytes in hexadecimal, a bar, the instruction. */
public final class MachineCode {
  private MachineCode() {}

  /** The bytes of a listing with one instruction a line. */
  public static byte[] of(String listing) {
    byte[] code = new byte[listing.length() / 2];
    int count = 0;
    int high = -1;
    boolean comment = false;
    for (int i = 0; i < listing.length(); i++) {
      char c = listing.charAt(i);
      comment = c != '\n' && (comment || c == '|');
      int digit = comment ? -1 : Character.digit(c, 16);
      if (digit >= 0 && high < 0) {
        high = digit;
      } else if (digit >= 0) {
        code[count++] = (byte) (high << 4 | digit);
        high = -1;
      }
    }
    return Arrays.copyOf(code, count);
  }
}
