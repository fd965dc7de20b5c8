package dev.tazza.cli.bindings;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Names of WebAssembly, which may be any text, as different identifiers of Java. */
public final class JavaNames {
  private final Set<String> taken = new HashSet<>();

  /** What is inherited from {@link Object} must not be hidden by chance. */
  private static final Set<String> RESERVED =
      Set.of(
          "getClass", "hashCode", "notify", "notifyAll", "toString", "wait", "clone", "finalize");

  /** An identifier that was not given out yet: {@code parseHtml} for {@code parse_html}. */
  String method(String name) {
    return free(identifier(name, false));
  }

  /** The same as classes are spelt. */
  String type(String name) {
    return free(identifier(name, true));
  }

  private String free(String wanted) {
    String identifier = wanted;
    for (int i = 2; !taken.add(identifier); i++) {
      identifier = wanted + "_" + i;
    }
    return identifier;
  }

  /**
   * An identifier, which may be one that there is already.
   *
   * @param startsUpper as classes are spelt
   */
  public static String identifier(String name, boolean startsUpper) {
    StringBuilder out = new StringBuilder();
    boolean upper = startsUpper;
    for (int i = 0; i < name.length(); i++) {
      char next = name.charAt(i);
      boolean fits =
          next < 0x80 && next != '_' && next != '$' && Character.isJavaIdentifierPart(next);
      if (!fits) {
        upper |= !out.isEmpty();
        continue;
      }
      if (out.isEmpty() && !Character.isJavaIdentifierStart(next)) {
        out.append('_');
      }
      out.append(
          upper ? Character.toUpperCase(next) : out.isEmpty() ? Character.toLowerCase(next) : next);
      upper = false;
    }
    if (out.isEmpty()) {
      return startsUpper ? "Unnamed" : "unnamed";
    }
    String identifier = out.toString();
    return SourceVersion.isName(identifier) && !RESERVED.contains(identifier)
        ? identifier
        : identifier + "_";
  }
}
