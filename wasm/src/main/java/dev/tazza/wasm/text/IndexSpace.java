package dev.tazza.wasm.text;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which index an identifier stands for, in one index space: a map from symbols to indices, open
 * addressing with linear probing; the count of indices given out; and the names for the section of
 * names, which are the identifiers where no annotation says otherwise.
 */
final class IndexSpace {
  private final String description;
  private int[] keys = new int[8];
  private int[] values = new int[8];
  private int used;
  private int size;
  private int[] namedIndices = new int[8];
  private @Nullable String[] names = new String[8];
  private int namedCount;

  /** {@code description} is how errors call an entry: "func", "local". */
  IndexSpace(String description) {
    this.description = description;
    Arrays.fill(keys, -1);
  }

  String description() {
    return description;
  }

  /** How many indices there are. */
  int size() {
    return size;
  }

  /** Takes the next index, whose identifier and name are under the cursor if it has any. */
  int add(TokenCursor cursor) {
    int symbol = cursor.optionalIdentifier();
    if (symbol >= 0) {
      int slot = slot(symbol);
      if (keys[slot] >= 0) {
        // The identifier is the token the caller has just read.
        String name = cursor.tokens().name(symbol);
        throw cursor.errorAt(cursor.at() - 1, "duplicate " + description + " $" + name);
      }
      insert(slot, symbol, size);
    }
    String name = cursor.debugName(symbol, description);
    if (name != null) {
      remember(size, name);
    }
    return size++;
  }

  private void remember(int index, String name) {
    if (namedCount == namedIndices.length) {
      namedIndices = Arrays.copyOf(namedIndices, 2 * namedCount);
      names = Arrays.copyOf(names, 2 * namedCount);
    }
    namedIndices[namedCount] = index;
    names[namedCount++] = name;
  }

  /** Takes several indices that have neither identifiers nor names. */
  void skip(int count) {
    size += count;
  }

  /** The index of a symbol, or -1. */
  int find(int symbol) {
    int slot = slot(symbol);
    return keys[slot] < 0 ? -1 : values[slot];
  }

  /** Sets what a symbol stands for and returns what it stood for before, -1 if nothing. */
  int rebind(int symbol, int index) {
    int slot = slot(symbol);
    if (keys[slot] < 0) {
      insert(slot, symbol, index);
      return -1;
    }
    int before = values[slot];
    values[slot] = index;
    return before;
  }

  /** Forgets everything; the cost is in proportion to what there was. */
  void clear() {
    if (keys.length > 64) {
      keys = new int[8];
      values = new int[8];
    }
    if (used > 0) {
      Arrays.fill(keys, -1);
    }
    used = 0;
    size = 0;
    namedCount = 0;
  }

  /** How many indices have a name. */
  int namedCount() {
    return namedCount;
  }

  /** The i-th index that has a name, in ascending order. */
  int namedIndex(int i) {
    return namedIndices[i];
  }

  /** The name of the i-th index that has one. */
  String name(int i) {
    return Objects.requireNonNull(names[i]);
  }

  /** An index at the cursor: a number as it is, or an identifier's index. */
  int index(TokenCursor cursor) {
    if (!cursor.is(TokenKind.ID)) {
      return cursor.u32();
    }
    int symbol = cursor.tokens().payload(cursor.at());
    int index = find(symbol);
    if (index < 0) {
      throw cursor.error("unknown " + description + " $" + cursor.tokens().name(symbol));
    }
    cursor.advance();
    return index;
  }

  private int slot(int symbol) {
    int mask = keys.length - 1;
    int slot = ((symbol * 0x9E3779B9) >>> 8) & mask;
    while (keys[slot] >= 0 && keys[slot] != symbol) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void insert(int slot, int symbol, int index) {
    keys[slot] = symbol;
    values[slot] = index;
    if (2 * ++used >= keys.length) {
      grow();
    }
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldValues = values;
    keys = new int[2 * oldKeys.length];
    values = new int[2 * oldKeys.length];
    Arrays.fill(keys, -1);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] >= 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
