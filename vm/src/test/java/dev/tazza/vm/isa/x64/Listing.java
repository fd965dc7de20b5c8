package dev.tazza.vm.isa.x64;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Machine code as a text that can be reviewed: a line for each instruction with its offset, its
 * bytes and what binutils' objdump reads.
 */
final class Listing {
  private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\s*(.*)");
  private static final byte BREAKPOINT = (byte) 0xcc;

  private Listing() {}

  /** Whether objdump is installed. */
  static boolean isPossible() {
    try {
      return new ProcessBuilder("objdump", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The listing of a piece.
   *
   * @param data for each byte whether it is no instruction
   */
  static List<String> of(byte[] code, boolean[] data) throws IOException {
    byte[] instructions = code.clone();
    for (int i = 0; i < code.length; i++) {
      if (data[i]) {
        instructions[i] = BREAKPOINT;
      }
    }
    List<Integer> offsets = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (String line : read(instructions)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        offsets.add(Integer.parseInt(matcher.group(1), 16));
        texts.add(matcher.group(2));
      }
    }
    offsets.add(code.length);
    List<String> listing = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      int from = offsets.get(i);
      int to = offsets.get(i + 1);
      if (data[from]) {
        while (i + 1 < texts.size() && to % Long.BYTES != 0 && data[to]) {
          to = offsets.get(++i + 1);
        }
      }
      String text = data[from] ? "data" : normal(texts.get(i));
      listing.add("%4x | %s | %s".formatted(from, HexFormat.of().formatHex(code, from, to), text));
    }
    return listing;
  }

  /** Releases differ in the white space, and in whether they say that an index counts once. */
  private static String normal(String text) {
    return text.strip().replaceAll("\\s+", " ").replace("*1", "");
  }

  /** The bytes of a listing. */
  static byte[] bytes(List<String> listing) {
    StringBuilder hex = new StringBuilder();
    for (String line : listing) {
      hex.append(line.split(" \\| ", 3)[1]);
    }
    return HexFormat.of().parseHex(hex);
  }

  private static List<String> read(byte[] code) throws IOException {
    Path file = Files.createTempFile("tazza", ".bin");
    try {
      Files.write(file, code);
      Process process =
          new ProcessBuilder(
                  "objdump",
                  "-D",
                  "-z",
                  "-b",
                  "binary",
                  "-mi386:x86-64",
                  "-Mintel",
                  "--no-show-raw-insn",
                  file.toString())
              .start();
      byte[] output = process.getInputStream().readAllBytes();
      return new String(output, StandardCharsets.UTF_8).lines().toList();
    } finally {
      Files.delete(file);
    }
  }
}
