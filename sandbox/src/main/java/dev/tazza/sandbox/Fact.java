package dev.tazza.sandbox;

/**
 * What the quick proof knows of 64 bits, in a long: less than {@link ProofValues} do, but nothing
 * has to be made or looked up.
 *
 * <pre>
 *   bits 58–63  kind: one of those of {@link ProofValues}, or below
 *   bits 37–57  id, or the index of what a pointer points to
 *   bits 0–36   number: a bound of naturals and of distances from memories, else a distance
 * </pre>
 *
 * An id names a value: since control last came to the head of a loop (or the function's start)
 * there has been one value with an id, so places with the same id hold the same.
 */
final class Fact {
  /** Anything. */
  static final long UNKNOWN = 0;

  // Kinds beside those of ProofValues.

  /** The address of an element of the table that the id says. */
  static final int ELEMENT = 35;

  // Unsigned numbers, up to the bound:

  /** The number itself. */
  static final int EXACT = 40;

  /** What the id names; 0 names nothing. */
  static final int NATURAL = 41;

  /** At most what the id names. */
  static final int CLAMPED = 42;

  /** A multiple of eight, without a name: how far an element may be from the start of its table. */
  static final int EIGHTFOLD = 43;

  static final int ID_BITS = 21;
  static final long MOST = (1L << 37) - 1;
  static final int MOST_IDS = (1 << ID_BITS) - 1;

  private static final int KIND_SHIFT = 58;
  private static final int ID_SHIFT = 37;

  /** What is added to distances, so that they are not negative. */
  private static final long BIAS = 1L << 36;

  /** No bound: not a natural number that is small enough. */
  static final long UNBOUNDED = -1;

  private Fact() {}

  static long of(int kind, int id, long number) {
    return (long) kind << KIND_SHIFT | (long) id << ID_SHIFT | number;
  }

  /** A fact of another kind: {@code rest} are all bits but the kind. */
  static long ofRest(int kind, long rest) {
    return (long) kind << KIND_SHIFT | rest;
  }

  static long rest(long fact) {
    return fact & (1L << KIND_SHIFT) - 1;
  }

  static long exact(long number) {
    return number < 0 || number > MOST ? UNKNOWN : of(EXACT, 0, number);
  }

  /** A number from 0 to {@code bound}, which may be {@link #UNBOUNDED}. */
  static long natural(long bound, int id) {
    return bound < 0 || bound > MOST ? UNKNOWN : of(NATURAL, id, bound);
  }

  static long u32(int id) {
    return of(NATURAL, id, ProofValues.U32);
  }

  /**
   * @param index of what it points to
   * @param distance from there
   */
  static long pointer(int kind, int index, long distance) {
    if (index < 0 || index > MOST_IDS || distance < -BIAS || distance >= BIAS) {
      throw new Unclear("a distant pointer");
    }
    return of(kind, index, distance + BIAS);
  }

  static int kind(long fact) {
    return (int) (fact >>> KIND_SHIFT);
  }

  static int id(long fact) {
    return (int) (fact >>> ID_SHIFT) & MOST_IDS;
  }

  /** The bound of a natural number, or of the distance from a memory. */
  static long number(long fact) {
    return fact & MOST;
  }

  /** How far a pointer is from what it points to, but for memories. */
  static long distance(long fact) {
    return (fact & MOST) - BIAS;
  }

  static boolean isNatural(long fact) {
    return fact >>> KIND_SHIFT >= EXACT;
  }

  static boolean isExact(long fact) {
    return kind(fact) == EXACT;
  }

  static boolean isAt(long fact, int kind, long distance) {
    return kind(fact) == kind && distance(fact) == distance;
  }

  /** Whether it is an address, or what only the convention may say something of. */
  static boolean isPointer(long fact) {
    int kind = kind(fact);
    return kind >= ProofValues.FIRST_POINTER && kind < EXACT;
  }

  /** The greatest number that it can be, unsigned, or {@link #UNBOUNDED}. */
  static long bound(long fact) {
    return switch (kind(fact)) {
      case EXACT, NATURAL, CLAMPED, EIGHTFOLD -> number(fact);
      case ProofValues.TABLE_LENGTH,
          ProofValues.TYPE_ID,
          ProofValues.REFERENCE_TYPE,
          ProofValues.TAG ->
          ProofValues.U32;
      default -> UNBOUNDED;
    };
  }

