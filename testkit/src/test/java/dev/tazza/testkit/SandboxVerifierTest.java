package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.testkit.fuzz.RandomModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The sandbox verifier rejects nothing that the compiler makes for memories with guards. More
 * random modules: {@code -Dsandbox.seed=1 -Dsandbox.count=10000}.
 */
class SandboxVerifierTest {
  private static final long SEED = Long.getLong("sandbox.seed", 1);
  private static final int COUNT = Integer.getInteger("sandbox.count", 25);

  /** Of 6645 functions of real programs one is compiled twice. */
  private static final int MOST_COMPILED_AGAIN = 3;

  /** Where each access has a check of its own, loops are sometimes hard to follow: 149. */
  private static final int MOST_WITH_EXPLICIT_TRAPS = 165;

  @Test
  void randomModulesAreAccepted() {
    randomModulesAreAccepted(true);
  }

  @Test
  void randomModulesWithExplicitTrapsAreAccepted() {
    randomModulesAreAccepted(false);
  }

  private static void randomModulesAreAccepted(boolean signals) {
    for (OptLevel level : new OptLevel[] {OptLevel.NONE, OptLevel.SPEED}) {
      Config config =
          new Config()
              .optLevel(level)
              .signalsBasedTraps(signals)
              .sandboxVerifier(true)
              .wasmLegacyExceptions(true)
              .parallelCompilation(false);
      try (Engine engine = new Engine(config)) {
        for (long seed = SEED; seed < SEED + COUNT; seed++) {
          // A rejection is an exception that names function, instruction and reason.
          Module.compile(engine, RandomModule.of(seed).text()).close();
        }
      }
    }
  }

  @Test
  void realProgramsAreAccepted() throws IOException {
    Config config =
        new Config().heapAccessSpectreMitigation(false).tableAccessSpectreMitigation(false);
    realProgramsAreAccepted(config, MOST_COMPILED_AGAIN);
  }

  @Test
  void realProgramsWithExplicitTrapsAreAccepted() throws IOException {
    realProgramsAreAccepted(new Config().signalsBasedTraps(false), MOST_WITH_EXPLICIT_TRAPS);
  }

  private static void realProgramsAreAccepted(Config config, int most) throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    int again = 0;
    try (Engine engine = new Engine(config)) {
      for (BenchProgram program : BenchProgram.list(folder)) {
        again += rejected(engine, Files.readAllBytes(program.wasm()));
      }
    }
    assertTrue(again <= most, again + " functions are compiled again");
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
          rejected++;
        }
      }
    } catch (UnsupportedOperationException e) {
      // Uses a feature that cannot be compiled yet.
      return 0;
    }
    return rejected;
  }
}
