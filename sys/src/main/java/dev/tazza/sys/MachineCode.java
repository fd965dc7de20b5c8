package dev.tazza.sys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Machine code written down as a listing: bytes in hexadecimal, a bar, the instruction. */
public final class MachineCode {
  private MachineCode() {}

  /**
   * The bytes of a listing with one instruction a line; lowercase. It is read when a process
   * starts, by the interpreter, for which calls are what takes time: so there are none for a
   * character.
   */
  public static byte[] of(String listing) {
    byte[] text = listing.getBytes(StandardCharsets.ISO_8859_1);
    byte[] code = new byte[text.length / 2];
    int count = 0;
    int high = -1;
    boolean comment = false;
    for (byte c : text) {
      if (c == '\n') {
        comment = false;
      } else if (c == '|') {
        comment = true;
      } else if (c != ' ' && !comment) {
        int digit = c >= 'a' ? c - 'a' + 10 : c - '0';
        if (high < 0) {
          high = digit;
        } else {
          code[count++] = (byte) (high << 4 | digit);
          high = -1;
        }
      }
    }
    return Arrays.copyOf(code, count);
  }
}
