package dev.tazza;

import dev.tazza.codegen.machine.CpuFeature;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Config} says of the processors that code is for. Not thread-safe.
 *
 * @see TargetFeatures
 */
final class TargetSettings {
  private final Map<CpuFeature, Boolean> wanted = new LinkedHashMap<>();
  private @Nullable String triple;
  private @Nullable Predicate<String> detector;

  TargetSettings copy() {
    TargetSettings copy = new TargetSettings();
    copy.wanted.putAll(wanted);
    copy.triple = triple;
    copy.detector = detector;
    return copy;
  }

  /** Code is for {@code newTriple}, whatever this machine is; what was wanted before is void. */
  void target(String newTriple) {
    Target.require(newTriple);
    triple = newTriple;
    wanted.clear();
  }

  /** Null: this machine. */
  @Nullable String triple() {
    return triple;
  }

  void detector(@Nullable Predicate<String> newDetector) {
    detector = newDetector;
  }

  @Nullable Predicate<String> detector() {
    return detector;
  }

  /** {@link Config#flagSet} for features of the processor. */
  void set(String name, String value) {
    CpuFeature found = null;
    for (CpuFeature feature : Target.host().features()) {
      found = name.equals(HostFeatures.flag(feature)) ? feature : found;
    }
    if (found == null) {
      throw CompilerOptions.unknown(name, HostFeatures.flags());
    }
    wanted.put(found, CompilerOptions.truth(name, value));
  }

  /** Features of the processor that are said to be there, or not. */
  Map<CpuFeature, Boolean> wanted() {
    return wanted;
  }
}
