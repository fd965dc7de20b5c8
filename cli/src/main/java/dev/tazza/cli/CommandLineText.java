package dev.tazza.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The words of the command line: whether they arrived, and which ones look alike. */
final class CommandLineText {
  /** What Java has for bytes that are not in the encoding of the command line. */
  private static final char REPLACEMENT = '\uFFFD';

  /** The Linux kernel's copy of the command line, each word with a zero byte after it. */
  private static final Path RAW = Path.of("/proc/self/cmdline");

  private CommandLineText() {}

  /**
   * Whether all arguments are as they were given. Says which one is not: taking it for another file
   * would be worse.
   */
  static boolean isIntact(String[] args) {
    boolean suspect = false;
    for (String arg : args) {
      suspect |= arg.indexOf(REPLACEMENT) >= 0;
    }
    if (!suspect) {
      return true;
    }
    try {
      List<byte[]> words = words(Files.readAllBytes(RAW));
      int first = words.size() - args.length;
      for (int i = 0; i < args.length; i++) {
        if (!isUtf8(words.get(first + i))) {
          System.err.println("tazza: argument " + (i + 1) + " is not UTF-8: '" + args[i] + "'");
          return false;
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      // Nobody knows then; a file of that name will hardly be there.
    }
    return true;
  }

  private static List<byte[]> words(byte[] raw) {
    List<byte[]> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == 0) {
        words.add(Arrays.copyOfRange(raw, start, i));
        start = i + 1;
      }
    }
    return words;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Whether somebody may have written {@code word} for {@code command}: at most two letters are
   * wrong, missing or too many (a third of the letters of short words), two in the wrong order
   * counting as one; or it is its beginning.
   */
  static boolean isSimilar(String word, String command) {
    int allowed = Math.min(2, Math.max(1, command.length() / 3));
    return word.length() > 1 && command.startsWith(word) || distance(word, command) <= allowed;
  }

  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int changed = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(changed, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
      }
    }
    return cost[a.length()][b.length()];
  }
}
