package dev.tazza.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.text.Wat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ModuleReaderTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void bothFormats() {
    byte[] text = bytes("(module (func) (func (export \"f\")))");
    assertEquals(2, ModuleReader.read(text, Features.DEFAULT).functionCount());
    byte[] binary = Wat.toBinary(text);
    assertEquals(2, ModuleReader.read(binary, Features.DEFAULT).functionCount());
    ModuleLimits limits = ModuleLimits.DEFAULT.with(ModuleLimit.FUNCTIONS, 1);
    assertThrows(
        ResourceLimitException.class, () -> ModuleReader.read(binary, Features.DEFAULT, limits));
  }

  @Test
  void errorsSayWhereInTheText() {
    byte[] text = bytes("(module\n (func (result i32)\n  (i64.const 1)))");
    ValidationException error =
        assertThrows(ValidationException.class, () -> ModuleReader.read(text, Features.DEFAULT));
    assertTrue(error.toString().contains(": 3:"), error::toString);
  }
}
