package dev.tazza.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.Test;

/**
 * Runs the specification's scripts. Those in {@code later-features.txt} must fail, all others pass.
 */
class SpecificationTest {
  /** The scripts of the proposal of threads, which is older than 3.0. */
  private static final String OLD = "proposals/threads";

  /** What they take to be invalid, or to be too large a number. */
  private static final List<Feature> NEWER =
      List.of(Feature.MULTI_MEMORY, Feature.REFERENCE_TYPES, Feature.MEMORY64);

  /** Folders with scripts of their own. */
  private static final List<String> FOLDERS =
      List.of("legacy", "proposals/custom-page-sizes", "proposals/wide-arithmetic", OLD);

  @Test
  void scriptsPassOptimized() throws IOException {
    run(allFeatures());
  }

  @Test
  void scriptsPassUnoptimizedAndVerified() throws IOException {
    run(allFeatures().optLevel(OptLevel.NONE).debugVerifier(true));
  }

  /** The scripts are those of 3.0. Their code has to be proved as well. */
  private static Config allFeatures() {
    Config config = new Config().sandboxVerifier(true);
    for (Feature feature : Feature.values()) {
      config.wasmFeature(feature, true);
    }
    return config;
  }

  @Test
  void scriptsPassWithoutProcessorFeatures() throws IOException {
    Config config = allFeatures();
    for (String flag :
        List.of(
            "has_avx",
            "has_avx2",
            "has_fma",
            "has_avx512vl",
            "has_bmi1",
            "has_bmi2",
            "has_lzcnt")) {
      config.flagSet(flag, "false");
    }
    run(config);
  }

  /** Shared memories of which every access is checked by a comparison; at both levels. */
  @Test
  void scriptsOfThreadsPassWithExplicitChecks() throws IOException {
    Path folder = SharedFiles.folder("spec");
    if (folder == null) {
      System.out.println("left out: the scripts of threads, there is no folder shared/spec");
      return;
    }
    List<Path> scripts = SharedFiles.list(folder.resolve(OLD), ".wast");
    assertFalse(scripts.isEmpty());
    for (OptLevel level : List.of(OptLevel.NONE, OptLevel.SPEED)) {
      Config config = allFeatures().optLevel(level).staticMemoryMaximumSize(0);
      config.dynamicMemoryGuardSize(0).debugVerifier(true);
      for (Path script : scripts) {
        assertEquals(List.of(), run(config, script).failures(), script + ", " + level);
      }
    }
  }

  @Test
  void scriptsPassWithExplicitTraps() throws IOException {
    run(allFeatures().signalsBasedTraps(false));
  }

  private static void run(Config config) throws IOException {
    Path folder = SharedFiles.folder("spec");
    if (folder == null) {
      System.out.println("left out: the specification's scripts, there is no folder shared/spec");
      return;
    }
    Map<String, String> later = laterFeatures();
    List<String> wrong = new ArrayList<>();
    long passed = 0;
    int scripts = 0;
    for (Path script : scripts(folder)) {
      String name = folder.relativize(script).toString();
      WastReport report = run(config, script);
      String feature = later.remove(name);
      if (feature == null) {
        report.failures().forEach(f -> wrong.add(name + ":" + f.line() + ": " + f.message()));
        passed += report.passed();
        scripts++;
      } else if (report.ok()) {
        wrong.add(name + " passes: take it off later-features.txt");
      }
    }
    System.out.printf("specification: %d assertions of %d scripts pass%n", passed, scripts);
    assertEquals("", String.join("\n", wrong));
    assertTrue(later.isEmpty(), () -> "no such scripts: " + later.keySet());
    assertTrue(passed > 0, "no script was run");
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
