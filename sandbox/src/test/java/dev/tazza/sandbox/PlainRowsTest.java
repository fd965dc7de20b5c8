package dev.tazza.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * What the decoder looks up in {@link PlainRows} is what it finds without them: for all REX
 * prefixes, opcodes of one and two bytes and ModRM bytes, with some SIB bytes and operands behind
 * them.
 */
class PlainRowsTest {
  private static final int[] SIBS = {0x00, 0x24, 0x25, 0x65, 0x9d, 0xb1, 0xe4, 0xff};
  private static final int NO_REX = 0x3f;

  private final Instructions quick = new Instructions();
  private final Instructions thorough = new Instructions();
  private final Records records = new Records();
  private final Decoder quickly = new Decoder(quick, records);
  private final Decoder thoroughly = new Decoder(thorough, records);
  private final byte[] text = new byte[64];
  private int decoded;

  @Test
  void tablesSayWhatRowsSay() {
    for (int rex = NO_REX; rex <= 0x4f; rex++) {
      for (int escapes = 0; escapes < 2; escapes++) {
        for (int opcode = 0; opcode < 256; opcode++) {
          compareForms(rex, escapes, opcode);
        }
      }
    }
    // So many of the encodings are instructions that the compiler makes.
    assertTrue(decoded > 500_000, () -> "only " + decoded);
  }

  private void compareForms(int rex, int escapes, int opcode) {
    for (int modrm = 0; modrm < 256; modrm++) {
      boolean hasSib = (modrm & 7) == 4 && modrm < 0xc0;
      for (int sib = 0; sib < (hasSib ? SIBS.length : 1); sib++) {
        // Positive and negative operands, in turns.
        Arrays.fill(text, (byte) ((modrm & 8) == 0 ? 0x11 : 0xee));
        int at = 0;
        if (rex != NO_REX) {
          text[at++] = (byte) rex;
        }
        if (escapes != 0) {
          text[at++] = 0x0f;
        }
        text[at++] = (byte) opcode;
        text[at++] = (byte) modrm;
        text[at] = (byte) SIBS[sib];
        compare();
      }
    }
  }

  private void compare() {
    String expected = outcome(thoroughly, thorough, true);
    assertEquals(expected, outcome(quickly, quick, false), () -> Arrays.toString(text));
    if (expected.isEmpty()) {
      decoded++;
      assertEquals(thoroughly.end(), quickly.end(), () -> Arrays.toString(text));
      assertEquals(thorough.word[0], quick.word[0], () -> Arrays.toString(text));
      assertEquals(thorough.disp[0], quick.disp[0], () -> Arrays.toString(text));
      assertEquals(thorough.imm[0], quick.imm[0], () -> Arrays.toString(text));
      assertEquals(thorough.jumpCount, quick.jumpCount, () -> Arrays.toString(text));
      assertEquals(thorough.movesMemory, quick.movesMemory, () -> Arrays.toString(text));
    }
  }

  /** Why it is no instruction, or nothing. */
  private String outcome(Decoder decoder, Instructions out, boolean isThorough) {
    out.start(text.length);
    records.start(text, 0, text.length - 32);
    decoder.take(text, 0, text.length - 32);
    try {
      if (isThorough) {
        decoder.other(out.add(0));
      } else {
        decoder.one();
      }
      return "";
    } catch (Rejection rejection) {
      return rejection.reason();
    }
  }
}
