package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the tests of {@code bench/stand}, which is in Python, where there is a Python that can. */
class MeasuringStandTest {
  private static final List<String> TESTS =
      List.of(
          "python3", "-B", "-m", "unittest", "discover", "-s", "bench/stand/tests", "-t", "bench");

  private record Outcome(int status, String text) {}

  @Test
  void itsTestsPass() throws IOException, InterruptedException {
    assumeTrue(hasPython(), "no python3 of version 3.10 or newer: the stand's tests are left out");
    Outcome outcome = run(TESTS);
    assertEquals(0, outcome.status, outcome.text);
    assertTrue(outcome.text.matches("(?s).*Ran [1-9]\\d* tests.*"), outcome.text);
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      String check = "import sys; sys.exit(sys.version_info < (3, 10))";
      return run(List.of("python3", "-c", check)).status == 0;
    } catch (IOException _) { // it is not there
      return false;
    }
  }

  private static Outcome run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Codebase.ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes());
    return new Outcome(process.waitFor(), text);
  }
}
