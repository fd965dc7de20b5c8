package dev.tazza;

import dev.tazza.environ.NearName;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ImportType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a module imports and nobody has defined, or as something else, all at once, with what may
 * have been meant.
 *
 * @param missing what is not defined
 * @param mismatches what is a host function of another type
 * @param defined what there is, in the form {@code module.name}
 */
record ImportProblems(List<ImportType> missing, List<Mismatch> mismatches, List<String> defined) {
  /** So many of a kind are told one by one. */
  private static final int MOST_TOLD = 20;

  /** What nearly every program imports, and an object of another package defines. */
  private static final String WASI = "wasi_snapshot_preview1";

  /** What a host function should be. */
  record Mismatch(ImportType wanted, FuncType given) {
    @Override
    public String toString() {
      return "%s.%s must be a %s, but is a function %s"
          .formatted(
              wanted.module(),
              wanted.name(),
              wanted.type() instanceof FuncType type ? "function " + type : wanted.type(),
              given);
    }
  }

  /** The specification's tests want the kind of problem first. */
  String message() {
    List<String> kinds = new ArrayList<>();
    tell("unknown import", missing.stream().map(this::describe).toList(), kinds);
    tell("incompatible import type", mismatches.stream().map(Mismatch::toString).toList(), kinds);
    if (missing.stream().anyMatch(wanted -> wanted.module().equals(WASI))
        && defined.stream().noneMatch(name -> name.startsWith(WASI + "."))) {
      kinds.add("dev.tazza.wasi.Wasi.addTo(linker) defines " + WASI);
    }
    return String.join("; ", kinds);
  }

  private static void tell(String what, List<String> problems, List<String> kinds) {
    if (problems.isEmpty()) {
      return;
    }
    List<String> told = new ArrayList<>(problems.subList(0, Math.min(problems.size(), MOST_TOLD)));
    if (problems.size() > MOST_TOLD) {
      told.add("and " + (problems.size() - MOST_TOLD) + " more");
    }
    kinds.add(what + (problems.size() == 1 ? ": " : "s: ") + String.join("; ", told));
  }

  private String describe(ImportType wanted) {
    String type = wanted.type() instanceof FuncType function ? " " + function : "";
    String near = near(wanted);
    return wanted.module()
        + "."
        + wanted.name()
        + ", a "
        + wanted.type().kind()
        + type
        + (near.isEmpty() ? "" : " (there is " + near + ")");
  }

  /**
   * The same name in another module, or one of this module that is spelt differently; empty if
   * there is none.
   */
  private String near(ImportType wanted) {
    String full = plain(wanted.module() + "." + wanted.name());
    String name = plain("." + wanted.name());
    String module = wanted.module() + ".";
    List<String> neighbours = new ArrayList<>();
    for (String candidate : defined) {
      if (plain(candidate).equals(full) || plain(candidate).endsWith(name)) {
        return candidate;
      }
      if (candidate.startsWith(module)) {
        neighbours.add(candidate.substring(module.length()));
      }
    }
    String near = NearName.of(wanted.name(), neighbours);
    return near == null ? "" : module + near;
  }

  /** A name as it is whichever way it is spelt: without case, {@code _} and {@code -}. */
  static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }
}
