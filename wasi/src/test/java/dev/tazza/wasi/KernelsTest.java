package dev.tazza.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Instance;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.Store;
import dev.tazza.wasm.type.FuncType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The kernels of {@code bench/programs/simd} and {@code bench/wide}, with the instructions of
 * different processors: they print what a C compiler makes of the same for this machine.
 */
class KernelsTest {
  private static final Path BENCH = Path.of("..", "bench");

  /** What the code may use, and how it is made. */
  private enum Way {
    ALL_FEATURES,
    WITHOUT_AVX512VL,
    WITHOUT_AVX,
    NOT_OPTIMIZED,
    WITH_CHECKS;

    Config config() {
      Config config = new Config().debugVerifier(true).wasmWideArithmetic(true);
      return switch (this) {
        case ALL_FEATURES -> config.sandboxVerifier(true);
        case WITHOUT_AVX512VL -> config.flagSet("has_avx512vl", "false");
        case WITHOUT_AVX -> config.flagSet("has_avx", "false");
        case NOT_OPTIMIZED -> config.optLevel(OptLevel.NONE);
        case WITH_CHECKS -> config.staticMemoryMaximumSize(0);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void print(Way way) throws IOException {
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    try (Engine engine = new Engine(way.config())) {
      for (Path program : programs()) {
        String name = program.getFileName().toString().replace(".wasm", "");
        Path output = program.resolveSibling(name + ".stdout.expected");
        expected.add(name + " " + Files.readString(output));
        actual.add(name + " " + output(engine, program));
      }
    }
    assertEquals(12, expected.size());
    assertEquals(expected, actual);
  }

  private static List<Path> programs() throws IOException {
    List<Path> result = new ArrayList<>();
    for (Path folder : List.of(BENCH.resolve("programs").resolve("simd"), BENCH.resolve("wide"))) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.wasm")) {
        files.forEach(result::add);
      }
    }
    Collections.sort(result);
    return result;
  }

  private static String output(Engine engine, Path program) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Module module = Module.compile(engine, Files.readAllBytes(program));
        Wasi wasi = Wasi.open(new WasiConfig().stdout(out));
        Store<Wasi> store = new Store<>(engine, wasi)) {
      Linker<Wasi> linker = new Linker<>(engine);
      Wasi.addTo(linker, with -> with);
      FuncType mark = new FuncType(List.of(), List.of());
      linker.func("bench", "start", mark, (caller, args) -> {});
      linker.func("bench", "end", mark, (caller, args) -> {});
      Instance instance = linker.instantiate(store, module);
      instance.func("_start").call();
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
