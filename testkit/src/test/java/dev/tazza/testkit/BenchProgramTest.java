package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs real programs and compares their output; those that use SIMD must say that they cannot be
 * compiled yet.
 */
class BenchProgramTest {
  @Test
  void outputIsAsExpected() throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    List<String> wrong = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    int ran = 0;
    try (Engine engine = new Engine()) {
      for (BenchProgram program : BenchProgram.list(folder)) {
        try {
          String problem = program.run(engine);
          ran++;
          if (problem != null) {
            wrong.add(program.name() + ": " + problem);
          }
        } catch (UnsupportedOperationException e) {
          assertTrue(String.valueOf(e.getMessage()).contains("SIMD"), e.toString());
          simd.add(program.name());
        }
      }
    }
    System.out.printf("programs: %d ran; left out because of SIMD: %s%n", ran, simd);
    assertEquals("", String.join("\n", wrong));
    assertTrue(ran > 0, "no program was run");
  }
}
