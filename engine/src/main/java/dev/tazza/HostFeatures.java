package dev.tazza;

import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.vm.isa.Processor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the compiler may use of this machine's processor, unless settings say otherwise. Found out
 * when somebody asks for it, which takes a native call.
 */
final class HostFeatures implements Supplier<Set<CpuFeature>> {
  private static final HostFeatures INSTANCE = new HostFeatures(Map.of());

  private volatile @Nullable Set<CpuFeature> known;

  private final Map<CpuFeature, Boolean> wanted;

  private HostFeatures(Map<CpuFeature, Boolean> wanted) {
    this.wanted = wanted;
  }

  /** With some of the features said to be there, or not. */
  static HostFeatures with(Map<CpuFeature, Boolean> wanted) {
    return wanted.isEmpty() ? INSTANCE : new HostFeatures(wanted);
  }

  /** The name of the setting for {@code feature}. */
  static String flag(CpuFeature feature) {
    return "has_" + feature.name().toLowerCase(Locale.ROOT);
  }

  /** The names of all settings. */
  static String flags() {
    StringBuilder names = new StringBuilder();
    for (CpuFeature feature : Target.host().features()) {
      names.append(names.isEmpty() ? "" : ", ").append(flag(feature));
    }
    return names.toString();
  }

  /** All settings, as they are on this machine. */
  static List<CompilerSetting> settings() {
    Set<CpuFeature> host = INSTANCE.get();
    List<CompilerSetting> settings = new ArrayList<>();
    for (CpuFeature feature : Target.host().features()) {
      String description = "use the processor's " + feature.name() + " instructions";
      String value = String.valueOf(host.contains(feature));
      settings.add(new CompilerSetting(flag(feature), value, description));
    }
    return settings;
  }

  /**
   * The features beyond the baseline, unmodifiable.
   *
   * @throws UnsupportedOperationException when the processor does not even have the baseline's, or
   *     lacks what a setting says that it has, or cannot be asked
   */
  @Override
  public Set<CpuFeature> get() {
    Set<CpuFeature> features = known;
    if (features == null) {
      Preparation.require();
      features = adjust(find(Processor.host().features()));
      known = features;
    }
    return features;
  }

  private Set<CpuFeature> adjust(Set<CpuFeature> host) {
    Set<CpuFeature> features = new LinkedHashSet<>(host);
    wanted.forEach((feature, there) -> {
      if (there && !host.contains(feature)) {
        throw new UnsupportedOperationException(
            "the setting " + flag(feature) + " is true, but this processor lacks " + feature);
      } else if (!there) {
        features.remove(feature);
      }
    });
    for (CpuFeature feature : Target.host().features()) {
      CpuFeature needed = feature.needs();
      if (needed != null && !features.contains(needed)) {
        features.remove(feature);
      }
    }
    return Collections.unmodifiableSet(features);
  }

  private static Set<CpuFeature> find(Set<String> host) {
    Set<CpuFeature> features = new LinkedHashSet<>();
    for (CpuFeature feature : Target.host().features()) {
      if (host.contains(feature.name().toLowerCase(Locale.ROOT))) {
        features.add(feature);
      }
    }
    return Collections.unmodifiableSet(features);
  }
}
