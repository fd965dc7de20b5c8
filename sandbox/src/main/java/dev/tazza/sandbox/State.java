package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * What is known at one point of a function: the value in each place, and facts that are about more
 * than one value.
 *
 * <p>Places: the 16 integer registers, the one vector register through which values are copied,
 * then the stack by 8 bytes, downwards from the last stack argument or result. What lies below
 * {@link #places} is not known.
 */
final class State {
  /** xmm15: through it the register allocator copies from stack to stack. */
  static final int COPY_REGISTER = 16;

  static final int FIRST_SLOT = 17;

  private static final int MOST_FACTS = 32;

  /** Bytes besides those for places. */
  private static final int OVERHEAD = 1024;

  /** Function reference {@code a} has type {@code b}. */
  static final int TYPE = 1;

  /**
   * {@code a + b + constant} is at most the length of memory {@code of}; these are {@link
   * ProofValues#origin}s.
   */
  static final int SUM = 2;

  /** {@code constant} is at most the length of memory {@code of}, or of a {@link #table}. */
  static final int LEAST = 3;

  /** {@code (a << b) + constant} is at most the length of memory {@code of}. */
  static final int SCALED = 4;

  /** If the value {@code of} is not zero, function reference {@code a} has type {@code b}. */
  static final int SUBTYPE = 5;

  /** Function reference {@code a} is not null. */
  static final int NOT_NULL = 6;

  private final Room room;
  int[] at = new int[64];
  int places;

  /** The stack has been checked down to this distance below rsp at the start; -1: not at all. */
  int checked;

  /** No function reference of which something is known. */
  static final int NO_REFERENCE = Integer.MIN_VALUE;

  /** The one that is known to have the context in r14, or {@link #NO_REFERENCE}. */
  int inContext;

  /**
   * The function reference of which a field was loaded last, so that it is not null, or {@link
   * #NO_REFERENCE}.
   */
  int loaded;

  /** No exception, as far as is known. */
  static final int NOTHING_THROWN = -1;

  /** An exception, of whatever tag. */
  static final int ANYTHING_THROWN = -2;

  /** The tag of the exception that is in the store context and its slots, or one of the above. */
  int thrown;

  int factCount;
  private int[] factKind = new int[MOST_FACTS];
  private int[] factOf = new int[MOST_FACTS];
  private int[] factA = new int[MOST_FACTS];
  private int[] factB = new int[MOST_FACTS];
  private long[] factConstant = new long[MOST_FACTS];

  State(Room room) {
    this.room = room;
    room.take(OVERHEAD);
  }

  /** What is thrown if it is one of two. */
  private static int common(int thrown, int other) {
    if (thrown == other) {
      return thrown;
    }
    boolean nothing = thrown == NOTHING_THROWN || other == NOTHING_THROWN;
    return nothing ? NOTHING_THROWN : ANYTHING_THROWN;
  }

  void start(int firstPlaces) {
    places = firstPlaces;
    ensureRoom(firstPlaces);
    Arrays.fill(at, 0, firstPlaces, ProofValues.DEAD);
    checked = -1;
    inContext = NO_REFERENCE;
    loaded = NO_REFERENCE;
    thrown = NOTHING_THROWN;
    factCount = 0;
  }

  void copy(State from) {
    ensureRoom(from.places);
    places = from.places;
    System.arraycopy(from.at, 0, at, 0, places);
    checked = from.checked;
    inContext = from.inContext;
    loaded = from.loaded;
    thrown = from.thrown;
    factCount = from.factCount;
    for (int i = 0; i < factCount; i++) {
      copyFact(from, i, i);
    }
  }

  private void ensureRoom(int count) {
    if (count > at.length) {
      int capacity = Math.max(count, at.length * 2);
      room.take((long) Integer.BYTES * (capacity - at.length));
      at = Arrays.copyOf(at, capacity);
    }
  }

  /** The value in a place, or {@link ProofValues#DEAD}. */
  int get(int place) {
    return place < places ? at[place] : ProofValues.DEAD;
  }

  void set(int place, int value) {
    if (place >= places) {
      if (value == ProofValues.DEAD) {
        return;
      }
      ensureRoom(place + 1);
      Arrays.fill(at, places, place, ProofValues.DEAD);
      places = place + 1;
    }
    at[place] = value;
  }

  /**
   * At a landing pad: no register is as it was.
   *
   * @param rsp its value
   * @param context the value of r14
   * @param place from here on nothing is known
   * @param tag what was thrown
   */
  void land(int rsp, int context, int place, int tag) {
    for (int register = 0; register < FIRST_SLOT; register++) {
      if (register != Machine.RBP && register != Machine.R15) {
        at[register] = ProofValues.DEAD;
      }
    }
    at[Machine.RSP] = rsp;
    at[Machine.R14] = context;
    cut(place);
    inContext = NO_REFERENCE;
    thrown = tag;
  }

  /** Forgets all places from {@code place} on. */
  void cut(int place) {
    places = Math.min(places, place);
  }

  /** Forgets the places of a set, whose lowest bit is {@code first}. */
  void forget(long set, int first) {
    for (long rest = set; rest != 0; rest &= rest - 1) {
      int place = first + Long.numberOfTrailingZeros(rest);
      if (place >= places) {
        return;
      }
      at[place] = ProofValues.DEAD;
    }
  }

  void addFact(int kind, int of, int a, int b, long constant) {
    for (int i = 0; i < factCount; i++) {
      if (factKind[i] == kind && factOf[i] == of && factA[i] == a && factB[i] == b) {
        factConstant[i] = Math.max(factConstant[i], constant);
        return;
      }
    }
    if (factCount == MOST_FACTS) {
      // The oldest one goes.
      for (int k = 1; k < MOST_FACTS; k++) {
        copyFact(this, k, k - 1);
      }
      factCount--;
    }
    int i = factCount++;
    factKind[i] = kind;
    factOf[i] = of;
    factA[i] = a;
    factB[i] = b;
    factConstant[i] = constant;
  }

  private void copyFact(State from, int i, int to) {
    factKind[to] = from.factKind[i];
    factOf[to] = from.factOf[i];
    factA[to] = from.factA[i];
    factB[to] = from.factB[i];
    factConstant[to] = from.factConstant[i];
  }

  /** The type that function reference {@code reference} is known to have, or -1. */
  int typeOf(int reference) {
    for (int i = factCount - 1; i >= 0; i--) {
      if (factKind[i] == TYPE && factA[i] == reference) {
        return factB[i];
      }
    }
    return -1;
  }

  /** Whether function reference {@code reference} is known not to be null. */
  boolean isNotNull(int reference) {
    for (int i = factCount - 1; i >= 0; i--) {
      if (factKind[i] == NOT_NULL && factA[i] == reference) {
        return true;
      }
    }
    return false;
  }

  /** The value {@code value} turned out not to be zero: {@link #SUBTYPE}. */
  void addSubtypes(int value) {
    int count = factCount;
    for (int i = 0; i < count; i++) {
      if (factKind[i] == SUBTYPE && factOf[i] == value) {
        addFact(TYPE, 0, factA[i], factB[i], 0);
        return;
      }
    }
  }

  /** Whether {@code a + b + constant} is known to be within memory {@code memory}. */
  boolean isWithin(int memory, int a, int b, long constant) {
    for (int i = 0; i < factCount; i++) {
      boolean same = factA[i] == a && factB[i] == b || factA[i] == b && factB[i] == a;
      if (factKind[i] == SUM && factOf[i] == memory && same && factConstant[i] >= constant) {
        return true;
      }
    }
    return false;
  }

  /**
   * Of {@code result}, which is zero or {@code from + offset}, what is known of sums with that;
   * both are {@link ProofValues#origin}s. Those known last are the first to be kept.
   */
  void copySums(int from, long offset, int result) {
    for (int i = factCount - 1; i >= 0; i--) {
      if (factKind[i] == SUM && (factA[i] == from || factB[i] == from)) {
        int other = factA[i] == from ? factB[i] : factA[i];
        boolean isFull = factCount == MOST_FACTS;
        addFact(SUM, factOf[i], result, other, factConstant[i] - offset);
        // All have moved if the oldest one had to go.
        i -= isFull ? 1 : 0;
      }
    }
  }

  /** What stands for table {@code number} in {@link #LEAST}. */
  static int table(int number) {
    return ~number;
  }

  /**
   * The greatest constant, which may be negative, that {@code root << shift} may be increased by
   * within a memory; {@code Long.MIN_VALUE} if none is known.
   */
  long scaledSlack(int memory, int root, int shift) {
    long most = Long.MIN_VALUE;
    for (int i = 0; i < factCount; i++) {
      if (factKind[i] == SCALED && factOf[i] == memory && factA[i] == root && factB[i] == shift) {
        most = Math.max(most, factConstant[i]);
      }
    }
    return most;
  }

  /** How long memory {@code memory} is known to be at least. */
  long least(int memory, long otherwise) {
    long most = otherwise;
    for (int i = 0; i < factCount; i++) {
      if (factKind[i] == LEAST && factOf[i] == memory) {
        most = Math.max(most, factConstant[i]);
      }
    }
    return most;
  }

  /** Keeps of this state's facts those that {@code other} has as well; whether some went. */
  boolean keepFacts(State other) {
    int kept = 0;
    for (int i = 0; i < factCount; i++) {
      if (other.hasFact(this, i)) {
        copyFact(this, i, kept++);
      }
    }
    boolean changed = kept != factCount;
    factCount = kept;
    if (checked > other.checked) {
      checked = other.checked;
      changed = true;
    }
    if (inContext != NO_REFERENCE && inContext != other.inContext) {
      inContext = NO_REFERENCE;
      changed = true;
    }
    if (loaded != NO_REFERENCE && loaded != other.loaded) {
      loaded = NO_REFERENCE;
      changed = true;
    }
    int common = common(thrown, other.thrown);
    changed |= common != thrown;
    thrown = common;
    return changed;
  }

  private boolean hasFact(State from, int i) {
    for (int k = 0; k < factCount; k++) {
      if (factKind[k] == from.factKind[i]
          && factOf[k] == from.factOf[i]
          && factA[k] == from.factA[i]
          && factB[k] == from.factB[i]
          && factConstant[k] >= from.factConstant[i]) {
        return true;
      }
    }
    return false;
  }
}
