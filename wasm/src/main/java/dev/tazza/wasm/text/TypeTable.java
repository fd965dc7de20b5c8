package dev.tazza.wasm.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The module's types: first those the text defines, then the function types that uses imply, in the
 * order of their first use (specification section 6.6.5).
 */
final class TypeTable {
  private record Entry(int index) {}

  /** Null where the type is no function type. */
  private final List<@Nullable TypeUse> types = new ArrayList<>();

  private final Map<String, Entry> first = new HashMap<>();

  /** Fields by name, of types that are structures with such names. */
  private final Map<Entry, IndexSpace> fields = new HashMap<>();

  private int defined;

  int count() {
    return types.size();
  }

  /** How many types the text defines. */
  int definedCount() {
    return defined;
  }

  /** The function type at an index, null if there is none (yet). */
  @Nullable TypeUse get(long index) {
    return index < types.size() ? types.get((int) index) : null;
  }

  /**
   * Adds a definition.
   *
   * @param signature null for what is no function type
   * @param plain whether a use that gives a signature only may mean it: it is final, without
   *     supertype and not in a recursion group with others
   */
  void define(@Nullable TypeUse signature, boolean plain) {
    if (signature != null && plain) {
      first.putIfAbsent(signature.key(), new Entry(types.size()));
    }
    types.add(signature);
    defined = types.size();
  }

  /** The fields of the structure that is defined next. */
  void fields(IndexSpace space) {
    fields.put(new Entry(types.size()), space);
  }

  /** The named fields of a type, null if it has none. */
  @Nullable IndexSpace fieldsOf(int typeIndex) {
    return fields.get(new Entry(typeIndex));
  }

  /** The first index of a type; it is added if the module does not have it. */
  int indexOf(TypeUse signature) {
    String key = signature.key();
    Entry entry = first.get(key);
    if (entry != null) {
      return entry.index;
    }
    int index = types.size();
    types.add(signature);
    first.put(key, new Entry(index));
    return index;
  }
}
