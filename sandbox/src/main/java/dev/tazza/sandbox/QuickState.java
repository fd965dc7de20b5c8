package dev.tazza.sandbox;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the quick proof knows at one point of a function: a {@link Fact} of each place (places are
 * those of a {@link State}), and a few claims about named values.
 */
final class QuickState {
  private static final int FEW_CLAIMS = 12;
  private static final int MANY_CLAIMS = 48;
  private static final int ID_BITS = Fact.ID_BITS;

  // Claims have three ids, from the lowest bits on, and are of the kinds below, which say what the
  // rest of the bits are.

  /** What {@code a} and {@code b} name, plus the constant, is at most the length of memory 0. */
  private static final long WITHIN = 0;

  /** What {@code a} and {@code b} name, plus the constant, is {@code c}, which is not 0. */
  private static final long SUM = 1;

  /** What {@code a} names is below the length of table {@code b}. */
  private static final long BELOW = 1L << 63;

  /** The reference {@code a} has type {@code b}. */
  private static final long TYPE = 1L << 63 | 1L << 2 * ID_BITS;

  /** No function reference is known to have the context in r14. */
  static final int NO_REFERENCE = 0;

  /** So many places are compared one by one where ways meet. */
  private static final int NEAR_PLACES = 17;

  private final byte[] different = new byte[NEAR_PLACES];
  long[] at = new long[128];
  int places;

  /** The stack has been checked down to this distance below rsp at the start; -1: not at all. */
  int checked;

  /** The reference that is known to have the context in r14, or none. */
  int inContext;

  /** Whether a place may hold what a call can make out of date, see {@link #forgetMovable}. */
  boolean mayMove;

  /** At the head of a loop, the first of the ids for what is in places there. */
  private int firstName;

  private int claimCount;
  private int mostClaims;
  private long[] claims = new long[FEW_CLAIMS];
  private long[] constants = new long[FEW_CLAIMS];

  /**
   * @param isCareful whether to hold on to more
   */
  void start(boolean isCareful) {
    mostClaims = isCareful ? MANY_CLAIMS : FEW_CLAIMS;
    ensureClaims(mostClaims);
    places = State.FIRST_SLOT;
    Arrays.fill(at, 0, places, Fact.UNKNOWN);
    checked = -1;
    mayMove = false;
    inContext = NO_REFERENCE;
    claimCount = 0;
  }

  void copy(QuickState from) {
    ensureRoom(from.places);
    places = from.places;
    System.arraycopy(from.at, 0, at, 0, places);
    checked = from.checked;
    inContext = from.inContext;
    mayMove = from.mayMove;
    mostClaims = from.mostClaims;
    claimCount = from.claimCount;
    ensureClaims(mostClaims);
    for (int i = 0; i < claimCount; i++) {
      claims[i] = from.claims[i];
      constants[i] = from.constants[i];
    }
  }

  private void ensureRoom(int room) {
    if (room > at.length) {
      at = Arrays.copyOf(at, Math.max(room, at.length * 2));
    }
  }

  private void ensureClaims(int room) {
    if (room > claims.length) {
      claims = new long[room];
      constants = new long[room];
    }
  }

  long get(int place) {
    return place < places ? at[place] : Fact.UNKNOWN;
  }

  void set(int place, long fact) {
    if (place >= places) {
      if (fact == Fact.UNKNOWN) {
        return;
      }
      ensureRoom(place + 1);
      Arrays.fill(at, places, place, Fact.UNKNOWN);
      places = place + 1;
    }
    at[place] = fact;
  }

  /** Forgets all places from {@code place} on. */
  void cut(int place) {
    places = Math.min(places, place);
  }

  /** Forgets tables and memories that may have moved, and lengths that may have grown. */
  void forgetMovable(ModuleRules rules) {
    if (!mayMove) {
      return;
    }
    mayMove = false;
    for (int place = 0; place < places; place++) {
      long fact = at[place];
      switch (Fact.kind(fact)) {
        case ProofValues.MEMORY -> {
          if (!rules.staysInPlace(0)) {
            at[place] = Fact.UNKNOWN;
          }
        }
        case ProofValues.TABLE, Fact.ELEMENT -> {
          if (!rules.isTableFixed(Fact.id(fact))) {
            at[place] = Fact.UNKNOWN;
          }
        }
        case ProofValues.MEMORY_LENGTH -> at[place] = Fact.UNKNOWN;
        case ProofValues.TABLE_LENGTH -> at[place] = Fact.u32(0);
        default -> {}
      }
    }
  }

  // Claims.

  /**
   * @param kind {@link #BELOW} or {@link #TYPE}
   */
  private static long claim(long kind, int a, int b) {
    return kind | (long) b << ID_BITS | a;
  }

  /** The same whatever the order of {@code a} and {@code b}. */
  private static long sum(int a, int b, int c) {
    return (long) c << 2 * ID_BITS | (long) Math.max(a, b) << ID_BITS | Math.min(a, b);
  }

