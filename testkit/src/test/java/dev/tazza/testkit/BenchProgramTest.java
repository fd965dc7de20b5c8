package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs real programs and compares their output. */
class BenchProgramTest {
  @Test
  void outputIsAsExpected() throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    List<String> wrong = new ArrayList<>();
    int ran = 0;
    try (Engine engine = new Engine()) {
      for (BenchProgram program : BenchProgram.list(folder)) {
        String problem = program.run(engine);
        ran++;
        if (problem != null) {
          wrong.add(program.name() + ": " + problem);
        }
      }
    }
    System.out.printf("programs: %d ran%n", ran);
    assertEquals("", String.join("\n", wrong));
    assertTrue(ran > 0, "no program was run");
  }
}
