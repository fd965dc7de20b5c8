package dev.tazza.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.validate.ModuleValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is printed reads back as the same module, and prints the same again. */
class RoundTripTest {
  private static void check(WasmModule module) {
    String text = WatPrinter.print(module);
    byte[] binary = Wat.parse(text);
    WasmModule again = ModuleDecoder.decode(binary, ModuleLimits.DEFAULT);
    ModuleComparison.assertEquivalent(module, again);
    assertEquals(text.replaceAll("\n  ;; custom section.*", ""), WatPrinter.print(again));
  }

  @Test
  void everyProgram() throws IOException {
    for (Path file : SharedFiles.find("bench", ".wasm", 2)) {
      check(ModuleDecoder.decode(Files.readAllBytes(file), ModuleLimits.DEFAULT));
    }
  }

  @Test
  void everyValidModuleOfTheSpecification() throws IOException {
    int modules = 0;
    for (Path file : SharedFiles.find("spec", ".wast", 1)) {
      for (WastCommand command : Wast.parse(Files.readAllBytes(file))) {
        WastModule source =
            switch (command) {
              case WastCommand.Module module -> module.module();
              case WastCommand.Definition module -> module.module();
              case WastCommand.AssertUnlinkable module -> module.module();
              case WastCommand.AssertModuleTrap module -> module.module();
              default -> null;
            };
        WasmModule module = source == null ? null : validOrNull(source);
        if (module != null) {
          check(module);
          modules++;
        }
      }
    }
    assertTrue(modules > 1900, () -> "too few modules were accepted");
  }

  /** Null if the module needs a feature that is off or not built. */
  private static WasmModule validOrNull(WastModule source) {
    try {
      return ModuleValidator.read(
          source.assemble().bytes(), Features.DEFAULT);
    } catch (MalformedException e) {
      assertTrue(e.getMessage().contains("unsupported: "), e::getMessage);
      return null;
    } catch (WasmException e) {
      return null;
    }
  }
}
