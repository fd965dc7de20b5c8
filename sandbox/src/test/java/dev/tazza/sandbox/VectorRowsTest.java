package dev.tazza.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The decoder reads all vector instructions that the encoder's test has blessed with binutils'
 * objdump: the same lengths, and as many bytes of memory.
 */
class VectorRowsTest {
  private static final Path ENCODINGS =
      Path.of("../codegen/src/test/resources/dev/tazza/codegen/isa/x64/encodings.txt");

  private static final byte RET = (byte) 0xc3;

  private static Instructions decode(byte[] code) {
    byte[] text = Arrays.copyOf(code, code.length + 1);
    text[code.length] = RET;
    Instructions instructions = new Instructions();
    new Decoder(instructions, new Records()).decode(text, 0, text.length);
    return instructions;
  }

  private static int bytes(String text) {
    int at = text.indexOf(" PTR ");
    if (at < 0) {
      return 0;
    }
    String before = text.substring(0, at);
    return switch (before.substring(
        Math.max(before.lastIndexOf(' '), before.lastIndexOf(',')) + 1)) {
      case "BYTE" -> 1;
      case "WORD" -> 2;
      case "DWORD" -> 4;
      case "QWORD" -> 8;
      case "XMMWORD" -> 16;
      default -> throw new AssertionError(text);
    };
  }

  @Test
  void readsWhatTheEncoderWrites() throws IOException {
    List<String> lines = Files.readAllLines(ENCODINGS);
    boolean isVector = false;
    int count = 0;
    for (String line : lines) {
      isVector |= line.startsWith("paddb ");
      if (!isVector) {
        continue;
      }
      String[] columns = line.split(" \\| ", 3);
      byte[] code = HexFormat.of().parseHex(columns[1]);
      if (isForStubs(code, columns[2])) {
        assertThrows(Rejection.class, () -> decode(code), line);
        continue;
      }
      Instructions found = decode(code);
      assertEquals(2, found.count, line);
      assertEquals(code.length, found.at[1], line);
      int bytes = bytes(columns[2]);
      assertEquals(bytes > 0, found.isMemory(0), line);
      if (bytes > 0) {
        assertEquals(bytes, found.width(0), line);
      }
      count++;
    }
    assertTrue(count > 2000, () -> count(lines));
  }

  /**
   * Vectors of 256 and 512 bits, and what is encoded by EVEX, occur in the runtime's stubs only.
   */
  private static boolean isForStubs(byte[] code, String text) {
    return code[0] == 0x62 || text.contains("ymm");
  }

  private static String count(List<String> lines) {
    return "too few of " + lines.size() + " lines";
  }

  /** A load of four bytes with a prefix of 66 does not load two. */
  @Test
  void prefixesAreNoSizes() {
    Instructions load = decode(HexFormat.of().parseHex("660f6e08"));
    assertEquals(4, load.width(0));
  }

  @Test
  void rejectsWhatIsNoRow() {
    // pmaskmovdqu, pcmpestri, a 256-bit vpaddd, a store of pextrw by the old opcode.
    for (String code : new String[] {"660ff7c1", "660f3a61c100", "c5f5fec0", "660fc50000"}) {
      assertThrows(Rejection.class, () -> decode(HexFormat.of().parseHex(code)), code);
    }
  }
}
