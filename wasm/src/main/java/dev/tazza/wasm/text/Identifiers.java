package dev.tazza.wasm.text;

import dev.tazza.wasm.module.NameMap;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers of an index space as a printer writes them. Debug names may be anything and may
 * repeat; identifiers must be unique and not empty. A name that is taken gets its index appended,
 * and an annotation {@code @name} tells what it is.
 */
final class Identifiers {
  /** None at all. */
  static final Identifiers NONE = new Identifiers(NameMap.EMPTY, 0);

  private final @Nullable String[] identifiers;

  /** The names that are not as the identifier is. */
  private final BitSet annotated = new BitSet();

  private final NameMap names;

  /** The identifiers of the first {@code count} indices. */
  Identifiers(NameMap names, int count) {
    identifiers = new String[count];
    this.names = names;
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      int index = names.indexAt(i);
      String name = names.nameAt(i);
      if (index < 0 || index >= count) {
        continue;
      }
      if (!name.isEmpty() && taken.add(name)) {
        identifiers[index] = identifier(name);
        continue;
      }
      annotated.set(index);
      if (!name.isEmpty() && taken.add(name + "." + index)) {
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

  /** An annotation that tells a name. */
  static void annotate(StringBuilder out, String name) {
    out.append(" (@").append(AnnotationTable.Kind.NAME.id).append(' ');
    TextQuote.append(out, name);
    out.append(')');
  }

  private @Nullable String get(int index) {
    return index >= 0 && index < identifiers.length ? identifiers[index] : null;
  }

  /** Whether {@link #name} writes anything for an index. */
  boolean isNamed(int index) {
    return get(index) != null || annotated.get(index);
  }

  /** Writes the identifier with its dollar sign and the name where that is another. */
  void name(StringBuilder out, int index) {
    String identifier = get(index);
    if (identifier != null) {
      out.append(' ').append(identifier);
    }
    if (annotated.get(index)) {
      annotate(out, Objects.requireNonNull(names.get(index)));
    }
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

  /** Writes what a definition begins with: its name, and the index in a comment. */
  void define(StringBuilder out, int index) {
    name(out, index);
    out.append(" (;").append(index).append(";)");
  }
}
