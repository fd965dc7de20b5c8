package dev.tazza.codegen.isa.x64.emit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads machine code with binutils' objdump. For blessing only: tests do not depend on it. */
final class Objdump {
  private static final int STRIDE = 16;

  private Objdump() {}

  /** The one instruction that each element is. */
  static List<String> read(List<byte[]> codes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] code : codes) {
      byte[] padded = new byte[STRIDE];
      Arrays.fill(padded, (byte) 0x90);
      System.arraycopy(code, 0, padded, 0, code.length);
      all.write(padded);
    }
    Path file = Files.createTempFile("tazza", ".bin");
    Files.write(file, all.toByteArray());
    Process process =
        new ProcessBuilder(
                "objdump",
                "-D",
                "-b",
                "binary",
                "-mi386:x86-64",
                "-Mintel",
                "--no-show-raw-insn",
                file.toString())
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    Files.delete(file);
    List<String> texts = new ArrayList<>();
    for (String line : output.lines().toList()) {
      String[] parts = line.strip().split(":\\s+", 2);
      if (parts.length == 2 && parts[0].matches("[0-9a-f]+")) {
        int address = Integer.parseInt(parts[0], 16);
        if (address % STRIDE == 0) {
          texts.add(parts[1].strip().replaceAll("\\s+", " "));
        } else {
          // What follows must be the padding: the instruction ended where its bytes do.
          int inside = address % STRIDE;
          if (inside == codes.get(address / STRIDE).length && !parts[1].startsWith("nop")) {
            throw new IllegalStateException("reads more than one instruction: " + line);
          }
          if (inside < codes.get(address / STRIDE).length) {
            throw new IllegalStateException("more than one instruction: " + line);
          }
        }
      }
    }
    if (texts.size() != codes.size()) {
      throw new IllegalStateException(
          texts.size() + " texts for " + codes.size() + " instructions");
    }
    return texts;
  }
}
