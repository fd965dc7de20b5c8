package dev.tazza.cli;

import dev.tazza.Config;
import dev.tazza.wasm.Feature;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine.Option;

/** Which features of WebAssembly are on. */
final class FeatureOptions {
  @Option(
      names = {"-W", "--wasm"},
      paramLabel = "NAME=y|n",
      description = {
        "Switch a feature of WebAssembly on or off, such as tail-calls=n. A name that is none is"
            + " answered by all of them. Repeatable."
      })
  private Map<String, String> switches = new LinkedHashMap<>();

  /** Switches what was asked for. */
  void apply(Config config) {
    for (Map.Entry<String, String> entry : switches.entrySet()) {
      config.wasmFeature(feature(entry.getKey()), isOn(entry.getKey(), entry.getValue()));
    }
  }

  private static Feature feature(String name) {
    StringJoiner names = new StringJoiner(", ");
    for (Feature feature : Feature.values()) {
      String each = feature.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (each.equals(name)) {
        return feature;
      }
      names.add(each);
    }
    throw new CliException("no feature '" + name + "' of WebAssembly; there are " + names);
  }

  private static boolean isOn(String name, String value) {
    return switch (value) {
      case "y", "yes", "true" -> true;
      case "n", "no", "false" -> false;
      default ->
          throw new CliException("-W " + name + ": expected y or n but was '" + value + "'");
    };
  }
}
