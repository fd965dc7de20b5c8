package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.environ.CodeSymbol;
import dev.tazza.vm.instance.LoadedModule;
import dev.tazza.vm.profile.JitDump;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What profilers find in their files. */
class ProfilerTest {
  private static final long PID = ProcessHandle.current().pid();
  private static final String NAMED =
      "(module $m (func $first (export \"f\") (result i32) (i32.const 7)) (func $odd\\0aname)"
          + " (func $_ZN3foo3barEi (export \"g\")))";

  @TempDir Path folder;

  @Test
  void perfMapNamesAllCode() throws IOException {
    try (Engine engine = new Engine(new Config().profiler(ProfilingStrategy.PERFMAP))) {
      LoadedModule module = Module.compile(engine, NAMED).loaded();
      String map = Files.readString(Path.of("/tmp/perf-" + PID + ".map"));
      for (CodeSymbol symbol : module.compiled().symbols()) {
        String place = "%x %x wasm::".formatted(module.address() + symbol.offset(), symbol.size());
        assertTrue(map.contains("\n" + place) || map.startsWith(place), place + " in " + map);
      }
      assertTrue(map.contains(" wasm::first [m]\n"), map);
      assertTrue(map.contains(" wasm::foo::bar(int) [m]\n"), map);
    } finally {
      Files.deleteIfExists(Path.of("/tmp/perf-" + PID + ".map"));
    }
  }

  @Test
  void jitDumpHasCodeAndLines() throws IOException {
    byte[] program;
    try (InputStream in = ProfilerTest.class.getResourceAsStream("positions.wasm")) {
      program = Objects.requireNonNull(in).readAllBytes();
    }
    Config config = new Config().wasmBacktraceDetails(BacktraceDetails.ENABLE);
    try (Engine engine = new Engine(config);
        JitDump first = new JitDump(folder);
        JitDump second = new JitDump(folder)) {
      LoadedModule module = Module.compile(engine, program).loaded();
      first.loaded(module);
      second.loaded(module);
      assertRecords(module, Files.readAllBytes(folder.resolve("jit-" + PID + ".dump")));
    }
  }

  private static void assertRecords(LoadedModule module, byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.nativeOrder());
    assertEquals(0x4A695444, in.getInt(0));
    assertEquals(PID, in.getInt(20));
    byte[] text = module.compiled().text().bytes();
    Map<Long, String> names = new HashMap<>();
    String lines = "";
    in.position(in.getInt(8));
    while (in.hasRemaining()) {
      int start = in.position();
      int size = in.getInt(start + 4);
      int end = start + size;
      if (in.getInt(start) == 0) {
        int codeSize = (int) in.getLong(start + 40);
        int offset = (int) (in.getLong(start + 32) - module.address());
        assertEquals(
            ByteBuffer.wrap(text, offset, codeSize).slice(),
            ByteBuffer.wrap(file, end - codeSize, codeSize).slice());
        String name = string(file, start + 56, end - codeSize - 1);
        assertEquals(null, names.put(in.getLong(start + 48), name), "indexes are unique");
      } else {
        assertEquals(2, in.getInt(start));
        lines += string(file, start + 32, end);
      }
      in.position(end);
    }
    assertEquals(2 * module.compiled().symbols().length, names.size());
    assertTrue(names.containsValue("wasm::inlined [dwarf5.wasm]"), names.toString());
    assertTrue(lines.contains("\u0003\0\0\0\0\0\0\0/source/positions.c\0"), lines);
  }

  private static String string(byte[] bytes, int from, int to) {
    return new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatIsNotThereIsRefused() {
    Config config = new Config().profiler(ProfilingStrategy.VTUNE);
    assertThrows(UnsupportedOperationException.class, () -> new Engine(config));
  }
}
