package dev.tazza.cli;

import dev.tazza.CoreDump;
import dev.tazza.Trap;
import java.io.IOException;
import java.nio.file.Path;

/** Writes what a trap tells debuggers to a file. */
final class CoreDumpFile {
  private CoreDumpFile() {}

  /** Writes it, and says so; that it cannot be written is no reason to hide the trap. */
  static void write(Trap trap, Path file, String program) {
    CoreDump dump = trap.coreDump();
    if (dump == null) {
      return; // from an engine that makes none
    }
    try {
      dump.writeTo(file, program);
      System.err.println("tazza: core dump written to " + file);
    } catch (IOException e) {
      System.err.println("tazza: the core dump cannot be written: " + ErrorReporter.message(e));
    }
  }
}
