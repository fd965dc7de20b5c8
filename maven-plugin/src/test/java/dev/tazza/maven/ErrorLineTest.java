package dev.tazza.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places in the command's messages. */
class ErrorLineTest {
  @TempDir Path folder;

  @Test
  void aPlaceInAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("a: b.wat"), "");
    assertEquals(
        new ErrorLine(file.toFile(), 3, 14, "unknown label: $x"),
        ErrorLine.of("tazza: " + file + ":3:14: unknown label: $x"));
  }

  @Test
  void aFileAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("a.wasm"), "");
    assertEquals(
        new ErrorLine(file.toFile(), 0, 0, "malformed (at offset 0x8)"),
        ErrorLine.of("tazza: " + file + ": malformed (at offset 0x8)"));
  }

  @Test
  void aMessageAboutNoFile() {
    assertEquals(
        new ErrorLine(null, 0, 0, "--target sparc: expected a triple"),
        ErrorLine.of("tazza: --target sparc: expected a triple"));
    assertEquals(
        new ErrorLine(null, 0, 0, "nowhere.wat:1:2: x"), ErrorLine.of("nowhere.wat:1:2: x"));
  }
}
