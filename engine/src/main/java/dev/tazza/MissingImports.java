package dev.tazza;

import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.ImportType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What a module imports and nobody has defined, all at once, with what may have been meant.
 *
 * @param defined what there is, in the form {@code module.name}
 */
record MissingImports(List<ImportType> missing, Collection<String> defined) {
  /** So many are told one by one. */
  private static final int MOST_TOLD = 20;

  String message() {
    List<String> parts = new ArrayList<>();
    for (ImportType wanted : missing.subList(0, Math.min(missing.size(), MOST_TOLD))) {
      parts.add(describe(wanted));
    }
    if (missing.size() > MOST_TOLD) {
      parts.add("and " + (missing.size() - MOST_TOLD) + " more");
    }
    // The specification's tests want both words first.
    String start = missing.size() == 1 ? "unknown import: " : "unknown imports: ";
    return start + String.join("; ", parts);
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

  /** The same name in another module, or one that is spelt differently; empty if there is none. */
  private String near(ImportType wanted) {
    String full = plain(wanted.module() + "." + wanted.name());
    String name = plain("." + wanted.name());
    for (String candidate : defined) {
      if (plain(candidate).equals(full) || plain(candidate).endsWith(name)) {
        return candidate;
      }
    }
    return "";
  }

  /** A name as it is whichever way it is spelt: without case, {@code _} and {@code -}. */
  static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }
}
