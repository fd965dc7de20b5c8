package dev.tazza.testkit.fuzz;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.Module;
import dev.tazza.OptLevel;
import dev.tazza.wasm.WasmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the modules of a folder do without optimization, with it, with memories that are
 * checked in code, from an artifact, and in another engine when that has left its observations
 * there: {@code NAME.txt} beside {@code NAME.wasm}.
 *
 * <p>As a program: {@code FolderFuzzer FOLDER} prints what is wrong, and how many modules ran, were
 * refused, and failed. The modules must come to an end by themselves; {@code testkit/smith} makes
 * such.
 */
public final class FolderFuzzer implements AutoCloseable {
  /** What became of a module. */
  public enum Fate {
    RAN,
    /** It is malformed, invalid, or uses what cannot be compiled. */
    REFUSED,
    FAILED
  }

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));
  private final Engine checking =
      new Engine(
          config(OptLevel.SPEED).staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0));

  private final List<String> failures = new ArrayList<>();

  /** How often modules were refused, by message without numbers. */
  private final Map<String, Integer> reasons = new TreeMap<>();

  /** Engines that check the compiler's work. */
  public FolderFuzzer() {}

  private static Config config(OptLevel level) {
    return new Config()
        .optLevel(level)
        .debugVerifier(true)
        .wasmThreads(true)
        .wasmWideArithmetic(true)
        .wasmCustomPageSizes(true)
        .parallelCompilation(false);
  }

  /** Runs one module. */
  public Fate check(Path wasm) throws IOException {
    int before = failures.size();
    Fate fate = run(wasm);
    return failures.size() > before ? Fate.FAILED : fate;
  }

  private Fate run(Path wasm) throws IOException {
    byte[] bytes = Files.readAllBytes(wasm);
    String name = wasm.getFileName().toString();
    Path reference = wasm.resolveSibling(name.replaceFirst("\\.wasm$", ".txt"));
    try {
      List<String> expected = run(plain, bytes);
      compare(name, "without optimization", expected, "with", run(optimizing, bytes));
      compare(name, "compiled", expected, "from an artifact", reload(bytes));
      expected.replaceAll(FileExecution::normalize);
      List<String> checked = run(checking, bytes);
      checked.replaceAll(FileExecution::normalize);
      compare(name, "without checks of addresses", expected, "with", checked);
      if (Files.exists(reference)) {
        List<String> lines = Files.readAllLines(reference);
        lines.replaceAll(FileExecution::normalize);
        compare(name, "elsewhere", lines, "here", expected);
      }
      return Fate.RAN;
    } catch (WasmException | UnsupportedOperationException refused) {
      if (refused.getMessage() == null || refused.getMessage().isBlank()) {
        throw new AssertionError(name + ": an error without a message", refused);
      }
      if (Files.exists(reference)) {
        failures.add(name + ": refused: " + refused.getMessage());
      }
      reasons.merge(
          refused.getMessage().replaceAll("\"[^\"]*\"|0x\\p{XDigit}+|\\d+", "#"), 1, Integer::sum);
      return Fate.REFUSED;
    } catch (RuntimeException | Error e) {
      StringBuilder message = new StringBuilder(name).append(": ").append(e);
      for (StackTraceElement element : e.getStackTrace()) {
        message.append("\n    ").append(element);
      }
      failures.add(message.toString());
      return Fate.FAILED;
    }
  }

  private static List<String> run(Engine engine, byte[] bytes) {
    try (Module module = Module.compile(engine, bytes)) {
      return FileExecution.run(engine, module);
    }
  }

  private List<String> reload(byte[] bytes) {
    try (Module module = Module.compile(optimizing, bytes);
        Module loaded = Module.deserialize(optimizing, module.serialize());
        Module again = Module.deserialize(optimizing, loaded.serialize())) {
      return FileExecution.run(optimizing, again);
    }
  }

  private void compare(
      String name, String one, List<String> expected, String other, List<String> actual) {
    @Nullable String difference = Fuzzer.compare(one, expected, other, actual);
    if (difference != null) {
      failures.add(name + ": " + difference);
    }
  }

  /** What was wrong so far. */
  public List<String> failures() {
    return failures;
  }

  @Override
  public void close() {
    plain.close();
    optimizing.close();
    checking.close();
  }

  public static void main(String[] args) throws IOException {
    List<Path> modules;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      modules = files.filter(file -> file.toString().endsWith(".wasm")).sorted().toList();
    }
    int[] fates = new int[Fate.values().length];
    try (FolderFuzzer fuzzer = new FolderFuzzer()) {
      int printed = 0;
      for (Path module : modules) {
        fates[fuzzer.check(module).ordinal()]++;
        for (; printed < fuzzer.failures.size(); printed++) {
          System.out.println(fuzzer.failures.get(printed));
        }
      }
      fuzzer.reasons.forEach((reason, count) -> System.out.println(count + " refused: " + reason));
    }
    System.out.printf("%d ran, %d refused, %d failed%n", fates[0], fates[1], fates[2]);
  }
}
