package dev.tazza;

import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.vm.isa.Processor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What this machine's processor has beyond the least that is supported, and the names of it. */
final class HostFeatures {
  private HostFeatures() {}

  /** The name of a feature for people and detectors: {@code avx2}. */
  private static String name(CpuFeature feature) {
    return feature.name().toLowerCase(Locale.ROOT);
  }

  /** The name of the setting for {@code feature}. */
  static String flag(CpuFeature feature) {
    return "has_" + name(feature);
  }

  /** The names of all settings. */
  static List<String> flags() {
    List<String> names = new ArrayList<>();
    for (CpuFeature feature : Target.host().features()) {
      names.add(flag(feature));
    }
    return names;
  }

  /** All settings, as they are on this machine. */
  static List<CompilerSetting> settings() {
    Set<CpuFeature> host = get(null);
    List<CompilerSetting> settings = new ArrayList<>();
    for (CpuFeature feature : Target.host().features()) {
      String description = "use the processor's " + feature.name() + " instructions";
      String value = String.valueOf(host.contains(feature));
      settings.add(new CompilerSetting(flag(feature), value, description));
    }
    return settings;
  }

  /**
   * The features.
   *
   * @param detector asked for each that the processor has; null: all count
   * @throws UnsupportedOperationException when the processor does not even have the baseline's, or
   *     cannot be asked
   */
  static Set<CpuFeature> get(@Nullable Predicate<String> detector) {
    Preparation.require();
    Set<String> host = Processor.host().features();
    Set<CpuFeature> features = new LinkedHashSet<>();
    for (CpuFeature feature : Target.host().features()) {
      String name = name(feature);
      boolean needs = feature.needs() == null || features.contains(feature.needs());
      if (needs && host.contains(name) && (detector == null || detector.test(name))) {
        features.add(feature);
      }
    }
    return features;
  }
}
