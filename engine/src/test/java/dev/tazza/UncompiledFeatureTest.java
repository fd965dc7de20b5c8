package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.Feature;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is validated but cannot be compiled yet is refused by its name, nothing else happens. */
class UncompiledFeatureTest {
  private record Use(Feature feature, String what, String text) {}

  private static final Use[] USES = {
    new Use(Feature.GC, "struct.new", "(type $s (struct)) (func (drop (struct.new $s)))"),
    new Use(Feature.GC, "struct.new", "(type $s (struct)) (global (ref $s) (struct.new $s))"),
    new Use(Feature.GC, "ref.i31", "(global (ref i31) (ref.i31 (i32.const 1)))"),
    new Use(Feature.GC, "ref.eq", "(func (drop (ref.eq (ref.null eq) (ref.null eq))))"),
    new Use(Feature.GC, "ref.test", "(func (drop (ref.test (ref any) (ref.null eq))))"),
  };

  @Test
  void usesAreRefusedByName() {
    for (Use use : USES) {
      Config config = new Config().optLevel(OptLevel.NONE).wasmFeature(use.feature, true);
      try (Engine engine = new Engine(config)) {
        byte[] text = use.text.getBytes(StandardCharsets.UTF_8);
        assertDoesNotThrow(() -> Module.validate(engine, text), use.text);
        UnsupportedOperationException error =
            assertThrows(
                UnsupportedOperationException.class,
                () -> Module.compile(engine, text),
                () -> use.feature + ": " + use.text);
        String expected = "the " + use.feature.title() + " feature (" + use.what + ") is decoded";
        assertTrue(String.valueOf(error.getMessage()).startsWith(expected), error.getMessage());
      }
    }
  }
}
