package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The sandbox verifier follows what the compiler makes of real programs. Vector instructions are
 * left out: it does not know them yet.
 */
class SandboxVerifierTest {
  /** Said of vector instructions. */
  private static final String UNKNOWN = "not an instruction that the compiler makes";

  /** Of 6645 functions of real programs one is compiled twice. */
  private static final int MOST_COMPILED_AGAIN = 3;

  @Test
  void realProgramsAreAccepted() throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    int again = 0;
    try (Engine engine =
        new Engine(
            new Config().heapAccessSpectreMitigation(false).tableAccessSpectreMitigation(false))) {
      for (BenchProgram program : BenchProgram.list(folder)) {
        again += rejected(engine, Files.readAllBytes(program.wasm()));
      }
    }
    assertTrue(again <= MOST_COMPILED_AGAIN, again + " functions are compiled again");
  }

  /** How many functions cannot be followed as they are compiled first. */
  private static int rejected(Engine engine, byte[] bytes) {
    int rejected = 0;
    try (Module module = Module.compile(engine, bytes)) {
      SandboxVerifier verifier = SandboxVerifier.of(module.compiled());
      for (int i = 0; i < verifier.count(); i++) {
        try {
          verifier.verify(i);
        } catch (SandboxException e) {
          rejected += e.reason().equals(UNKNOWN) ? 0 : 1;
        }
      }
    } catch (UnsupportedOperationException e) {
      // Uses a feature that cannot be compiled yet.
      return 0;
    }
    return rejected;
  }
}
