package dev.tazza.testkit;

import dev.tazza.Engine;
import dev.tazza.Linker;
import dev.tazza.Module;
import dev.tazza.Store;
import dev.tazza.wasi.Access;
import dev.tazza.wasi.Wasi;
import dev.tazza.wasi.WasiConfig;
import dev.tazza.wasi.WasiExit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program of a folder like {@code shared/bench}: a WASI command whose own folder is its current
 * directory, with the output that it must have.
 *
 * @param name folder and file without ending
 * @param wasm the module
 * @param stdout expected output, null when any will do
 * @param stderr expected error output, null when any will do
 */
public record BenchProgram(
    String name, Path wasm, byte @Nullable [] stdout, byte @Nullable [] stderr) {

  /** All programs in the folders of {@code root}, by name. */
  public static List<BenchProgram> list(Path root) throws IOException {
    List<Path> modules;
    try (Stream<Path> files = Files.walk(root)) {
      modules = files.filter(file -> file.toString().endsWith(".wasm")).sorted().toList();
    }
    List<BenchProgram> programs = new ArrayList<>();
    for (Path module : modules) {
      String file = module.getFileName().toString();
      String base = file.substring(0, file.length() - ".wasm".length());
      programs.add(
          new BenchProgram(
              root.relativize(module).getParent() + "/" + base,
              module,
              expected(module, base, "stdout"),
              expected(module, base, "stderr")));
    }
    return programs;
  }

  private static byte @Nullable [] expected(Path module, String base, String stream)
      throws IOException {
    for (String name : List.of(base, "default", "benchmark")) {
      Path file = module.resolveSibling(name + "." + stream + ".expected");
      if (Files.exists(file)) {
        return Files.readAllBytes(file);
      }
    }
    return null;
  }

  /**
   * Runs it once.
   *
   * @return what is wrong with its output or exit code, or null
   * @throws UnsupportedOperationException when it needs a feature that cannot be compiled yet
   */
  public @Nullable String run(Engine engine) throws IOException {
    try (Module module = Module.compile(engine, Files.readAllBytes(wasm));
        Store<Void> store = new Store<>(engine)) {
      return run(module, store);
    }
  }

  /** The same with its module, compiled, in a new store. */
  public @Nullable String run(Module module, Store<Void> store) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    WasiConfig config =
        new WasiConfig()
            .args(wasm.getFileName().toString())
            .stdin(new byte[0])
            .stdout(out)
            .stderr(err)
            .preopen(wasm.resolveSibling("").toAbsolutePath(), ".", Access.READ_WRITE);
    int code = 0;
    try (Wasi wasi = Wasi.open(config)) {
      Linker<Void> linker = new Linker<>(store.engine());
      wasi.addTo(linker);
      linker.defineUnknownImportsAsDefaultValues(module);
      linker.instantiate(store, module).func("_start").call();
    } catch (WasiExit exit) {
      code = exit.code();
    }
    if (code != 0) {
      return "exit code " + code + "; " + err;
    }
    if (stdout != null && !isSame(stdout, out)) {
      return "standard output differs: " + out;
    }
    if (stderr != null && !isSame(stderr, err)) {
      return "standard error differs: " + err;
    }
    return null;
  }

  /** Whether the text is as expected, but for white space at the end, which some files lack. */
  private static boolean isSame(byte[] expected, ByteArrayOutputStream found) {
    byte[] actual = found.toByteArray();
    return Arrays.equals(expected, 0, end(expected), actual, 0, end(actual));
  }

  private static int end(byte[] text) {
    int end = text.length;
    while (end > 0 && Character.isWhitespace(text[end - 1])) {
      end--;
    }
    return end;
  }
}
