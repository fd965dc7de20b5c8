package dev.tazza.cli.build;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a module is compiled for: {@code native}, this machine; a level of the x86-64 psABI; or a
 * triple; and after that features of the processor, as in {@code x86-64-v2+avx+fma}.
 *
 * @param name as it was written
 * @param triple null: this machine
 * @param features names of features that code may use beyond the least that is supported
 */
public record BuildTarget(String name, @Nullable String triple, List<String> features) {
  private static final String NATIVE = "native";
  private static final String X64 = "x86_64-unknown-linux-gnu";

  /** What the level has beyond x86-64-v2, the least that is supported. */
  private static final List<String> V3 = List.of("lzcnt", "bmi1", "bmi2", "avx", "avx2", "fma");

  /** Whether the triple is one, and the features are known, an engine's configuration knows. */
  public static BuildTarget of(String name) {
    List<String> parts = List.of(name.split("\\+", -1));
    List<String> features = new ArrayList<>();
    String base = parts.getFirst();
    String triple =
        switch (base) {
          case NATIVE -> null;
          case "x86-64-v2" -> X64;
          case "x86-64-v3" -> {
            features.addAll(V3);
            yield X64;
          }
          default -> base;
        };
    features.addAll(parts.subList(1, parts.size()));
    return new BuildTarget(name, triple, List.copyOf(features));
  }

  /** How the artifact for it is called; the only one of a module needs no more name. */
  String artifact(String module, boolean isOnly) {
    return isOnly ? module + ".tazza" : module + "." + name + ".tazza";
  }
}
