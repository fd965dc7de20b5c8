package dev.tazza.wasm.validate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.ModuleReader;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.TestModule;
import dev.tazza.wasm.module.WasmModule;

/** Says of modules that they are valid, or why not. */
final class ValidationAssertions {

  private ValidationAssertions() {}

  static WasmModule valid(TestModule module) {
    return ModuleReader.read(module.bytes(), Features.DEFAULT);
  }

  static ValidationException invalid(String message, TestModule module) {
    return refused(ValidationException.class, message, module, Features.DEFAULT);
  }

  static <E extends WasmException> E refused(
      Class<E> type, String message, TestModule module, Features features) {
    byte[] bytes = module.bytes();
    E error = assertThrows(type, () -> ModuleReader.read(bytes, features), message);
    assertTrue(error.getMessage().startsWith(message), error.getMessage());
    return error;
  }
}
