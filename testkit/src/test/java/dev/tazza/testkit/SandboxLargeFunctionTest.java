package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.sandbox.SandboxVerifier;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Large functions with many loops are left to the quick proof, whose time is linear. */
class SandboxLargeFunctionTest {
  private static final int LOCALS = 8;
  private static final int DEPTH = 64;

  /** For 280,000 instructions. */
  private static final int NESTS = 600;

  private static final int LOOPS = 10_000;

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void nestedLoops() {
    StringBuilder body = new StringBuilder();
    for (int nest = 0; nest < NESTS; nest++) {
      for (int i = 0; i < DEPTH; i++) {
        body.append("(loop ");
        sum(body);
      }
      for (int i = 0; i < DEPTH; i++) {
        sum(body);
        body.append("(br_if ").append(random.nextInt(DEPTH - i));
        body.append(" (local.get ").append(local()).append(")))");
      }
    }
    requireQuick(body, false);
  }

  /** A look at what loops write gives each of them names of its own. */
  @Test
  void loopsInARow() {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < LOOPS; i++) {
      body.append("(loop ");
      sum(body);
      body.append("(br_if 0 (local.get ").append(local()).append(")))");
    }
    requireQuick(body, true);
  }

  private int local() {
    return random.nextInt(LOCALS);
  }

  private void sum(StringBuilder body) {
    body.append(
        "(local.set %d (i32.add (i32.load offset=%d (local.get %d)) (local.get %d)))"
            .formatted(local(), 8 * local(), local(), local()));
  }

  private static void requireQuick(StringBuilder body, boolean careful) {
    String text =
        "(module (memory 1) (func (export \"f\") (param i32 i32) (local"
            + " i32".repeat(LOCALS - 2)
            + ") "
            + body
            + "))";
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE).sandboxVerifier(false));
        Module module = Module.compile(engine, text)) {
      SandboxVerifier verifier =
          careful
              ? SandboxVerifier.careful(module.compiled())
              : SandboxVerifier.of(module.compiled());
      for (int piece = 0; piece < verifier.count(); piece++) {
        boolean isQuick = verifier.verify(piece);
        assertTrue(isQuick || verifier.function(piece) < 0);
      }
    }
  }
}
