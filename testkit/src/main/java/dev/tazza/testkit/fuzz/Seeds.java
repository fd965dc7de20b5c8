package dev.tazza.testkit.fuzz;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** One random module after another. */
final class Seeds {
  private Seeds() {}

  /**
   * Checks as many seeds as a program's arguments say, and prints those that fail.
   *
   * @param args the first seed and the count
   * @param check what is wrong with a seed's module; null when nothing is
   */
  static void check(String[] args, LongFunction<@Nullable String> check) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    for (long seed = first; seed < first + count; seed++) {
      String difference = check.apply(seed);
      if (difference != null) {
        System.out.println(seed + ": " + difference);
      }
    }
  }
}
