package dev.tazza.testkit.fuzz.address;

import org.jspecify.annotations.Nullable;

/** Compares accesses of random modules, in many configurations, with what they should give. */
public interface AccessFuzzer {
  /** The first difference that the module of a seed shows, or null if it shows none. */
  @Nullable String check(long seed);

  /** How many accesses were compared, by each of the configurations. */
  long accesses();

  /** How many calls made them. */
  long calls();

  int configurations();

  /** Checks seeds from one on, until so many accesses or ten modules with differences are over. */
  default void run(long seed, long count) {
    int failures = 0;
    for (long at = seed; accesses() < count && failures < 10; at++) {
      String difference = check(at);
      if (difference != null) {
        failures++;
        System.out.println(difference);
      }
      if (at % 1000 == 0) {
        System.out.printf("seed %d: %,d accesses%n", at, accesses());
      }
    }
    System.out.printf(
        "%,d accesses in %,d calls by each of %d configurations, %d modules with differences%n",
        accesses(), calls(), configurations(), failures);
  }
}
