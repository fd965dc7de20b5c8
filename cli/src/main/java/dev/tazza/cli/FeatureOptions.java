package dev.tazza.cli;

import dev.tazza.Config;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option that switches features of WebAssembly on and off. */
final class FeatureOptions {
  @Option(
      names = {"-W", "--wasm"},
      paramLabel = "FEATURE=y|n",
      description =
          "Switch a feature of WebAssembly on or off, as in legacy-exceptions=y; a name that there"
              + " is not lists them.")
  private Map<String, String> switches = new LinkedHashMap<>();

  /** Sets them, on top of the defaults. */
  Config apply(Config config) {
    switches.forEach((name, value) -> config.wasmFeature(feature(name), isOn(name, value)));
    return config;
  }

  /** All features but those that were switched off. */
  Features notSwitchedOff() {
    Features known = Features.of(Feature.values());
    for (Map.Entry<String, String> each : switches.entrySet()) {
      Feature feature = feature(each.getKey());
      if (!isOn(each.getKey(), each.getValue())) {
        known = known.without(feature);
      }
    }
    return known;
  }

  private static String name(Feature feature) {
    return feature.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is wrong with a module, and if it needs a feature that is off, what switches it on. */
  static String withHint(RuntimeException problem) {
    String message = String.valueOf(problem.getMessage());
    Feature missing = null;
    for (Feature feature : Feature.values()) {
      // The longest: "relaxed SIMD not enabled" ends with what is said of SIMD.
      boolean isLonger = missing == null || feature.title().length() > missing.title().length();
      if (isLonger && message.contains(Features.missing(feature, ""))) {
        missing = feature;
      }
    }
    return missing == null ? message : message + "; -W " + name(missing) + "=y switches that on";
  }

  private static Feature feature(String name) {
    List<String> names = new ArrayList<>();
    for (Feature feature : Feature.values()) {
      String known = name(feature);
      if (known.equals(name)) {
        return feature;
      }
      names.add(known);
    }
    throw new UsageException(
        "there is no feature '" + name + "'; there are " + String.join(", ", names));
  }

  private static boolean isOn(String name, String value) {
    return switch (value) {
      case "y" -> true;
      case "n" -> false;
      default ->
          throw new UsageException("-W " + name + "=" + value + ": expected y or n for the value");
    };
  }
}
