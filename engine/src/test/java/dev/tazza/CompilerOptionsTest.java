package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Settings of the compiler that are options of the engine. */
class CompilerOptionsTest {
  private static boolean fails(Config config, String name, String value, String message) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> config.flagSet(name, value));
    return String.valueOf(refused.getMessage()).contains(message);
  }

  @Test
  void settingsAreOptions() {
    Config config = new Config();
    assertEquals(OptLevel.SPEED, config.optLevel());
    assertEquals(OptLevel.NONE, config.flagSet("opt_level", "none").optLevel());
    assertTrue(config.flagEnable("enable_nan_canonicalization").nanCanonicalization());
    assertTrue(config.flagEnable("enable_verifier").debugVerifier());
    assertTrue(config.flagEnable("enable_sandbox_verifier").sandboxVerifier());
    assertFalse(config.flagSet("enable_address_map", "false").generateAddressMap());
    assertTrue(fails(config, "opt_level", "most", "none, speed, speed_and_size"));
    assertTrue(fails(config, "enable_verifier", "yes", "true or false"));
  }

  /** Each that is listed can be set to what it is listed with. */
  @Test
  void allAreListed() {
    for (CompilerSetting setting : Config.compilerSettings()) {
      new Config().flagSet(setting.name(), setting.value());
    }
    assertTrue(
        Config.compilerSettings().stream().anyMatch(setting -> setting.name().equals("opt_level")));
  }

  @Test
  void anUnknownOneIsSaidWithANearName() {
    Config config = new Config();
    assertTrue(fails(config, "enable_verifer", "true", "did you mean enable_verifier?"));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> config.option("consumeFul", "on"));
    assertEquals(
        "there is no option 'consumeFul', did you mean consumeFuel?", refused.getMessage());
    assertTrue(fails(config, "has-avx", "true", "did you mean has_avx?"));
    assertTrue(fails(config, "zzzz", "true", "no compiler setting 'zzzz'; there are has_"));
  }
}
