package dev.tazza.cli;

import dev.tazza.GuestProfile;
import dev.tazza.GuestProfiler;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a profile of the guest to a file when the program is over, however it ends. */
final class GuestProfileFile implements AutoCloseable {
  private static final String PICTURE = ".svg";

  private final GuestProfiler profiler;
  private final Path file;
  private final String program;

  GuestProfileFile(GuestProfiler profiler, Path file, String program) {
    this.profiler = profiler;
    this.file = file;
    this.program = program;
  }

  /**
   * Writes it, and says so; that it cannot be written is no reason to hide how the program ended.
   */
  @Override
  public void close() {
    GuestProfile profile = profiler.stop();
    String name = String.valueOf(file.getFileName());
    try (Writer out = Files.newBufferedWriter(file)) {
      if (name.endsWith(PICTURE)) {
        profile.writeFlameGraph(out, program);
      } else {
        profile.writeFirefox(out, program);
      }
      String viewer = name.endsWith(PICTURE) ? "a browser" : "https://profiler.firefox.com";
      System.err.println(
          "tazza: "
              + profile.samples()
              + " samples written to "
              + file
              + ", which "
              + viewer
              + " shows");
    } catch (IOException e) {
      System.err.println("tazza: the profile cannot be written: " + ErrorReporter.message(e));
    }
  }
}
