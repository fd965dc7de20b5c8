package dev.tazza.wasm.text;

import dev.tazza.wasm.module.NameMap;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers of an index space as a printer writes them. Debug names may be anything and may
 * repeat; identifiers must be unique. A name that is taken gets its index appended.
 */
final class Identifiers {
  private final @Nullable String[] identifiers;

  /** The identifiers of the first {@code count} indices. */
  Identifiers(NameMap names, int count) {
    identifiers = new String[count];
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      int index = names.indexAt(i);
      String name = names.nameAt(i);
      if (index < 0 || index >= count || name.isEmpty()) {
        continue;
      }
      if (taken.add(name)) {
        identifiers[index] = identifier(name);
      } else if (taken.add(name + "." + index)) {
        identifiers[index] = identifier(name + "." + index);
      }
    }
  }

  /** A name as an identifier with its dollar sign. */
  static String identifier(String name) {
    StringBuilder out = new StringBuilder(name.length() + 1).append('$');
    for (int i = 0; i < name.length(); i++) {
      if (!Lexer.isIdentifierCharacter(name.charAt(i))) {
        TextQuote.append(out, name);
        return out.toString();
      }
    }
    return out.append(name).toString();
  }

  /** The identifier of an index with its dollar sign, or null. */
  @Nullable String get(int index) {
    return index >= 0 && index < identifiers.length ? identifiers[index] : null;
  }

  /** Writes a use: the identifier if there is one, else the index. */
  void use(StringBuilder out, int index) {
    String identifier = get(index);
    if (identifier != null) {
      out.append(identifier);
    } else {
      out.append(Integer.toUnsignedString(index));
    }
  }

  /** Writes what a definition begins with: the identifier, and the index in a comment. */
  void define(StringBuilder out, int index) {
    String identifier = get(index);
    if (identifier != null) {
      out.append(' ').append(identifier);
    }
    out.append(" (;").append(index).append(";)");
  }
}