  private static long within(int a, int b) {
    return sum(a, b, 0);
  }

  private static int idOf(long claim, int number) {
    return (int) (claim >>> number * ID_BITS) & Fact.MOST_IDS;
  }

  private static long kindOf(long claim) {
    if (claim < 0) {
      return claim & TYPE;
    }
    return idOf(claim, 2) == 0 ? WITHIN : SUM;
  }

  private void add(long claim, long constant) {
    if (has(claim, constant)) {
      return;
    }
    if (claimCount == mostClaims) {
      // The oldest one goes.
      claimCount--;
      System.arraycopy(claims, 1, claims, 0, claimCount);
      System.arraycopy(constants, 1, constants, 0, claimCount);
    }
    claims[claimCount] = claim;
    constants[claimCount++] = constant;
  }

  private boolean has(long claim, long constant) {
    for (int i = 0; i < claimCount; i++) {
      if (claims[i] == claim && constants[i] == constant) {
        return true;
      }
    }
    return false;
  }

  /** {@code sum} now names what {@code a} and {@code b} name plus {@code constant}; 0 names 0. */
  void noteSum(int sum, int a, int b, long constant) {
    add(sum(a, b, sum), constant);
  }

  /** What {@code id} names plus {@code constant} is within memory 0, so its summands are. */
  void noteWithin(int id, long constant) {
    add(within(id, 0), constant);
    if (id == 0) {
      return;
    }
    for (int i = claimCount - 1; i >= 0; i--) {
      long claim = claims[i];
      if (kindOf(claim) == SUM && idOf(claim, 2) == id) {
        add(claim & (1L << 2 * ID_BITS) - 1, constants[i] + constant);
        return;
      }
    }
  }

  /** Whether what {@code a} and {@code b} name plus {@code constant} is within memory 0. */
  boolean isWithin(int a, int b, long constant) {
    long claim = within(a, b);
    for (int i = 0; i < claimCount; i++) {
      if (claims[i] == claim && constants[i] >= constant) {
        return true;
      }
    }
    return false;
  }

  void noteBelow(int id, int table) {
    add(claim(BELOW, id, table), 0);
  }

  boolean isBelow(int id, int table) {
    return id != 0 && has(claim(BELOW, id, table), 0);
  }

  void noteType(int reference, int type) {
    if (type <= Fact.MOST_IDS) {
      add(claim(TYPE, reference, type), 0);
    }
  }

  /** The type of a reference, or -1. */
  int typeOf(int reference) {
    for (int i = 0; i < claimCount; i++) {
      long claim = claims[i];
      if (kindOf(claim) == TYPE && idOf(claim, 0) == reference) {
        return idOf(claim, 1);
      }
    }
    return -1;
  }

  // Where ways meet.

  /**
   * Takes {@code from} for another way to here.
   *
   * @param limits bound counters, if this is the head of a loop, else null
   * @return whether less is known than before
   */
  boolean join(QuickState from, @Nullable LoopLimits limits) {
    boolean changed = places > from.places;
    places = Math.min(places, from.places);
    long[] others = from.at;
    int near = Math.min(places, NEAR_PLACES);
    int count = differences(others, near);
    for (int i = 0; i < count; i++) {
      changed |= joinPlace(different[i], others[different[i]], limits);
    }
    int place = firstDifference(others, near);
    while (place < places) {
      changed |= joinPlace(place, others[place], limits);
      place = firstDifference(others, place + 1);
    }
    mayMove |= from.mayMove;
    if (checked > from.checked) {
      checked = from.checked;
      changed = true;
    }
    if (inContext != NO_REFERENCE && inContext != from.inContext) {
      inContext = NO_REFERENCE;
      changed = true;
    }
    return (claimCount != 0 && keepClaims(from)) | changed;
  }

  /**
   * Lists the places below {@code end} that are not the same in both. Without a jump for each:
   * nobody could guess them.
   *
   * @return how many there are
   */
  private int differences(long[] others, int end) {
    int count = 0;
    for (int place = 0; place < end; place++) {
      long difference = at[place] ^ others[place];
      different[count] = (byte) place;
      count += (int) ((difference | -difference) >>> 63);
    }
    return count;
  }

  /**
   * The first place, {@code from} or behind, that is not the same in both, or {@link #places}.
   * There may be hundreds of slots, of which few differ.
   */
  private int firstDifference(long[] others, int from) {
    int distance = Arrays.mismatch(at, from, places, others, from, places);
    return distance < 0 ? places : from + distance;
  }

  private boolean joinPlace(int place, long other, @Nullable LoopLimits limits) {
    if (limits != null) {
      return joinHead(place, other, limits);
    }
    long before = at[place];
    if (before == Fact.UNKNOWN) {
      return false;
    }
    long joined =
        Fact.areNatural(before, other) ? Fact.joined(before, other) : Fact.either(before, other);
    at[place] = joined;
    return joined != before;
  }

