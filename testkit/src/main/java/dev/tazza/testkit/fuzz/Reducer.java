package dev.tazza.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing module smaller: removes runs of lines, or puts a constant in their place, as long
 * as it fails in the same way (delta debugging, after Zeller and Hildebrandt 2002).
 */
final class Reducer {
  private static final List<List<String>> REPLACEMENTS =
      List.of(
          List.of(),
          List.of("i32.const 1"),
          List.of("i64.const 1"),
          List.of("f32.const 1"),
          List.of("f64.const 1"),
          List.of("drop"),
          List.of("unreachable"));

  private final Predicate<String> fails;
  private List<String> lines;

  /** For a module that fails. */
  Reducer(String text, Predicate<String> fails) {
    this.lines = new ArrayList<>(text.lines().toList());
    this.fails = fails;
  }

  /** A smaller module that fails too. */
  String reduce() {
    int before;
    do {
      before = lines.size();
      for (int size = Math.max(1, lines.size() / 2); size > 0; size /= 2) {
        pass(size);
      }
    } while (lines.size() < before);
    return String.join("\n", lines);
  }

  private void pass(int size) {
    int at = 0;
    while (at < lines.size()) {
      if (!shrink(at, Math.min(size, lines.size() - at))) {
        at += Math.max(1, size / 2);
      }
    }
  }

  private boolean shrink(int at, int count) {
    for (List<String> replacement : REPLACEMENTS) {
      if (replacement.size() >= count) {
        return false;
      }
      List<String> candidate = new ArrayList<>(lines);
      List<String> cut = candidate.subList(at, at + count);
      cut.clear();
      cut.addAll(replacement);
      if (fails.test(String.join("\n", candidate))) {
        lines = candidate;
        return true;
      }
    }
    return false;
  }
}
