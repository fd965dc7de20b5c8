package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.Config;
import dev.tazza.Engine;
import dev.tazza.OptLevel;
import dev.tazza.cli.wast.WastReport;
import dev.tazza.cli.wast.WastRunner;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs the specification's scripts in several configurations, each with the verifiers of all stages
 * and of the sandbox. Those in {@code later-features.txt} must fail, all others pass. The rest of
 * the configurations run with {@code -Dspec.all=true}.
 */
class SpecificationTest {
  /** The scripts of the proposal of threads, which is older than 3.0. */
  private static final String OLD = "proposals/threads";

  /** What they take to be invalid, or to be too large a number. */
  private static final List<Feature> NEWER =
      List.of(Feature.MULTI_MEMORY, Feature.REFERENCE_TYPES, Feature.MEMORY64);

  /** Folders with scripts of their own. */
  private static final List<String> FOLDERS =
      List.of(
          "custom",
          "legacy",
          "proposals/custom-descriptors",
          "proposals/custom-page-sizes",
          "proposals/wide-arithmetic",
          OLD);

  private static final List<String> PROCESSOR_FEATURES =
      List.of(
          "has_avx", "has_avx2", "has_fma", "has_avx512vl", "has_bmi1", "has_bmi2", "has_lzcnt");

  /** What code is like besides its level. */
  private enum Way {
    AS_USUAL,
    WITHOUT_PROCESSOR_FEATURES,
    /** Every access to a memory is checked by a comparison. */
    EXPLICIT_BOUNDS,
    EXPLICIT_TRAPS;

    private void addTo(Config config) {
      switch (this) {
        case AS_USUAL -> {}
        case WITHOUT_PROCESSOR_FEATURES ->
            PROCESSOR_FEATURES.forEach(flag -> config.flagSet(flag, "false"));
        case EXPLICIT_BOUNDS ->
            config
                .staticMemoryMaximumSize(0)
                .dynamicMemoryReservedForGrowth(0)
                .dynamicMemoryGuardSize(0);
        case EXPLICIT_TRAPS -> config.signalsBasedTraps(false);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, AS_USUAL",
    "SPEED, AS_USUAL",
    "SPEED, WITHOUT_PROCESSOR_FEATURES",
    "SPEED, EXPLICIT_BOUNDS",
    "SPEED, EXPLICIT_TRAPS"
  })
  void scriptsPass(OptLevel level, Way way) throws IOException {
    run(level, way);
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, WITHOUT_PROCESSOR_FEATURES",
    "NONE, EXPLICIT_BOUNDS",
    "NONE, EXPLICIT_TRAPS",
  })
  @EnabledIfSystemProperty(named = "spec.all", matches = "true")
  void scriptsPassInAllOtherWays(OptLevel level, Way way) throws IOException {
    run(level, way);
  }

  /** The scripts are those of 3.0. Their code has to be proved as well. */
  private static Config allFeatures(OptLevel level) {
    Config config = new Config().optLevel(level).sandboxVerifier(true).debugVerifier(true);
    for (Feature feature : Feature.values()) {
      config.wasmFeature(feature, true);
    }
    return config;
  }

  private static void run(OptLevel level, Way way) throws IOException {
    Path folder = SharedFiles.folder("spec");
    if (folder == null) {
      System.out.println("left out: the specification's scripts, there is no folder shared/spec");
      return;
    }
    Config config = allFeatures(level);
    way.addTo(config);
    Map<String, String> later = laterFeatures();
    List<String> wrong = new ArrayList<>();
    ScriptFeatures passed = new ScriptFeatures();
    int scripts = 0;
    for (Path script : scripts(folder)) {
      String name = folder.relativize(script).toString();
      WastReport report = run(config, script);
      String feature = later.remove(name);
      if (feature == null) {
        report.failures().forEach(f -> wrong.add(name + ":" + f.line() + ": " + f.message()));
        passed.add(name, report.passed());
        scripts++;
      } else if (report.ok()) {
        wrong.add(name + " passes: take it off later-features.txt");
      }
    }
    System.out.printf(
        "specification, %s, %s: %d assertions of %d scripts pass (%s)%n",
        level, way, passed.total(), scripts, passed);
    assertEquals("", String.join("\n", wrong));
    assertTrue(later.isEmpty(), () -> "no such scripts: " + later.keySet());
    assertTrue(passed.total() > 0, "no script was run");
  }

  private static List<Path> scripts(Path folder) throws IOException {
    List<Path> scripts = new ArrayList<>(SharedFiles.list(folder, ".wast"));
    for (String other : FOLDERS) {
      scripts.addAll(SharedFiles.list(folder.resolve(other), ".wast"));
    }
    return scripts;
  }

  private static WastReport run(Config config, Path script) throws IOException {
    Features known = WastRunner.ALL;
    if (script.getParent().endsWith(OLD)) {
      for (Feature newer : NEWER) {
        known = known.without(newer);
      }
    }
    try (Engine engine = new Engine(config);
        WastRunner runner = new WastRunner(engine, known)) {
      return runner.run(Files.readAllBytes(script));
    }
  }

  private static Map<String, String> laterFeatures() throws IOException {
    Map<String, String> features = new HashMap<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                SpecificationTest.class.getResourceAsStream("later-features.txt"),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("#")) {
          String[] columns = line.split(" +", 2);
          features.put(columns[0], columns[1]);
        }
      }
    }
    return features;
  }
}
