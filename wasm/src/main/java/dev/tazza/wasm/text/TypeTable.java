package dev.tazza.wasm.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The module's function types: first those the text defines, then those that uses imply, in the
 * order of their first use (specification section 6.6.5).
 */
final class TypeTable {
  private record Entry(int index) {}

  private final List<Signature> types = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private final Map<String, Entry> first = new HashMap<>();

  int count() {
    return types.size();
  }

  /** The type at an index below {@link #count}. */
  Signature at(int index) {
    return types.get(index);
  }

  /** The type at an index, null if there is none (yet). */
  @Nullable Signature get(long index) {
    return index < types.size() ? types.get((int) index) : null;
  }

  /** Whether the type at an index is this one. */
  boolean matches(long index, Signature signature) {
    return keys.get((int) index).equals(signature.key());
  }

  void define(Signature signature) {
    add(signature, signature.key());
  }

  /** The first index of a type; it is added if the module does not have it. */
  int indexOf(Signature signature) {
    String key = signature.key();
    Entry entry = first.get(key);
    return entry != null ? entry.index : add(signature, key);
  }

  private int add(Signature signature, String key) {
    int index = types.size();
    types.add(signature);
    keys.add(key);
    first.putIfAbsent(key, new Entry(index));
    return index;
  }
}
