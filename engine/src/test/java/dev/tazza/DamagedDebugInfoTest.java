package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Debug information that makes no sense is left out; it does not keep a module from running. */
class DamagedDebugInfoTest {
  private static final int TIMES = 1000;

  private static byte[] module() throws IOException {
    try (InputStream in = DamagedDebugInfoTest.class.getResourceAsStream("variables.wasm")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void onlyTheModuleItselfCanBeRefused() throws IOException {
    byte[] module = module();
    int start = new String(module, StandardCharsets.ISO_8859_1).indexOf(".debug_");
    assertTrue(start > 0);
    Random random = new Random(1);
    int loaded = 0;
    try (Engine engine = new Engine(new Config().debugInfo(true).optLevel(OptLevel.NONE))) {
      for (int i = 0; i < TIMES; i++) {
        byte[] damaged = module.clone();
        for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
          damaged[random.nextInt(start, module.length)] = (byte) random.nextInt();
        }
        try (Module _ = Module.compile(engine, damaged)) {
          loaded++;
        } catch (WasmException refused) {
          // a section's size or name
        }
      }
    }
    assertTrue(loaded > TIMES / 2, "loaded: " + loaded);
  }
}
