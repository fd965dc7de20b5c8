package dev.tazza.wasm.text;

import dev.tazza.wasm.module.NameMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers of the labels of a function as a printer writes them. The extended name section
 * numbers labels in the order in which their blocks begin. Two blocks may have the same name, one
 * in the other too: the inner one then hides the outer one, which is named by its number.
 */
final class LabelIdentifiers {
  private final NameMap names;

  /** How many blocks have begun. */
  private int begun;

  /** The identifiers of the blocks that are open, by depth; null where there is none. */
  private @Nullable String[] open = new String[16];

  LabelIdentifiers(NameMap names) {
    this.names = names;
  }

  /** Writes the name of a block that begins in {@code depth} others, if it has one. */
  void begin(StringBuilder out, int depth) {
    if (depth == open.length) {
      open = Arrays.copyOf(open, 2 * depth);
    }
    String name = names.get(begun++);
    String identifier = name == null || name.isEmpty() ? null : Identifiers.identifier(name);
    open[depth] = identifier;
    if (identifier != null) {
      out.append(' ').append(identifier);
    } else if (name != null) {
      Identifiers.annotate(out, name);
    }
  }

  /** The identifier by which {@code label} can be named in {@code depth} blocks, or null. */
  @Nullable String use(int label, int depth) {
    if (label < 0 || label >= depth) {
      return null;
    }
    String identifier = open[depth - 1 - label];
    for (int i = depth - label; i < depth; i++) {
      if (identifier != null && identifier.equals(open[i])) {
        return null;
      }
    }
    return identifier;
  }
}
