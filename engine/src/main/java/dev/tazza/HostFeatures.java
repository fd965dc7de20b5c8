package dev.tazza;

import dev.tazza.codegen.Settings;
import dev.tazza.sys.CpuFeature;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the compiler may use of this machine's processor. Found out when somebody asks for it, which
 * takes a native call.
 */
final class HostFeatures implements Supplier<Set<Settings.CpuFeature>> {
  static final HostFeatures INSTANCE = new HostFeatures();

  private static final Set<CpuFeature> BASELINE =
      EnumSet.of(
          CpuFeature.SSE3, CpuFeature.SSSE3, CpuFeature.SSE41, CpuFeature.SSE42, CpuFeature.POPCNT);

  private volatile @Nullable Set<Settings.CpuFeature> known;

  private HostFeatures() {}

  /**
   * The features beyond the baseline, unmodifiable.
   *
   * @throws UnsupportedOperationException when the processor does not even have the baseline's, or
   *     cannot be asked
   */
  @Override
  public Set<Settings.CpuFeature> get() {
    Set<Settings.CpuFeature> features = known;
    if (features == null) {
      Preparation.require();
      features = find(CpuFeature.ofHost());
      known = features;
    }
    return features;
  }

  private static Set<Settings.CpuFeature> find(Set<CpuFeature> host) {
    EnumSet<CpuFeature> missing = EnumSet.copyOf(BASELINE);
    missing.removeAll(host);
    if (!missing.isEmpty()) {
      throw new UnsupportedOperationException(
          "this processor lacks " + missing + "; x86-64-v2 is the least that is supported");
    }
    EnumSet<Settings.CpuFeature> features = EnumSet.noneOf(Settings.CpuFeature.class);
    for (Settings.CpuFeature feature : Settings.CpuFeature.values()) {
      if (host.contains(CpuFeature.valueOf(feature.name()))) {
        features.add(feature);
      }
    }
    return Collections.unmodifiableSet(features);
  }
}
