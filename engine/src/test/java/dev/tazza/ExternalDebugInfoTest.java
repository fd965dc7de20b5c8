package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.binary.BinaryReader;
import dev.tazza.wasm.binary.BinaryWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debug information in a file of its own. */
class ExternalDebugInfoTest {
  private static final SourcePosition INNERMOST =
      new SourcePosition("divide", "/source/positions.c", 3, 12);

  @TempDir private Path folder;
  private byte[] whole = {};

  @BeforeEach
  void read() throws IOException {
    try (InputStream in = ExternalDebugInfoTest.class.getResourceAsStream("positions.wasm")) {
      whole = Objects.requireNonNull(in).readAllBytes();
    }
  }

  /** A module without its debug information, which says that it is in a file with this name. */
  private byte[] stripped(String name) {
    BinaryReader in = new BinaryReader(whole, 8, whole.length);
    BinaryWriter out = new BinaryWriter().bytes(whole, 0, 8);
    while (in.remaining() > 0) {
      int start = in.position();
      int id = in.u8();
      int size = in.count();
      int contents = in.position();
      boolean debug =
          id == 0 && new BinaryReader(whole, contents, contents + size).name().startsWith(".debug");
      in.skip(size);
      if (!debug) {
        out.bytes(whole, start, in.position());
      }
    }
    out.section(0, new BinaryWriter().name("external_debug_info").name(name));
    return out.toByteArray();
  }

  private static List<SourcePosition> positions(Path module) throws IOException {
    Config config = new Config().wasmBacktraceDetails(BacktraceDetails.ENABLE);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine)) {
      Module compiled = Module.compile(engine, module);
      // Nothing of it depends on the file any more.
      Module again = Module.deserialize(engine, compiled.serialize());
      Func inlined = Instance.instantiate(store, again, List.of()).func("inlined");
      return assertThrows(Trap.class, () -> inlined.call(1, 0)).frames().getFirst().source();
    }
  }

  @Test
  void aFileBesideTheModuleIsRead() throws IOException {
    Files.write(folder.resolve("positions.debug.wasm"), whole);
    Path module = Files.write(folder.resolve("m.wasm"), stripped("positions.debug.wasm"));
    assertEquals(INNERMOST, positions(module).getFirst());
    assertEquals(3, positions(module).size());
  }

  @Test
  void noOtherFileIsRead() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path debug = Files.write(other.resolve("debug.wasm"), whole);
    Path inside = Files.createDirectory(folder.resolve("inside"));
    for (String name :
        List.of(
            "../other/debug.wasm",
            debug.toString(),
            debug.toUri().toString(),
            "..",
            ".",
            "",
            "missing.wasm",
            "\0")) {
      Path module = Files.write(inside.resolve("m.wasm"), stripped(name));
      assertEquals(List.of(), positions(module), name);
    }
    Files.write(inside.resolve("text.wasm"), new byte[] {1, 2, 3});
    Path module = Files.write(inside.resolve("m.wasm"), stripped("text.wasm"));
    assertEquals(List.of(), positions(module));
  }

  @Test
  void itCanBeGivenToo() throws IOException {
    byte[] joined = Module.withDebugInfo(stripped("anything"), whole);
    assertEquals(INNERMOST, positions(Files.write(folder.resolve("m.wasm"), joined)).getFirst());
    assertSame(whole, Module.withDebugInfo(whole, whole), "it has some itself");
    byte[] none = {0, 'a', 's', 'm', 1, 0, 0, 0};
    assertArrayEquals(none, Module.withDebugInfo(none, none));
    assertThrows(MalformedException.class, () -> Module.withDebugInfo(none, new byte[3]));
    byte[] cut = {0, 'a', 's', 'm', 1, 0, 0, 0, 0, 100};
    assertThrows(MalformedException.class, () -> Module.withDebugInfo(none, cut));
    assertSame(cut, Module.withDebugInfo(cut, whole), "its decoder says what is wrong");
  }
}
