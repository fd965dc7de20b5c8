package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options by their names, as files and command lines have them. */
class NamedOptionTest {
  @Test
  void theyAreThoseOfTheSetters() {
    Config config =
        new Config()
            .option("consumeFuel", "on")
            .option("parallelCompilation", "off")
            .option("optLevel", "speed-and-size")
            .option("wasmBacktraceMaxFrames", "7")
            .option("staticMemoryMaximumSize", "1G")
            .option("maxWasmStack", "65536")
            .option("staticMemoryGuardSize", "64K");
    assertTrue(config.consumeFuel());
    assertFalse(config.parallelCompilation());
    assertEquals(OptLevel.SPEED_AND_SIZE, config.optLevel());
    assertEquals(7, config.wasmBacktraceMaxFrames());
    assertEquals(1L << 30, config.staticMemoryMaximumSize());
    assertEquals(65536, config.maxWasmStack());
    assertEquals(64 << 10, config.staticMemoryGuardSize());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "consumeFuel | true | consumeFuel: expected on or off",
        "optLevel | fast | optLevel: expected one of NONE, SPEED, SPEED_AND_SIZE",
        "maxWasmStack | 1T | maxWasmStack: expected a size such as 65536, 64K or 4G",
        "maxWasmStack | 0 | maxWasmStack must be from 1 byte to 1 GiB, but is 0",
        "maxWasmStack | 99999999999999999999 | maxWasmStack: expected a size",
        "maxWasmStack | K | maxWasmStack: expected a size",
        "wasmBacktraceMaxFrames | -1 | wasmBacktraceMaxFrames: expected a number",
        "operatorCost | 1 | there is no option",
        "wasmThreads | on | there is no option",
      })
  void mistakesAreNamed(String name, String value, String message) {
    Config config = new Config();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> config.option(name, value));
    assertTrue(refused.getMessage().startsWith(message), refused::getMessage);
  }
}
