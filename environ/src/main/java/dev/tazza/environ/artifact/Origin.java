package dev.tazza.environ.artifact;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import java.util.ArrayList;
import java.util.List;

/**
 * What decides whether compiled code fits an engine: of an artifact, what made it; of an engine,
 * what it makes. Nothing in here is kept by hand: the digests are of the classes that they are
 * about, and change whenever those do.
 *
 * @param tazza its version, for people
 * @param layouts digest of all that compiled code and runtime have to agree on, and of the file's
 *     own format
 * @param generator digest of the code generator
 * @param features which modules were accepted
 * @param tunables the options; those that code depends on count
 * @param cpuFeatures names of the processor's features that code may use
 * @param version what stands for the code generator
 */
public record Origin(
    String tazza,
    long layouts,
    long generator,
    Features features,
    Tunables tunables,
    List<String> cpuFeatures,
    ModuleVersion version) {

  /**
   * Checks that an artifact of {@code made} can run here.
   *
   * @throws ArtifactException when it cannot; all that differs is in the message
   */
  void requireFits(Origin made) {
    requireLayouts(made.tazza, made.layouts);
    if (!version.equals(made.version) && version.isChecked()) {
      throw new ArtifactException(
          "the artifact is of %s, this engine wants %s".formatted(made.version, version));
    }
    if (version.isOfRuntime() && made.generator != generator) {
      throw another(made.tazza, "code generator");
    }
    if (!features.equals(made.features)
        || !tunables.agreeInCode(made.tunables)
        || !hasAll(made.cpuFeatures)) {
      throw new ArtifactException(
          "the artifact does not fit this engine: " + String.join("; ", differences(made)));
    }
  }

  /** Asked of artifacts that were mostly made on such a machine. */
  private boolean hasAll(List<String> features) {
    return cpuFeatures.equals(features) || cpuFeatures.containsAll(features);
  }

  /** The first thing to be looked at: without it the rest of {@code made} cannot be read. */
  void requireLayouts(String madeBy, long made) {
    if (made != layouts) {
      throw another(madeBy, "layouts of memory and files");
    }
  }

  private ArtifactException another(String madeBy, String what) {
    return new ArtifactException(
        "the artifact was made by a Tazza (%s) with another version of the %s than this one (%s)"
                .formatted(madeBy, what, tazza)
            + "; compile it again");
  }

  private List<String> differences(Origin made) {
    List<String> differences = new ArrayList<>();
    for (Tunable tunable : Tunable.values()) {
      long there = made.tunables.get(tunable);
      long here = tunables.get(tunable);
      if (tunable.isInCode() && there != here) {
        differences.add(difference(tunable.option(), tunable.text(there), tunable.text(here)));
      }
    }
    for (Feature feature : Feature.values()) {
      boolean there = made.features.has(feature);
      boolean here = features.has(feature);
      if (there != here) {
        differences.add(difference(feature.title(), there ? "on" : "off", here ? "on" : "off"));
      }
    }
    if ((made.features.bits() & ~Features.of(Feature.values()).bits()) != 0) {
      differences.add("compiled with features that this engine does not know");
    }
    List<String> missing = new ArrayList<>(made.cpuFeatures);
    missing.removeAll(cpuFeatures);
    if (!missing.isEmpty()) {
      differences.add("another CPU feature set: " + String.join(", ", missing) + " missing here");
    }
    return differences;
  }

  private static String difference(String what, String there, String here) {
    return "compiled with " + what + " " + there + ", this engine has " + here;
  }
}
