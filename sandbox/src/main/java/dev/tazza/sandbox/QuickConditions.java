package dev.tazza.sandbox;

/** What the flags tell of, and what the quick proof learns from a jump on them. */
final class QuickConditions {
  private final QuickMachine quick;
  private boolean isCompared;
  private long left;
  private long right;
  private int size;

  QuickConditions(QuickMachine quick) {
    this.quick = quick;
  }

  void forget() {
    isCompared = false;
  }

  void copy(QuickConditions from) {
    isCompared = from.isCompared;
    left = from.left;
    right = from.right;
    size = from.size;
  }

  void compare(long a, long b, int bytes) {
    isCompared = bytes >= 4;
    left = a;
    right = b;
    size = bytes;
  }

  /** The bound of a natural number as far as {@code condition} holds. */
  long bound(long fact, int condition) {
    long number = Fact.number(fact);
    boolean isCompared =
        this.isCompared
            && Fact.isExact(right)
            && Fact.id(fact) != 0
            && QuickMachine.idOf(left) == Fact.id(fact);
    if (!isCompared) {
      return number;
    }
    return switch (condition) {
      case Conditions.B -> Math.max(0, Math.min(number, Fact.number(right) - 1));
      case Conditions.BE -> Math.min(number, Fact.number(right));
      default -> number;
    };
  }

  /** Whether something could be learnt from the condition or its opposite. */
  boolean tell(int condition) {
    if (!isCompared) {
      return false;
    }
    return switch (condition) {
      case Conditions.B, Conditions.AE, Conditions.BE, Conditions.A ->
          isLimit(left) || isLimit(right);
      case Conditions.E, Conditions.NE ->
          isIdentity(Fact.kind(left)) || isIdentity(Fact.kind(right)) || isLast();
      case Conditions.L, Conditions.GE, Conditions.LE, Conditions.G -> isBoundedCounter();
      default -> false;
    };
  }

  /** Whether a number is compared with the greatest that it can be. */
  private boolean isLast() {
    return Fact.isExact(right)
        && QuickMachine.idOf(left) != 0
        && Fact.number(left) == Fact.number(right);
  }

  /** Whether the order of signed numbers is that of unsigned ones, and bounds the left one. */
  private boolean isBoundedCounter() {
    return Fact.isExact(right)
        && QuickMachine.idOf(left) != 0
        && Fact.number(left) <= Integer.MAX_VALUE
        && Fact.number(right) <= Fact.number(left);
  }

  private static boolean isLimit(long fact) {
    return switch (Fact.kind(fact)) {
      case Fact.EXACT,
          ProofValues.STACK_LIMIT,
          ProofValues.MEMORY_LENGTH,
          ProofValues.TABLE_LENGTH ->
          true;
      default -> false;
    };
  }

  private static boolean isIdentity(int kind) {
    return kind == ProofValues.REFERENCE_TYPE || kind == ProofValues.REFERENCE_CONTEXT;
  }

  /** Adds to {@code state} that {@code condition} holds. */
  void refine(QuickState state, int condition) {
    switch (condition) {
      case Conditions.B -> less(state, left, right, 1);
      case Conditions.AE -> less(state, right, left, 0);
      case Conditions.BE -> less(state, left, right, 0);
      case Conditions.A -> less(state, right, left, 1);
      case Conditions.E -> equal(state);
      case Conditions.NE -> {
        if (isLast() && Fact.number(left) > 0) {
          narrow(state, Fact.id(left), Fact.number(left) - 1);
        }
      }
      case Conditions.L, Conditions.LE -> {
        if (isBoundedCounter()) {
          less(state, left, right, condition == Conditions.L ? 1 : 0);
        }
      }
      default -> {}
    }
  }

  /** {@code a + strict <= b}, unsigned. */
  private void less(QuickState state, long a, long b, int strict) {
    int kind = Fact.kind(b);
    if (Fact.kind(a) == ProofValues.STACK_LIMIT && kind == ProofValues.STACK && size == 8) {
      state.checked = (int) Math.max(state.checked, -Fact.distance(b));
    } else if (kind == ProofValues.MEMORY_LENGTH && size == 8) {
      noteWithin(state, a, strict);
    } else if (kind == ProofValues.TABLE_LENGTH && strict == 1 && QuickMachine.idOf(a) != 0) {
      state.noteBelow(Fact.id(a), Fact.id(b));
    } else if (kind == Fact.EXACT && QuickMachine.idOf(a) != 0) {
      long bound = Fact.number(b) - strict;
      if (bound >= 0 && bound < Fact.number(a)) {
        narrow(state, Fact.id(a), bound);
      }
    }
  }

  /** A number plus {@code strict} is within memory 0. */
  private static void noteWithin(QuickState state, long fact, int strict) {
    if (Fact.isExact(fact)) {
      state.noteWithin(0, Fact.number(fact) + strict);
    } else if (QuickMachine.idOf(fact) != 0) {
      state.noteWithin(Fact.id(fact), strict);
    }
  }

  /** What {@code id} names is at most {@code bound}. */
  private static void narrow(QuickState state, int id, long bound) {
    for (int place = 0; place < state.places; place++) {
      long fact = state.at[place];
      boolean isNamed = Fact.kind(fact) == Fact.NATURAL || Fact.kind(fact) == Fact.CLAMPED;
      if (isNamed && Fact.id(fact) == id && Fact.number(fact) > bound) {
        state.at[place] = Fact.bounded(fact, bound);
      }
    }
  }

  private void equal(QuickState state) {
    boolean swaps = !isIdentity(Fact.kind(left));
    long a = swaps ? right : left;
    long b = swaps ? left : right;
    if (Fact.kind(a) == ProofValues.REFERENCE_TYPE && Fact.kind(b) == ProofValues.TYPE_ID) {
      state.noteType(Fact.id(a), Fact.id(b));
    } else if (Fact.kind(a) == ProofValues.REFERENCE_CONTEXT
        && size == 8
        && Fact.isAt(b, ProofValues.INSTANCE, 0)) {
      state.inContext = Fact.id(a);
    }
  }
}
