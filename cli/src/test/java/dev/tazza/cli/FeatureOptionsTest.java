package dev.tazza.cli;

import static dev.tazza.cli.Tazza.tazza;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.cli.Tazza.Result;
import java.io.IOException;
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

  /** A command with this module, and what else it wants. */
  private Result run(String command, String module, String... features) throws IOException {
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
    return tazza(args.toArray(String[]::new));
  }

  /** All that was printed; {@code wast} tells of mistakes in scripts where it tells results. */
  private static String text(Result result) {
    return result.out() + result.err();
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whatIsOnCanBeSwitchedOff(String command) throws IOException {
    String module = MODULE.formatted("");
    Result usual = run(command, module);
    assertEquals(0, usual.status(), text(usual));
    Result without = run(command, module, "-W", "simd=n");
    assertEquals(1, without.status(), text(without));
    assertTrue(text(without).contains("SIMD not enabled"), text(without));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void whatIsOffCanBeSwitchedOn(String command) throws IOException {
    String module = MODULE.formatted("(try (do) (catch_all))");
    Result usual = run(command, module);
    assertEquals(ALL_ON.contains(command) ? 0 : 1, usual.status(), text(usual));
    if (usual.status() != 0 && !command.equals("wast")) {
      String hint = "; -W legacy-exceptions=y switches that on";
      assertTrue(text(usual).contains(hint), text(usual));
    }
    Result with = run(command, module, "-W", "legacy-exceptions=y");
    assertEquals(0, with.status(), text(with));
  }

  @Test
  void theFeatureThatIsMeantIsNamed() throws IOException {
    String relaxed = "(module (func (drop (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0)))))";
    Result result = run("validate", relaxed, "-W", "relaxed-simd=n");
    assertTrue(text(result).contains("; -W relaxed-simd=y"), text(result));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void mistakesAreTold(String command) throws IOException {
    Result result = run(command, MODULE.formatted(""), "-W", "simt=y");
    assertEquals(2, result.status(), text(result));
    assertTrue(text(result).contains("there is no feature 'simt'"), text(result));
  }

  @Test
  void someReadModules() {
    assertTrue(readers().containsAll(ALL_ON));
    assertTrue(readers().size() >= 10, readers().toString());
  }
}
