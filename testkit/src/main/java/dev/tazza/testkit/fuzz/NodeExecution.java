package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.text.Wat;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Has V8 run the modules of a folder, by way of {@code node}. One process for many modules, because
 * it takes long to start.
 *
 * <p>Traps have V8's messages, as {@link V8Words} has ours.
 */
final class NodeExecution {
  /** A line in place of a call: this version of V8 does not know the module's instructions. */
  static final String UNKNOWN = "unknown";

  private NodeExecution() {}

  /** The lines that {@link Execution#run} should give, one list a module. */
  static List<List<String>> run(List<RandomModule> modules) throws IOException {
    return run(modules, "--liftoff");
  }

  /** The same by V8's optimizing compiler, which does not tell exactly where a trap was. */
  static List<String> runOptimized(RandomModule module) throws IOException {
    return run(List.of(module), "--no-liftoff").getFirst().stream()
        .map(NodeExecution::withoutPlaces)
        .toList();
  }

  /** A line without the places of a trap. */
  static String withoutPlaces(String line) {
    return line.replaceFirst(" at [^|]*", " ");
  }

  private static List<List<String>> run(List<RandomModule> modules, String flag)
      throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    try {
      StringBuilder script = new StringBuilder();
      for (int i = 0; i < modules.size(); i++) {
        Path file = folder.resolve(i + ".wasm");
        Files.write(file, Wat.parse(modules.get(i).text()));
        script.append("module ").append(file).append(' ').append(signatures(modules.get(i)));
        for (RandomModule.Call call : modules.get(i).calls()) {
          script.append('f').append(call.function());
          call.arguments().forEach(value -> script.append(' ').append(Execution.text(value)));
          script.append('\n');
        }
      }
      Path calls = Files.writeString(folder.resolve("calls"), script);
      Path driver = folder.resolve("driver.cjs");
      try (InputStream resource = NodeExecution.class.getResourceAsStream("driver.cjs")) {
        Files.copy(java.util.Objects.requireNonNull(resource), driver);
      }
      return split(start(driver, calls, flag));
    } finally {
      delete(folder);
    }
  }

  /**
   * JavaScript does not tell f32 from f64: types of the globals, of each function's results, and of
   * what exceptions of each tag carry.
   */
  private static String signatures(RandomModule module) {
    String globals = String.join(",", module.globals().stream().map(Vocabulary::text).toList());
    List<String> results = new ArrayList<>();
    for (FuncType type : module.functions()) {
      results.add(text(type.results()));
    }
    List<String> tags = new ArrayList<>();
    for (FuncType type : module.tags()) {
      tags.add(text(type.params()));
    }
    return globals + " " + String.join(";", results) + " " + String.join(";", tags) + "\n";
  }

  private static String text(List<ValType> types) {
    return String.join(",", types.stream().map(each -> Vocabulary.text((NumType) each)).toList());
  }

  private static String start(Path driver, Path calls, String flag) throws IOException {
    Process process =
        new ProcessBuilder(
                "node",
                "--stack-size=8000",
                flag,
                driver.toString(),
                calls.toString(),
                Integer.toString(RandomModule.FUEL))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("node ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while node ran", e);
    }
    return output;
  }

  private static List<List<String>> split(String output) {
    List<List<String>> all = new ArrayList<>();
    for (String line : output.split("\n")) {
      if (line.equals("module")) {
        all.add(new ArrayList<>());
      } else {
        all.getLast().add(line);
      }
    }
    return all;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
