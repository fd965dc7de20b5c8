package dev.tazza;

import dev.tazza.codegen.Settings;
import dev.tazza.vm.isa.Processor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
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
final class HostFeatures implements Supplier<Set<Settings.CpuFeature>> {
  private static final HostFeatures INSTANCE = new HostFeatures(Map.of());

  private volatile @Nullable Set<Settings.CpuFeature> known;

  private final Map<Settings.CpuFeature, Boolean> wanted;

  private HostFeatures(Map<Settings.CpuFeature, Boolean> wanted) {
    this.wanted = wanted;
  }

  /** With some of the features said to be there, or not. */
  static HostFeatures with(Map<Settings.CpuFeature, Boolean> wanted) {
    return wanted.isEmpty() ? INSTANCE : new HostFeatures(wanted);
  }

  /** The name of the setting for {@code feature}. */
  static String flag(Settings.CpuFeature feature) {
    return "has_" + feature.name().toLowerCase(Locale.ROOT);
  }

  /** The names of all settings. */
  static String flags() {
    StringBuilder names = new StringBuilder();
    for (Settings.CpuFeature feature : Settings.CpuFeature.values()) {
      names.append(names.isEmpty() ? "" : ", ").append(flag(feature));
    }
    return names.toString();
  }

  /** All settings, as they are on this machine. */
  static List<CompilerSetting> settings() {
    Set<Settings.CpuFeature> host = INSTANCE.get();
    List<CompilerSetting> settings = new ArrayList<>();
    for (Settings.CpuFeature feature : Settings.CpuFeature.values()) {
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
  public Set<Settings.CpuFeature> get() {
    Set<Settings.CpuFeature> features = known;
    if (features == null) {
      Preparation.require();
      features = adjust(find(Processor.host().features()));
      known = features;
    }
    return features;
  }

  private Set<Settings.CpuFeature> adjust(Set<Settings.CpuFeature> host) {
    EnumSet<Settings.CpuFeature> features = EnumSet.noneOf(Settings.CpuFeature.class);
    features.addAll(host);
    wanted.forEach((feature, there) -> {
      if (there && !host.contains(feature)) {
        throw new UnsupportedOperationException(
            "the setting " + flag(feature) + " is true, but this processor lacks " + feature);
      } else if (!there) {
        features.remove(feature);
      }
    });
    if (!features.contains(Settings.CpuFeature.AVX)) {
      features.remove(Settings.CpuFeature.AVX2);
      features.remove(Settings.CpuFeature.FMA);
    }
    return Collections.unmodifiableSet(features);
  }

  private static Set<Settings.CpuFeature> find(Set<String> host) {
    EnumSet<Settings.CpuFeature> features = EnumSet.noneOf(Settings.CpuFeature.class);
    for (Settings.CpuFeature feature : Settings.CpuFeature.values()) {
      if (host.contains(feature.name().toLowerCase(Locale.ROOT))) {
        features.add(feature);
      }
    }
    return Collections.unmodifiableSet(features);
  }
}
