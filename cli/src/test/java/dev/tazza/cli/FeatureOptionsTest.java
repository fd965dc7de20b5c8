package dev.tazza.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** Every command that reads modules has the option {@code -W}, and it counts. */
class FeatureOptionsTest {
  private static final Set<String> READ_NONE =
      Set.of("settings", "cache", "generate-completion", "generate-man-pages", "help");

  /** They do nothing with the code but look at it: all features are on. */
  private static final Set<String> ALL_ON = Set.of("print", "bindings");

  private static final String MODULE =
      """
      (module
        (memory 1) (func %s)
        (func (export "_start") (drop (i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4))))
        (func (export "wizer.initialize")))
      """;

  @TempDir private Path folder;

  private static List<String> readers() {
    return Arrays.stream(Main.class.getAnnotation(Command.class).subcommands())
        .map(type -> type.getAnnotation(Command.class).name())
        .filter(name -> !READ_NONE.contains(name))
        .toList();
  }

  private record Result(int status, String text) {}

  private static Result tazza(List<String> args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(text, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      return new Result(
          Main.execute(args.toArray(String[]::new)), text.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** A command with this module, and what else it wants. */
  private Result tazza(String command, String module, String... features) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path file = Files.writeString(sources.resolve(command + ".wat"), module);
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of(features));
    switch (command) {
      case "build" -> args.addAll(List.of("--classes", folder.resolve("classes").toString()));
      case "bindings" -> args.addAll(List.of("--class", "C"));
      case "compile", "explore", "snapshot" ->
          args.addAll(List.of("-o", folder.resolve("made").toString()));
      default -> {}
    }
    args.add((command.equals("build") ? sources : file).toString());
    return tazza(args);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whatIsOnCanBeSwitchedOff(String command) throws IOException {
    String module = MODULE.formatted("");
    Result usual = tazza(command, module);
    assertEquals(0, usual.status, usual.text);
    Result without = tazza(command, module, "-W", "simd=n");
    assertEquals(1, without.status, without.text);
    assertTrue(without.text.contains("SIMD not enabled"), without.text);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whatIsOffCanBeSwitchedOn(String command) throws IOException {
    String module = MODULE.formatted("(try (do) (catch_all))");
    Result usual = tazza(command, module);
    assertEquals(ALL_ON.contains(command) ? 0 : 1, usual.status, usual.text);
    if (usual.status != 0 && !command.equals("wast")) {
      String hint = "; -W legacy-exceptions=y switches that on";
      assertTrue(usual.text.contains(hint), usual.text);
    }
    Result with = tazza(command, module, "-W", "legacy-exceptions=y");
    assertEquals(0, with.status, with.text);
  }

  @Test
  void theFeatureThatIsMeantIsNamed() throws IOException {
    String relaxed = "(module (func (drop (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0)))))";
    Result result = tazza("validate", relaxed, "-W", "relaxed-simd=n");
    assertTrue(result.text.contains("; -W relaxed-simd=y"), result.text);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void mistakesAreTold(String command) throws IOException {
    Result result = tazza(command, MODULE.formatted(""), "-W", "simt=y");
    assertEquals(2, result.status, result.text);
    assertTrue(result.text.contains("there is no feature 'simt'"), result.text);
  }

  @Test
  void someReadModules() {
    assertTrue(readers().containsAll(ALL_ON));
    assertTrue(readers().size() >= 10, readers().toString());
  }
}