  private boolean joinHead(int place, long other, LoopLimits limits) {
    long before = at[place];
    int name = Fact.name(before);
    boolean fits = Fact.isAssumed(before, other);
    if (fits && (name == QuickMachine.NO_ID || name == own(place) || name == Fact.name(other))) {
      return false;
    }
    at[place] = fits ? Fact.assumed(before, own(place)) : widened(place, before, other, limits);
    return true;
  }

  /** Names what is in a place when control comes here, the head of a loop. */
  private int own(int place) {
    return place < QuickMachine.NAMED_PLACES ? firstName + place : QuickMachine.NO_ID;
  }

  /** What is assumed after something else than {@code before} has turned out to be there. */
  private long widened(int place, long before, long other, LoopLimits limits) {
    long bound = Fact.bound(other);
    if (!Fact.isNatural(before)
        || bound < 0
        || Math.max(Fact.number(before), bound) > ProofValues.U32) {
      return Fact.UNKNOWN;
    }
    long least = limits.least(place, Math.max(Fact.number(before), bound));
    return Fact.natural(least, own(place));
  }

  private static boolean isAbout(long claim, int id) {
    long kind = kindOf(claim);
    return idOf(claim, 0) == id
        || (kind == WITHIN || kind == SUM) && idOf(claim, 1) == id
        || kind == SUM && idOf(claim, 2) == id;
  }

  private boolean keepClaims(QuickState from) {
    int kept = 0;
    for (int i = 0; i < claimCount; i++) {
      if (from.has(claims[i], constants[i])) {
        claims[kept] = claims[i];
        constants[kept++] = constants[i];
      }
    }
    boolean changed = kept != claimCount;
    claimCount = kept;
    return changed;
  }

  /**
   * This is the head of a loop: all that may change in it gets another name.
   *
   * @param names the first of those for what is in places
   */
  void assume(LoopLimits limits, int names) {
    firstName = names;
    for (int place = 0; place < places; place++) {
      at[place] = assumed(place, limits);
    }
    inContext = NO_REFERENCE;
    claimCount = 0;
  }

  private long assumed(int place, LoopLimits limits) {
    long before = at[place];
    if (before == Fact.UNKNOWN) {
      return before;
    }
    long assumed = Fact.assumed(before, own(place));
    boolean isCounter = Fact.isNatural(before) && assumed != Fact.UNKNOWN && assumed != before;
    return isCounter ? Fact.bounded(assumed, limits.least(place, Fact.number(before))) : assumed;
  }

  /**
   * The same, but it is assumed that what no instruction of the loop seems to write stays the same,
   * and that numbers of one or two bytes stay that small.
   */
  void assume(LoopLimits limits, int names, LoopWrites writes) {
    firstName = names;
    inContext = NO_REFERENCE;
    int kept = 0;
    for (int i = 0; i < claimCount; i++) {
      if (isKept(claims[i], writes)) {
        claims[kept] = claims[i];
        constants[kept++] = constants[i];
      }
    }
    claimCount = kept;
    for (int place = 0; place < places; place++) {
      boolean changes = writes.isWritten(place) && !isElsewhere(Fact.name(at[place]), writes);
      at[place] = changes ? small(place, limits) : kept(place, writes);
    }
  }

  /** Whether a value is also in a place that the loop does not write, from where it is restored. */
  private boolean isElsewhere(int name, LoopWrites writes) {
    if (name == QuickMachine.NO_ID || writes.names(name)) {
      return false;
    }
    for (int place = 0; place < places; place++) {
      if (Fact.name(at[place]) == name && !writes.isWritten(place)) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing that a claim is about gets its name in the loop. */
  private static boolean isKept(long claim, LoopWrites writes) {
    for (int number = 0; number < 3; number++) {
      int id = idOf(claim, number);
      if (isAbout(claim, id) && writes.names(id)) {
        return false;
      }
    }
    return true;
  }

  /** What is assumed of a place that keeps its value. */
  private long kept(int place, LoopWrites writes) {
    long before = at[place];
    int name = Fact.name(before);
    if (writes.names(name) || isTransient(Fact.kind(before))) {
      boolean isNatural = Fact.kind(before) == Fact.NATURAL;
      return isNatural ? Fact.named(before, own(place)) : Fact.assumed(before, own(place));
    }
    boolean isUnnamed = Fact.kind(before) == Fact.NATURAL && name == QuickMachine.NO_ID;
    return isUnnamed ? Fact.named(before, own(place)) : before;
  }

  private static boolean isTransient(int kind) {
    return kind == ProofValues.JUMP_ENTRY || kind == ProofValues.JUMP_TARGET;
  }

  private long small(int place, LoopLimits limits) {
    long before = at[place];
    long assumed = assumed(place, limits);
    if (Fact.kind(before) != Fact.NATURAL || assumed == Fact.UNKNOWN) {
      return assumed;
    }
    long most = Fact.number(before) <= 0xff ? 0xff : Fact.number(before) <= 0xffff ? 0xffff : -1;
    return most < 0 ? assumed : Fact.bounded(assumed, Math.min(most, Fact.number(assumed)));
  }
}
