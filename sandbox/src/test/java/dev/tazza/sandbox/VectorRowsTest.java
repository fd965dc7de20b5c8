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
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The decoder reads all vector instructions that the encoder's test has blessed with binutils'
 * objdump: the same lengths, and as many bytes of memory.
 */
class VectorRowsTest {
  private static final Path ENCODINGS =
      Path.of("../codegen/src/test/resources/dev/tazza/codegen/isa/x64/encodings.txt");

  private static final byte RET = (byte) 0xc3;

  /** What the compiler makes of it. */
  private static final Set<String> EVEX =
      Set.of(
          "vpternlogd",
          "vprold",
          "vprolq",
          "vpsraq",
          "vpabsq",
          "vcvtusi2ss",
          "vcvtusi2sd",
          "vcvtudq2ps",
          "vcvtudq2pd",
          "vcvttps2udq",
          "vcvttpd2udq");

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
      if (isForStubs(code, columns[0], columns[2])) {
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
   * Vectors of 256 and 512 bits, and most of what is encoded by EVEX, occur in the runtime's stubs
   * only.
   */
  private static boolean isForStubs(byte[] code, String row, String text) {
    return code[0] == 0x62 ? !EVEX.contains(row.split(" ")[0]) : text.contains("ymm");
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

  /** vpsrld xmm15, xmm6, 9; vprold xmm15, xmm6, 9; psrld xmm6, 9. */
  @Test
  void shiftsWriteTheirFirstOperand() {
    int first = Instructions.VECTOR;
    assertEquals(first + 15, decode(HexFormat.of().parseHex("c58172d609")).rm(0));
    assertEquals(first + 15, decode(HexFormat.of().parseHex("62f1050872ce09")).rm(0));
    assertEquals(first + 6, decode(HexFormat.of().parseHex("660f72d609")).rm(0));
  }

  /** With a mask, a broadcast, 256 bits, the upper registers, another map, memory. */
  @Test
  void rejectsOtherFormsOfEvex() {
    decode(HexFormat.of().parseHex("62f36d0825d609"));
    for (String code :
        new String[] {
          "62f36d0925d609", "62f36d1825d609", "62f36d2825d609", "62f36d8825d609",
          "62e36d0825d609", "62b36d0825d609", "62f36d0025d609", "62f3690825d609",
          "62f26d0825d609", "62fb6d0825d609", "62f36d08251009", "62f36d0826d609",
        }) {
      assertThrows(Rejection.class, () -> decode(HexFormat.of().parseHex(code)), code);
    }
  }

  @Test
  void rejectsWhatIsNoRow() {
    // pmaskmovdqu, pcmpestri, a 256-bit vpaddd, a store of pextrw by the old opcode.
    for (String code : new String[] {"660ff7c1", "660f3a61c100", "c5f5fec0", "660fc50000"}) {
      assertThrows(Rejection.class, () -> decode(HexFormat.of().parseHex(code)), code);
    }
  }
}
