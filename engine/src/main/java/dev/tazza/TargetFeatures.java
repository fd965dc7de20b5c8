package dev.tazza;

import dev.tazza.codegen.machine.CpuFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an engine's code may use of a processor: what this machine has, but for what settings say;
 * or, with a target, what settings say alone. Found out when somebody asks for it, which takes a
 * native call. Thread-safe.
 */
final class TargetFeatures implements Supplier<Set<CpuFeature>> {
  private final Map<CpuFeature, Boolean> wanted;
  private final @Nullable Predicate<String> detector;
  private final boolean isHost;
  private volatile @Nullable Set<CpuFeature> known;

  /**
   * @param settings not to be changed any more
   */
  TargetFeatures(TargetSettings settings) {
    wanted = settings.wanted();
    detector = settings.detector();
    isHost = settings.triple() == null;
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
      features = isHost ? ofHost() : ofTarget();
      known = features;
    }
    return features;
  }

  /**
   * Checks that this machine can run the code.
   *
   * @throws UnsupportedOperationException when it cannot, with what it lacks
   */
  void requireHost() {
    if (isHost) {
      return;
    }
    Set<CpuFeature> host = HostFeatures.get(detector);
    List<String> missing = new ArrayList<>();
    for (CpuFeature feature : get()) {
      if (!host.contains(feature)) {
        missing.add(HostFeatures.flag(feature));
      }
    }
    if (!missing.isEmpty()) {
      throw new UnsupportedOperationException(
          "this engine compiles for processors with %s, which this one lacks: its modules can be serialized, not run"
              .formatted(String.join(", ", missing)));
    }
  }

  private Set<CpuFeature> ofHost() {
    Set<CpuFeature> host = HostFeatures.get(detector);
    Set<CpuFeature> features = new LinkedHashSet<>(host);
    wanted.forEach((feature, there) -> {
      if (there && !host.contains(feature)) {
        throw new UnsupportedOperationException(
            "the setting "
                + HostFeatures.flag(feature)
                + " is true, but this processor lacks "
                + feature);
      } else if (!there) {
        features.remove(feature);
      }
    });
    return consistent(features);
  }

  /** What one says to be there is, with what it needs. */
  private Set<CpuFeature> ofTarget() {
    Set<CpuFeature> features = new LinkedHashSet<>();
    for (CpuFeature feature : Target.host().features()) {
      if (wanted.getOrDefault(feature, false)) {
        CpuFeature needed = feature.needs();
        if (needed != null && wanted.getOrDefault(needed, true)) {
          features.add(needed);
        }
        features.add(feature);
      }
    }
    return consistent(features);
  }

  /** Without those that need others which are not there. */
  private static Set<CpuFeature> consistent(Set<CpuFeature> features) {
    for (CpuFeature feature : Target.host().features()) {
      CpuFeature needed = feature.needs();
      if (needed != null && !features.contains(needed)) {
        features.remove(feature);
      }
    }
    return Collections.unmodifiableSet(features);
  }
}
