package dev.tazza.sandbox;

/** Within what length of a memory or table a value is where several ways meet. */
final class JoinedLengths {
  /** What is farther behind a length than this is in nobody's guard. */
  private static final long LEAST_SLACK = -(1L << 32);

  private final ProofValues values;
  private final ModuleRules rules;

  JoinedLengths(ProofValues values, ModuleRules rules) {
    this.values = values;
    this.rules = rules;
  }

  /** Whether {@code value} is within a length as {@code like} is. */
  boolean has(int value, int like) {
    if (values.lengthKind[value] == values.lengthKind[like]
        && values.lengthOf[value] == values.lengthOf[like]
        && values.lengthShift[value] == values.lengthShift[like]
        && values.lengthSlack[value] >= values.lengthSlack[like]) {
      return true;
    }
    return isWithinLeast(value, like);
  }

  private boolean isWithinLeast(int value, int like) {
    long least = leastLength(values.lengthKind[like], values.lengthOf[like]);
    return (values.high[value] >> values.lengthShift[like]) <= least - values.lengthSlack[like];
  }

  private long leastLength(byte what, int of) {
    return what == ProofValues.OF_MEMORY ? rules.leastLength(of) : rules.leastTableLength(of);
  }

  /**
   * Notes of {@code result} within what length it is if it is {@code a}, or something that is
   * within a length as {@code like} is.
   */
  void choose(int a, int like, int result) {
    // By the least that the length can be: that the other one is there tells nothing of a.
    boolean isBetter = values.lengthKind[result] == ProofValues.NO_LENGTH || !has(result, like);
    if (isBetter && !values.isPointer(a) && isWithinLeast(a, like)) {
      values.note(
          result,
          values.lengthKind[like],
          values.lengthOf[like],
          values.lengthSlack[like],
          values.lengthShift[like]);
    }
  }

  /**
   * Notes the same of {@code result} if it is {@code a} or {@code other}, and {@code a} is no more
   * than the other one is at least. Both are at the same point: where ways meet, a length on the
   * one may be less than what a value on the other has been compared with.
   *
   * @param other no bound of which depends on which it is
   */
  void chooseLeast(int a, int other, int result) {
    boolean isLess =
        values.lengthKind[other] != ProofValues.NO_LENGTH
            && values.lengthKind[result] == ProofValues.NO_LENGTH
            && !values.isPointer(a)
            && !values.isPointer(other)
            && values.high[a] <= values.low[other];
    if (isLess) {
      values.note(
          result,
          values.lengthKind[other],
          values.lengthOf[other],
          values.lengthSlack[other],
          values.lengthShift[other]);
    }
  }

  /**
   * Notes of {@code result} within what length both others are.
   *
   * @param growsA whether {@code a} is of the start of a loop, where it may become less each round
   * @param growsB the same of {@code b}
   */
  void join(int a, int b, int result, boolean growsA, boolean growsB) {
    if (values.lengthKind[a] != ProofValues.NO_LENGTH) {
      join(a, b, result, growsA);
    } else if (values.lengthKind[b] != ProofValues.NO_LENGTH) {
      join(b, a, result, growsB);
    }
  }

  /** The same where what is known of one of them tells nothing of the other. */
  void joinAlike(int a, int b, int result) {
    if (areAlike(a, b)) {
      long slack = Math.min(values.lengthSlack[a], values.lengthSlack[b]);
      values.note(result, values.lengthKind[a], values.lengthOf[a], slack, values.lengthShift[a]);
    }
  }

  /** Whether both are within the same length. */
  private boolean areAlike(int a, int b) {
    return values.lengthKind[b] == values.lengthKind[a]
        && values.lengthOf[b] == values.lengthOf[a]
        && values.lengthShift[b] == values.lengthShift[a];
  }

  private void join(int a, int b, int result, boolean grows) {
    if (areAlike(a, b)) {
      long slack = Math.min(values.lengthSlack[a], values.lengthSlack[b]);
      if (grows && slack < values.lengthSlack[a]) {
        // Else it would become less round by round, without end.
        slack = lessSlack(slack);
        if (slack < LEAST_SLACK) {
          return;
        }
      }
      values.note(result, values.lengthKind[a], values.lengthOf[a], slack, values.lengthShift[a]);
    } else if (has(b, a)) {
      values.note(
          result,
          values.lengthKind[a],
          values.lengthOf[a],
          values.lengthSlack[a],
          values.lengthShift[a]);
    }
  }

  /** One of a few numbers that is at most {@code slack}. */
  private static long lessSlack(long slack) {
    long less = slack < 0 ? -16 : 1;
    if (slack <= 0) {
      while (less > slack && less >= LEAST_SLACK) {
        less *= 16;
      }
      return slack == 0 ? 0 : less;
    }
    while (less <= slack / 16) {
      less *= 16;
    }
    return less;
  }
}
