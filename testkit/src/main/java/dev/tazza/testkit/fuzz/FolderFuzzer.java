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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the modules of a folder do without optimization, with it and from an artifact, with
 * memories that are checked in code, and in other engines when those have left their observations
 * there: beside {@code NAME.wasm}, {@code NAME.txt} in our words, {@code NAME.v8} in V8's.
 *
 * <p>As a program: {@code FolderFuzzer FOLDER...} prints what is wrong, and how many modules ran,
 * were refused, and failed. The modules must come to an end by themselves; {@code testkit/smith}
 * makes such.
 */
public final class FolderFuzzer implements AutoCloseable {
  /** What became of a module. */
  public enum Fate {
    RAN,
    /** It is malformed, invalid, or uses what cannot be compiled. */
    REFUSED,
    FAILED
  }

  /** Another engine. */
  private enum Peer {
    WASMTIME(".txt", line -> line),
    V8(".v8", V8Words::of);

    private final String suffix;
    private final UnaryOperator<String> words;

    Peer(String suffix, UnaryOperator<String> words) {
      this.suffix = suffix;
      this.words = words;
    }

    private Path observations(Path wasm) {
      String name = wasm.getFileName().toString();
      return wasm.resolveSibling(name.replaceFirst("\\.wasm$", suffix));
    }

    /** Null when the engine did not run it. */
    private @Nullable List<String> observed(Path wasm) throws IOException {
      Path file = observations(wasm);
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : UNKNOWN;
      return lines.equals(UNKNOWN) ? null : lines.stream().map(FileExecution::normalize).toList();
    }
  }

  /** In place of observations: the module is not for this engine. */
  private static final List<String> UNKNOWN = List.of("unknown");

  private final Engine plain = new Engine(config(OptLevel.NONE));
  private final Engine optimizing = new Engine(config(OptLevel.SPEED));
  private final Engine checking =
      new Engine(
          config(OptLevel.SPEED).staticMemoryMaximumSize(0).dynamicMemoryReservedForGrowth(0));

  private final List<String> failures = new ArrayList<>();
  private final int[] compared = new int[Peer.values().length];

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
    try {
      List<String> expected = run(plain, bytes);
      compare(name, "without optimization", expected, "with, from an artifact", reload(bytes));
      expected.replaceAll(FileExecution::normalize);
      List<String> checked = run(checking, bytes);
      checked.replaceAll(FileExecution::normalize);
      compare(name, "without checks of addresses", expected, "with", checked);
      for (Peer peer : Peer.values()) {
        List<String> observed = peer.observed(wasm);
        if (observed != null) {
          List<String> ours = expected.stream().map(peer.words).toList();
          compare(name, "in " + peer, observed, "here", ours);
          compared[peer.ordinal()]++;
        }
      }
      return Fate.RAN;
    } catch (WasmException | UnsupportedOperationException refused) {
      if (refused.getMessage() == null || refused.getMessage().isBlank()) {
        throw new AssertionError(name + ": an error without a message", refused);
      }
      for (Peer peer : Peer.values()) {
        if (peer.observed(wasm) != null) {
          failures.add(name + ": refused, but not by " + peer + ": " + refused.getMessage());
        }
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
    int[] fates = new int[Fate.values().length];
    try (FolderFuzzer fuzzer = new FolderFuzzer()) {
      int printed = 0;
      for (String folder : args) {
        for (Path module : modules(Path.of(folder))) {
          fates[fuzzer.check(module).ordinal()]++;
          for (; printed < fuzzer.failures.size(); printed++) {
            System.out.println(fuzzer.failures.get(printed));
          }
        }
      }
      fuzzer.reasons.forEach((reason, count) -> System.out.println(count + " refused: " + reason));
      for (Peer peer : Peer.values()) {
        System.out.printf("%d compared with %s, ", fuzzer.compared[peer.ordinal()], peer);
      }
    }
    System.out.printf("%d ran, %d refused, %d failed%n", fates[0], fates[1], fates[2]);
  }

  private static List<Path> modules(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".wasm")).sorted().toList();
    }
  }
}
