package dev.tazza.wasm.text;

import dev.tazza.wasm.operator.Operator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All words of the text format: keywords and the names of instructions, found by their bytes. A
 * word can be both. Where two operators share a name, such as {@code select}, the first row of the
 * table stands for both.
 */
final class WordTable {
  private static final int SLOTS = 4096;
  private static final byte[][] WORDS = new byte[SLOTS][];
  private static final @Nullable Keyword[] KEYWORDS = new Keyword[SLOTS];
  private static final @Nullable Operator[] OPERATORS = new Operator[SLOTS];

  static {
    for (Keyword keyword : Keyword.values()) {
      KEYWORDS[insert(keyword.text)] = keyword;
    }
    for (Operator operator : Operator.values()) {
      int slot = insert(operator.mnemonic());
      if (OPERATORS[slot] == null) {
        OPERATORS[slot] = operator;
      }
    }
  }

  private WordTable() {}

  private static int insert(String text) {
    byte[] word = text.getBytes(StandardCharsets.US_ASCII);
    int slot = slot(word, 0, word.length);
    WORDS[slot] = word;
    return slot;
  }

  /** Where a word is, or the free slot where it would be. Words are few: there always is one. */
  private static int slot(byte[] bytes, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash * 0x9E3779B9) >>> 20;
    while (WORDS[slot] != null
        && !Arrays.equals(WORDS[slot], 0, WORDS[slot].length, bytes, start, end)) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    return slot;
  }

  /** The entry of a word, or -1 if the text format does not have it. */
  static int find(byte[] bytes, int start, int end) {
    int slot = slot(bytes, start, end);
    return WORDS[slot] == null ? -1 : slot;
  }

  /** The keyword of an entry, null if it is only an instruction's name. */
  static @Nullable Keyword keyword(int entry) {
    return KEYWORDS[entry];
  }

  /** The operator of an entry, null if it is only a keyword. */
  static @Nullable Operator operator(int entry) {
    return OPERATORS[entry];
  }
}
