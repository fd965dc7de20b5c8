package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.sandbox.SandboxException;
import dev.tazza.sandbox.SandboxVerifier;
import dev.tazza.testkit.fuzz.RandomModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What the quick proof accepts the thorough one accepts, too: of code as the compiler makes it, and
 * of code with a wrong bit. More of it: {@code -Dsandbox.seed=1 -Dsandbox.flips=1000000}.
 */
class SandboxQuickProofTest {
  private static final long SEED = Long.getLong("sandbox.seed", 1);
  private static final int FLIPS = Integer.getInteger("sandbox.flips", 3000);
  private static final int MODULES = 12;

  /** Where the thorough proof gives up because of a guess, which the quick one does not make. */
  private static final List<String> GUESSES =
      List.of("a loop of which nothing is certain", "a jump table that was not seen");

  @Test
  void wrongBitsInRandomModules() {
    int accepted = 0;
    try (Engine engine = new Engine(new Config().wasmLegacyExceptions(true).wasmThreads(true))) {
      for (int i = 0; i < MODULES; i++) {
        try (Module module = Module.compile(engine, RandomModule.of(SEED + i).text())) {
          accepted += compare(module.compiled(), FLIPS / MODULES, SEED + i);
        }
      }
    }
    assertTrue(accepted > FLIPS / 100 && accepted < FLIPS, accepted + " were accepted");
  }

  @Test
  void wrongBitsInRealPrograms() throws IOException {
    Path folder = SharedFiles.folder("bench");
    if (folder == null) {
      System.out.println("left out: real programs, there is no folder shared/bench");
      return;
    }
    byte[] bytes = Files.readAllBytes(folder.resolve("tinygo/tinygo-regex.wasm"));
    try (Engine engine = new Engine(new Config());
        Module module = Module.compile(engine, bytes)) {
      int accepted = compare(module.compiled(), FLIPS, SEED);
      assertTrue(accepted > FLIPS / 100 && accepted < FLIPS, accepted + " were accepted");
    }
  }

  /** How many of the flipped bits the verifier has nothing against. */
  private static int compare(CompiledModule compiled, int flips, long seed) {
    byte[] text = compiled.text().bytes().clone();
    CompiledModule broken = compiled.withText(CodeText.of(text));
    SandboxVerifier quick = SandboxVerifier.of(broken);
    SandboxVerifier careful = SandboxVerifier.careful(broken);
    SandboxVerifier thorough = SandboxVerifier.thorough(broken, Long.MAX_VALUE);
    SplittableRandom random = new SplittableRandom(seed);
    int accepted = 0;
    for (int flip = 0; flip < flips; flip++) {
      int piece = random.nextInt(quick.count());
      int at = quick.offset(piece) + random.nextInt(quick.size(piece));
      int bit = 1 << random.nextInt(8);
      text[at] ^= (byte) bit;
      if (problem(quick, piece).isEmpty() || problem(careful, piece).isEmpty()) {
        accepted++;
        String problem = problem(thorough, piece);
        assertTrue(
            GUESSES.stream().anyMatch(problem::contains) || problem.isEmpty(),
            () -> "bit " + bit + " of the byte at " + at + ": " + problem);
      }
      text[at] ^= (byte) bit;
    }
    return accepted;
  }

  /** Why a piece is rejected; nothing if it is not. */
  private static String problem(SandboxVerifier verifier, int piece) {
    try {
      verifier.verify(piece);
      return "";
    } catch (SandboxException e) {
      return e.problem();
    }
  }
}
