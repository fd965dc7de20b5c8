package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.SourcePosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Debug information of which most is in a file for each unit: {@code clang -gsplit-dwarf}; or in a
 * package.
 */
class SplitDebugInfoTest {
  private static final List<String> FILES = List.of("positions.dwo", "split.dwo");

  @TempDir private Path folder;

  private void copy(String name) throws IOException {
    try (InputStream in = SplitDebugInfoTest.class.getResourceAsStream(name)) {
      Files.write(folder.resolve(name), Objects.requireNonNull(in).readAllBytes());
    }
  }

  @BeforeEach
  void copyModule() throws IOException {
    copy("split.wasm");
  }

  private List<SourcePosition> positions(String function) throws IOException {
    return positions("split.wasm", function);
  }

  private List<SourcePosition> positions(String module, String function) throws IOException {
    Config config = new Config().wasmBacktraceDetails(BacktraceDetails.ENABLE);
    try (Engine engine = new Engine(config);
        Store<Void> store = new Store<>(engine);
        Module compiled = Module.compile(engine, folder.resolve(module));
        Module again = Module.deserialize(engine, compiled.serialize())) {
      Func called = Instance.instantiate(store, again, List.of()).func(function);
      return assertThrows(Trap.class, () -> called.call(1, 0)).frames().getFirst().source();
    }
  }

  @Test
  void inlinedCallsOfAllUnitsAreKnown() throws IOException {
    for (String file : FILES) {
      copy(file);
    }
    checkInlinedCalls("split.wasm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"split", "split4"})
  void soTheyAreFromAPackage(String name) throws IOException {
    copy(name + ".wasm");
    copy(name + ".dwp");
    checkInlinedCalls(name + ".wasm");
    Path behind = folder.resolve(name + ".wasm.dwp"); // the other name that it may have
    Files.move(folder.resolve(name + ".dwp"), behind);
    checkInlinedCalls(name + ".wasm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"split", "split4"})
  void aPackageThatIsDamagedIsNoReasonToFail(String name) throws IOException {
    copy(name + ".wasm");
    copy(name + ".dwp");
    byte[] file = Files.readAllBytes(folder.resolve(name + ".dwp"));
    for (int at = 0; at < file.length; at += 7) {
      byte[] damaged = file.clone();
      damaged[at] ^= 0x55;
      Files.write(folder.resolve(name + ".dwp"), damaged);
      assertTrue(positions(name + ".wasm", "inlined").size() <= 3); // and it traps as ever
    }
  }

  private void checkInlinedCalls(String module) throws IOException {
    assertEquals(
        List.of(
            new SourcePosition("divide", "/source/positions.c", 3, 12),
            new SourcePosition("twice", "/source/positions.c", 7, 14),
            new SourcePosition("inlined", "/source/positions.c", 16, 10)),
        positions(module, "inlined"));
    assertEquals(
        List.of(
            new SourcePosition("remainder", "/source/split.c", 3, 12),
            new SourcePosition("second", "/source/split.c", 7, 10)),
        positions(module, "second"));
  }

  @Test
  void withoutTheFilesThereAreLines() throws IOException {
    copy("split.dwo");
    assertEquals(
        List.of(new SourcePosition(null, "/source/positions.c", 3, 12)), positions("inlined"));
    assertEquals(2, positions("second").size());
  }

  @Test
  void aFileThatIsDamagedIsNoReasonToFail() throws IOException {
    byte[] file;
    try (InputStream in = SplitDebugInfoTest.class.getResourceAsStream("positions.dwo")) {
      file = Objects.requireNonNull(in).readAllBytes();
    }
    for (int at = 0; at < file.length; at += 7) {
      byte[] damaged = file.clone();
      damaged[at] ^= 0x55;
      Files.write(folder.resolve("positions.dwo"), damaged);
      assertTrue(positions("inlined").size() <= 3); // and it traps as ever
    }
  }
}
