package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.SourcePosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Positions in the source of a C program, in traps. See {@code positions.c}. */
class BacktraceDetailsTest {
  private static final List<SourcePosition> INLINED =
      List.of(
          new SourcePosition("divide", "/source/positions.c", 3, 12),
          new SourcePosition("twice", "/source/positions.c", 7, 14),
          new SourcePosition("inlined", "/source/positions.c", 16, 10));

  private static byte[] program() throws IOException {
    try (InputStream in = BacktraceDetailsTest.class.getResourceAsStream("positions.wasm")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static Config config(BacktraceDetails details) {
    return new Config().wasmBacktraceDetails(details);
  }

  private static Trap trap(Engine engine, Module module) {
    try (Store<Void> store = new Store<>(engine)) {
      Func inlined = Instance.instantiate(store, module, List.of()).func("inlined");
      return assertThrows(Trap.class, () -> inlined.call(1, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(OptLevel.class)
  void framesHavePositions(OptLevel level) throws IOException {
    try (Engine engine = new Engine(config(BacktraceDetails.ENABLE).optLevel(level))) {
      Trap trap = trap(engine, Module.compile(engine, program()));
      assertEquals(1, trap.frames().size());
      assertEquals(INLINED, trap.frames().get(0).source());
      StackTraceElement first = trap.getStackTrace()[0];
      assertEquals("dwarf5.wasm.divide(/source/positions.c:3)", first.toString());
      assertEquals(3, trap.getStackTrace().length);
    }
  }

  @Test
  void artifactsHaveThemToo() throws IOException {
    byte[] artifact;
    try (Engine engine = new Engine(config(BacktraceDetails.ENABLE))) {
      artifact = Module.compile(engine, program()).serialize();
      Trap trap = trap(engine, Module.deserialize(engine, artifact));
      assertEquals(INLINED, trap.frames().get(0).source());
    }
    try (Engine engine = new Engine(config(BacktraceDetails.DISABLE))) {
      Module module = Module.compile(engine, program());
      assertEquals(List.of(), trap(engine, module).frames().get(0).source());
      assertEquals(-1, text(module.serialize()).indexOf(".debug_line"));
      assertNotEquals(-1, text(artifact).indexOf(".debug_line"));
      // An artifact may have them all the same.
      Trap trap = trap(engine, Module.deserialize(engine, artifact));
      assertEquals(List.of(), trap.frames().get(0).source());
    }
  }

  private static String text(byte[] artifact) {
    return new String(artifact, StandardCharsets.ISO_8859_1);
  }

  @Test
  void namesAreAsInTheSource() {
    String text =
        """
        (module $m
          (func $_ZN3foo3barEi unreachable)
          (func $_RNvCs1234_7mycrate3run (call $_ZN3foo3barEi))
          (func $"a\\1b[2Jb\\0a" (export "f") (call $_RNvCs1234_7mycrate3run)))
        """;
    try (Engine engine = new Engine(new Config().optLevel(OptLevel.NONE));
        Store<Void> store = new Store<>(engine)) {
      Func function =
          Instance.instantiate(store, Module.compile(engine, text), List.of()).func("f");
      Trap trap = assertThrows(Trap.class, function::call);
      assertEquals(
          List.of("foo::bar(int)", "mycrate::run", "a\\u{1b}[2Jb\\u{a}"),
          trap.frames().stream().map(Frame::displayName).toList());
      assertEquals("_ZN3foo3barEi", trap.frames().getFirst().functionName());
      assertEquals("mycrate::run", trap.getStackTrace()[1].getMethodName());
      assertEquals("foo::bar(int) (m, 0x", trap.frames().getFirst().toString().substring(0, 20));
    }
  }

  @Test
  void theNumberOfFramesIsBounded() {
    String text =
        """
        (module
          (func $f (export "f") (param i32)
            (if (i32.eqz (local.get 0)) (then unreachable))
            (call $f (i32.sub (local.get 0) (i32.const 1)))))
        """;
    assertEquals(20, frames(new Config(), text));
    assertEquals(3, frames(new Config().wasmBacktraceMaxFrames(3), text));
    assertEquals(0, frames(new Config().wasmBacktraceMaxFrames(0), text));
    assertEquals(101, frames(new Config().wasmBacktraceMaxFrames(1000), text));
  }

  private static int frames(Config config, String text) {
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Func f = Instance.instantiate(store, Module.compile(engine, text), List.of()).func("f");
      return assertThrows(Trap.class, () -> f.call(100)).frames().size();
    }
  }
}
