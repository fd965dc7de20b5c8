package dev.tazza.environ;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody may have meant. */
public final class NearName {
  private NearName() {}

  /**
   * The candidate that differs least from a name, by letters that are changed, added or left out
   * (Levenshtein's distance; case and dashes do not count): one for each three letters at most, or
   * two. Null if there is none.
   */
  public static @Nullable String of(String name, List<String> candidates) {
    String near = null;
    int least = Math.max(2, name.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(plain(name), plain(candidate));
      if (distance < least) {
        least = distance;
        near = candidate;
      }
    }
    return near;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int i = 0; i < row.length; i++) {
      row[i] = i;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int k = 1; k < row.length; k++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(k - 1) ? 0 : 1);
        diagonal = row[k];
        row[k] = Math.min(changed, Math.min(row[k], row[k - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
