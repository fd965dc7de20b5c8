package dev.tazza.translate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is behind the bodies of the tries of the exceptions proposal's first version: calls in a
 * body have to know its handlers, which follow it. By number of the construct ({@link
 * LocalAssignments}).
 */
final class LegacyTries {
  /** A try, completed as its handlers are met. */
  static final class LegacyTry {
    /** By handler: its tag, or {@link CatchClause#ALL}. */
    int[] tags = {};

    /** By handler: the number of the first assignment in it or behind it. */
    int[] assignments = {};

    /** The label that it delegates to, counted from outside; -1 if it does not. */
    int delegate = -1;

    /** Whether a handler throws again what it caught. */
    boolean rethrows;

    private void add(int tag, int assignment) {
      tags = Arrays.copyOf(tags, tags.length + 1);
      tags[tags.length - 1] = tag;
      assignments = Arrays.copyOf(assignments, tags.length);
      assignments[tags.length - 1] = assignment;
    }
  }

  private @Nullable LegacyTry[] tries = {};

  /** The construct is a try. */
  void begin(int construct) {
    if (construct >= tries.length) {
      tries = Arrays.copyOf(tries, Math.max(16, 2 * construct));
    }
    tries[construct] = new LegacyTry();
  }

  /**
   * The construct has a handler.
   *
   * @param assignment number of the first assignment in it or behind it
   */
  void addHandler(int construct, int tag, int assignment) {
    of(construct).add(tag, assignment);
  }

  LegacyTry of(int construct) {
    LegacyTry found = construct < tries.length ? tries[construct] : null;
    if (found == null) {
      throw new IllegalArgumentException("construct " + construct + " is no try");
    }
    return found;
  }
}
