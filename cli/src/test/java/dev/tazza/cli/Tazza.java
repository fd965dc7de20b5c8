package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The command as a user types it, in this process; not for several threads. */
final class Tazza {
  /** What a command ended with, and what it printed. */
  record Result(int status, String out, String err) {}

  private Tazza() {}

  static Result tazza(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int status = Main.execute(args);
      System.out.flush();
      return new Result(
          status,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** A mistake is told in one line, and perhaps one that says where to read on. */
  static void assertOneLine(int status, String expected, Result result) {
    assertEquals(status, result.status, result.err);
    assertTrue(result.err.contains(expected), result.err);
    assertTrue(result.err.startsWith("tazza: "), result.err);
    assertFalse(result.err.contains("\tat "), result.err);
    assertTrue(result.err.lines().count() <= 2, result.err);
  }
}
