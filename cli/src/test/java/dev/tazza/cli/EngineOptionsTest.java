package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the engine's options say is what the engine gets. */
class EngineOptionsTest {
  private static boolean verifies(String... args) {
    boolean[] verifies = new boolean[1];
    EngineOptions options = CommandLine.populateCommand(new EngineOptions(), args);
    options
        .engine(config -> {
          verifies[0] = config.sandboxVerifier();
          return config;
        })
        .close();
    return verifies[0];
  }

  @Test
  void codeIsProvedUnlessToldOtherwise() {
    assertTrue(verifies());
    assertTrue(verifies("--sandbox-verifier"));
    assertFalse(verifies("--no-sandbox-verifier"));
    assertFalse(verifies("-C", "enable_sandbox_verifier=false"));
  }
}