  static boolean isU32(long fact) {
    long bound = bound(fact);
    return bound >= 0 && bound <= ProofValues.U32;
  }

  /** The same with an id. */
  static long named(long fact, int id) {
    return fact & ~((long) MOST_IDS << ID_SHIFT) | (long) id << ID_SHIFT;
  }

  /** A natural number, or a memory's address, with another bound. */
  static long bounded(long fact, long bound) {
    return fact & ~MOST | bound;
  }

  /** The lower half, extended with zeros; {@code id} names it if it is another number. */
  static long truncated(long fact, int id) {
    return isU32(fact) ? fact : u32(id);
  }

  /** Whether both are of kind {@link #NATURAL}. */
  static boolean areNatural(long a, long b) {
    long kind = (long) NATURAL << KIND_SHIFT;
    return ((a ^ kind) | (b ^ kind)) >>> KIND_SHIFT == 0;
  }

  /** The same as {@link #either} of what {@link #areNatural}: what most values are. */
  static long joined(long a, long b) {
    long ids = (long) MOST_IDS << ID_SHIFT;
    long id = ((a ^ b) & ids) == 0 ? a & ids : 0;
    return (long) NATURAL << KIND_SHIFT | id | Math.max(a & MOST, b & MOST);
  }

  /** What a value is of which is known that it is one or the other; neither is the other. */
  static long either(long a, long b) {
    if (isNatural(a) && isNatural(b)) {
      return merged(a, b);
    }
    if (kind(a) == ProofValues.MEMORY && kind(b) == ProofValues.MEMORY) {
      return of(ProofValues.MEMORY, 0, Math.max(number(a), number(b)));
    }
    boolean areNumbers = isU32(a) && isU32(b);
    return areNumbers ? u32(0) : UNKNOWN;
  }

  private static long merged(long a, long b) {
    long bound = Math.max(number(a), number(b));
    int id = id(a);
    if (id == 0 || id != id(b)) {
      boolean areEightfold = kind(a) == EIGHTFOLD && kind(b) == EIGHTFOLD;
      return of(areEightfold ? EIGHTFOLD : NATURAL, 0, bound);
    }
    return of(kind(a) == kind(b) ? kind(a) : CLAMPED, id, bound);
  }

  /**
   * What is assumed at the head of a loop of what comes there first: that it keeps its kind, and
   * numbers their width.
   *
   * @param id names what is there, from now on
   */
  static long assumed(long fact, int id) {
    int kind = kind(fact);
    return switch (kind) {
      case EXACT, NATURAL, CLAMPED -> number(fact) <= ProofValues.U32 ? u32(id) : UNKNOWN;
      case ProofValues.MEMORY -> named(fact, 0);
      case ProofValues.REFERENCE -> named(fact, id);
      case ProofValues.REFERENCE_TYPE -> u32(id);
      case ProofValues.REFERENCE_CODE, ProofValues.REFERENCE_CONTEXT -> UNKNOWN;
      case ProofValues.JUMP_ENTRY, ProofValues.JUMP_TARGET -> UNKNOWN;
      default -> fact;
    };
  }

  /** The id, if it names a value. */
  static int name(long fact) {
    return switch (kind(fact)) {
      case NATURAL, CLAMPED, ProofValues.MEMORY -> id(fact);
      case ProofValues.REFERENCE,
          ProofValues.REFERENCE_TYPE,
          ProofValues.REFERENCE_CODE,
          ProofValues.REFERENCE_CONTEXT ->
          id(fact);
      default -> QuickMachine.NO_ID;
    };
  }

  /** Whether {@code fact} is as {@code head}, at the head of a loop, assumes. */
  static boolean isAssumed(long head, long fact) {
    if (head == fact || head == UNKNOWN) {
      return true;
    }
    return switch (kind(head)) {
      case NATURAL -> {
        long bound = bound(fact);
        yield bound >= 0 && bound <= number(head);
      }
      case ProofValues.MEMORY, EIGHTFOLD ->
          kind(fact) == kind(head) && number(fact) <= number(head);
      case ProofValues.REFERENCE -> kind(fact) == ProofValues.REFERENCE;
      default -> false;
    };
  }
}
