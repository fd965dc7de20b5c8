package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;
import static dev.tazza.sandbox.ProofValues.U32;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known where several ways meet: what is known on each of them.
 *
 * <p>At the start of a loop values would grow round by round. There, the second time that a value
 * grows it is taken for as wide as its operand size, then for unknown. Bounds that need the loop's
 * test to be found ({@link #limits}) are tried one by one when a function could not be proved
 * otherwise.
 */
final class Joins {
  /** So many joins with another than the first are remembered, which bounds the search. */
  private static final int MOST_FURTHER = 32;

  /** Numbers above this are near zero. */
  private static final long LEAST_NEAR = -(1L << 16);

  private final ProofValues values;
  private final ModuleRules rules;
  private final JoinedLengths lengths;

  /** Two each: root, and a number that a value with this root was compared with. */
  private long[] limits = new long[64];

  private int limitCount;

  /** Whether loops look for the smallest bounds that hold. */
  boolean precise;

  /** Whether limits are to be noted. */
  boolean isCurious;

  private int epoch;

  /** Three each: two values that were joined in this epoch, and what was made of them. */
  private final int[] further = new int[3 * MOST_FURTHER];

  private int furtherCount;
  private boolean isLoop;

  /** Whether no other place was found to hold the value that is joined. */
  private boolean isFirstUse;

  private int block;

  Joins(ProofValues values, ModuleRules rules) {
    this.values = values;
    this.rules = rules;
    lengths = new JoinedLengths(values, rules);
  }

  void start() {
    limitCount = 0;
  }

  /**
   * Adds to {@code state}, what is known at the start of {@code atBlock}, one way more.
   *
   * @param changes takes the places that a round of the loop changes, if not null
   * @param counters says of which of those the way need not be followed, if not null
   * @return whether less is known than before
   */
  boolean add(
      State state,
      State from,
      int atBlock,
      boolean atLoop,
      @Nullable BitSet changes,
      @Nullable Counters counters) {
    epoch = values.nextEpoch();
    furtherCount = 0;
    block = atBlock;
    isLoop = atLoop;
    boolean changed = state.keepFacts(from);
    if (state.places > from.places) {
      state.cut(from.places);
      changed = true;
    }
    for (int place = 0; place < state.places; place++) {
      int a = state.at[place];
      int b = from.at[place];
      if (a != b && changes != null && !isSame(a, b)) {
        changes.set(place);
      }
      boolean follows = counters != null && counters.follows(place);
      if (!follows && (a != b || a != DEAD && values.isJoined(a, block))) {
        int joined = a == DEAD ? DEAD : b == DEAD ? DEAD : join(a, b);
        if (joined != a) {
          state.at[place] = joined;
          changed = true;
        }
      }
    }
    return changed;
  }

  /** Places that held the same before hold the same afterwards. */
  private int join(int a, int b) {
    if (areSame(a, b) || isSame(a, b) && includesBounds(a, b)) {
      return a;
    }
    boolean seen = values.seenIn[a] == epoch;
    if (seen && values.seenWith[a] == b) {
      return values.seenResult[a];
    }
    int known = seen ? furtherJoin(a, b) : DEAD;
    if (known != DEAD) {
      return known;
    }
    boolean mayKeep = !seen && (a == b || values.isJoined(a, block) && includes(a, b));
    isFirstUse = !seen;
    int result = mayKeep ? a : merge(a, b);
    if (!seen) {
      values.seenIn[a] = epoch;
      values.seenWith[a] = b;
      values.seenResult[a] = result;
    } else {
      noteFurtherJoin(a, b, result);
    }
    return result;
  }

  /** What was made of a value that is joined with more than one other, as constants often are. */
  private int furtherJoin(int a, int b) {
    for (int i = 0; i < furtherCount; i += 3) {
      if (further[i] == a && further[i + 1] == b) {
        return further[i + 2];
      }
    }
    return DEAD;
  }

  private void noteFurtherJoin(int a, int b, int result) {
    if (furtherCount < further.length) {
      further[furtherCount++] = a;
      further[furtherCount++] = b;
      further[furtherCount++] = result;
    }
  }

  /** Whether both are the same 64 bits, and no more is known of {@code a} than of {@code b}. */
  private boolean areSame(int a, int b) {
    return values.low[a] == values.high[a]
        && values.low[a] == values.low[b]
        && values.high[a] == values.high[b]
        && values.kind[a] == values.kind[b]
        && values.aux[a] == values.aux[b]
        && isUnique(values.kind[a])
        && values.lengthKind[a] == ProofValues.NO_LENGTH;
  }

  /** Whether both are the same distance from the same value. */
  private boolean isSame(int a, int b) {
    return values.root[a] == values.root[b]
        && values.offset[a] == values.offset[b]
        && values.rootShift[a] == values.rootShift[b];
  }

  /** Whether there is but one value of a kind with a distance. */
  private static boolean isUnique(int kind) {
    return switch (kind) {
      case ProofValues.SCALAR,
          ProofValues.STACK,
          ProofValues.STORE,
          ProofValues.INSTANCE,
          ProofValues.CODE ->
          true;
      default -> false;
    };
  }

  /** Whether what is known of {@code a} holds for {@code b}. */
  private boolean includes(int a, int b) {
    boolean relates = values.sumLeft[a] != DEAD || values.minus[a] != DEAD;
    return includesBounds(a, b) && (!relates || values.root[a] == values.root[b]);
  }

  /** The same but for relations to other values. */
  boolean includesBounds(int a, int b) {
    if (isAnything(a)
        || values.isAt(a, ProofValues.REFERENCE, 0) && isReference(b, values.aux[a])) {
      return true;
    }
    boolean sameKind = values.kind[a] == values.kind[b] && values.aux[a] == values.aux[b];
    boolean number = values.kind[a] == ProofValues.SCALAR && !values.isPointer(b);
    if (!sameKind && !number || values.low[b] < values.low[a] || values.high[b] > values.high[a]) {
      return false;
    }
    long step = values.step[a];
    if (step > 1
        && (Math.floorMod(values.low[b] - values.low[a], step) != 0
            || values.low[b] != values.high[b] && values.step[b] % step != 0)) {
      return false;
    }
    if (values.lengthKind[a] != ProofValues.NO_LENGTH && !lengths.has(b, a)) {
      return false;
    }
    return true;
  }

  private boolean isAnything(int value) {
    return values.kind[value] == ProofValues.SCALAR
        && values.low[value] == Long.MIN_VALUE
        && values.high[value] == Long.MAX_VALUE
        && values.lengthKind[value] == ProofValues.NO_LENGTH
        && values.sumLeft[value] == DEAD
        && values.minus[value] == DEAD
        && values.root[value] == value;
  }

  /** A value of which is known what is known of both. */
  private int merge(int a, int b) {
    int kind = values.kind[a];
    if (kind != values.kind[b] || values.aux[a] != values.aux[b]) {
      return mergeKinds(a, b);
    }
    boolean sameValue = isSame(a, b);
    long low = Math.min(values.low[a], values.low[b]);
    long high = Math.max(values.high[a], values.high[b]);
    if (values.kind[a] >= ProofValues.FIRST_POINTER && !isRange(kind) && low != high) {
      return mergeKinds(a, b);
    }
    int result = values.make(kind, values.aux[a], low, high);
    boolean grows = isLoop && isFirstUse && values.isJoined(a, block) && !sameValue;
    if (grows) {
      // Still the value of that place at the start of the round.
      values.root[result] = values.root[a];
      values.offset[result] = values.offset[a];
      values.rootShift[result] = values.rootShift[a];
    } else if (sameValue) {
      values.root[result] = values.root[a];
      values.offset[result] = values.offset[a];
      values.rootShift[result] = values.rootShift[a];
      values.sumLeft[result] = values.sumLeft[a];
      values.sumRight[result] = values.sumRight[a];
      values.minus[result] = values.minus[a];
    }
    if (values.wrapRoot[a] == values.wrapRoot[b] && values.wrapOffset[a] == values.wrapOffset[b]) {
      values.wrapRoot[result] = values.wrapRoot[a];
      values.wrapOffset[result] = values.wrapOffset[a];
    }
    values.step[result] = step(a, b);
    values.setJoined(result, block);
    if (grows && (low < values.low[a] || high > values.high[a])) {
      widen(a, result);
    }
    lengths.join(
        a, b, result, isLoop && values.isJoined(a, block), isLoop && values.isJoined(b, block));
    return result;
  }

  /** One of both values, nobody knows which. */
  int either(int a, int b) {
    if (a == b) {
      return a;
    }
    isLoop = false;
    isFirstUse = false;
    block = -1;
    return merge(a, b);
  }

  /**
   * One of both values: {@code b} if some condition holds.
   *
   * @param always what {@code a} is, as far as that does not depend on the condition
   * @param otherAlways the same of {@code b}
   * @param likeA is within a length as {@code a} is if not, or {@link ProofValues#DEAD}
   * @param likeB is within a length as {@code b} is then, or {@link ProofValues#DEAD}
   */
  int chosen(int a, int b, int always, int otherAlways, int likeA, int likeB) {
    int result = either(a, b);
    if (result == a || result == b) {
      return result;
    }
    lengths.chooseLeast(a, otherAlways, result);
    lengths.chooseLeast(b, always, result);
    if (likeB != DEAD) {
      lengths.choose(a, likeB, result);
    }
    if (likeA != DEAD && values.lengthKind[result] == ProofValues.NO_LENGTH) {
      // Such as the lesser of a number and a length.
      lengths.joinAlike(likeA, likeB == DEAD ? b : likeB, result);
    }
    return result;
  }

  private static boolean isRange(int kind) {
    return kind == ProofValues.MEMORY || kind == ProofValues.TABLE || kind == ProofValues.CODE;
  }

  private long step(int a, int b) {
    long stepA = values.low[a] == values.high[a] ? 0 : values.step[a];
    long stepB = values.low[b] == values.high[b] ? 0 : values.step[b];
    long distance = values.low[a] - values.low[b];
    return Arithmetic.gcd(Arithmetic.gcd0(stepA, stepB), distance);
  }

  private int mergeKinds(int a, int b) {
    int result;
    int typeA = typeOf(a);
    int typeB = typeA == ReferenceTypes.NONE ? ReferenceTypes.NONE : typeOf(b);
    if (typeB != ReferenceTypes.NONE) {
      result = values.make(ProofValues.REFERENCE, rules.types().common(typeA, typeB), 0, 0);
    } else if (values.isPointer(a) || values.isPointer(b)) {
      result = values.unknown();
    } else {
      // Lengths and the like, as numbers.
      long low = Math.min(values.low[a], values.low[b]);
      result = values.range(low, Math.max(values.high[a], values.high[b]));
      lengths.join(
          a, b, result, isLoop && values.isJoined(a, block), isLoop && values.isJoined(b, block));
    }
    values.setJoined(result, block);
    return result;
  }

  /** Whether it is a function reference of a type, or null. */
  boolean isReference(int value, int type) {
    int actual = typeOf(value);
    return actual != ReferenceTypes.NONE && rules.types().matches(actual, type);
  }

  /** The type that it has if it is a function reference or null. */
  private int typeOf(int value) {
    if (values.low[value] != values.high[value]) {
      return ReferenceTypes.NONE;
    }
    long distance = values.low[value];
    return switch (values.kind[value]) {
      case ProofValues.REFERENCE -> distance == 0 ? values.aux[value] : ReferenceTypes.NONE;
      case ProofValues.SCALAR -> distance == 0 ? ReferenceTypes.NULL : ReferenceTypes.NONE;
      case ProofValues.INSTANCE ->
          rules.isOwnReference(distance)
              ? ReferenceTypes.ofDefined(rules.typeOfOwnReference(rules.ownReference(distance)))
              : ReferenceTypes.NONE;
      default -> ReferenceTypes.NONE;
    };
  }

  // Loops.

  /**
   * Takes it that the places which a round of a loop changes hold, at its start, what was found
   * before; if nothing was, what they hold now, but no longer the very same values.
   *
   * @param copies of these it is what they hold now
   */
  void assume(
      State state, @Nullable State found, BitSet changes, @Nullable Copies copies, int atBlock) {
    isLoop = false;
    block = atBlock;
    epoch = values.nextEpoch();
    for (int place = changes.nextSetBit(0); place >= 0; place = changes.nextSetBit(place + 1)) {
      int now = state.get(place);
      int before = found == null ? now : found.get(place);
      int original = copies == null ? -1 : copies.original(place);
      if (original >= 0 && !changes.get(original) && state.get(original) == now) {
        continue; // It is changed, and then back.
      }
      if (now == DEAD || before == DEAD) {
        state.set(place, DEAD);
      } else {
        state.at[place] = assumed(before, now);
      }
    }
  }

  /**
   * Guesses what holds at the start of a loop in each round: what the loop changes keeps its kind,
   * numbers their width.
   */
  void guess(State state, Liveness liveness, int atBlock) {
    block = atBlock;
    epoch = values.nextEpoch();
    for (int word = 0; word < liveness.words(); word++) {
      long rest = liveness.changedAt(atBlock, word);
      for (; rest != 0; rest &= rest - 1) {
        int place = Liveness.place(word, Long.numberOfTrailingZeros(rest));
        int now = state.get(place);
        if (now != DEAD) {
          state.at[place] = guessed(now);
        }
      }
    }
  }

  /**
   * Forgets of all numbers at the start of a loop that the loop may change what they are.
   *
   * @param keepsWidth whether they stay numbers of 32 bits, if they are
   */
  void forgetNumbers(State state, Liveness liveness, boolean keepsWidth, int atBlock) {
    block = atBlock;
    for (int word = 0; word < liveness.words(); word++) {
      long rest = liveness.changedAt(atBlock, word);
      for (; rest != 0; rest &= rest - 1) {
        forgetNumber(state, Liveness.place(word, Long.numberOfTrailingZeros(rest)), keepsWidth);
      }
    }
    for (int place = Liveness.place(liveness.words(), 0); place < state.places; place++) {
      forgetNumber(state, place, keepsWidth);
    }
  }

  private void forgetNumber(State state, int place, boolean keepsWidth) {
    int value = state.get(place);
    if (value == DEAD || values.isPointer(value)) {
      return;
    }
    if (!keepsWidth || !values.isU32(value)) {
      state.at[place] = DEAD;
    } else if (values.high[value] != U32 || !values.isJoined(value, block)) {
      int result = values.u32();
      values.setJoined(result, block);
      state.at[place] = result;
    }
  }

  private int guessed(int now) {
    if (values.seenIn[now] == epoch) {
      return values.seenResult[now];
    }
    int result;
    if (values.kind[now] != ProofValues.SCALAR) {
      result = values.make(values.kind[now], values.aux[now], values.low[now], values.high[now]);
      values.step[result] = values.step[now];
      values.noteMoved(now, result, 0);
    } else {
      result = values.isU32(now) ? values.u32() : values.unknown();
    }
    values.setJoined(result, block);
    values.seenIn[now] = epoch;
    values.seenResult[now] = result;
    return result;
  }

  private int assumed(int before, int now) {
    if (values.seenIn[before] == epoch && values.seenWith[before] == now) {
      return values.seenResult[before];
    }
    int result;
    if (includesBounds(before, now)) {
      result =
          values.make(
              values.kind[before], values.aux[before], values.low[before], values.high[before]);
      values.step[result] = values.step[before];
      values.noteMoved(before, result, 0);
    } else {
      result = merge(before, now);
      values.root[result] = result;
      values.offset[result] = 0;
      values.rootShift[result] = 0;
      values.sumLeft[result] = DEAD;
      values.minus[result] = DEAD;
    }
    values.setJoined(result, block);
    values.seenIn[before] = epoch;
    values.seenWith[before] = now;
    values.seenResult[before] = result;
    return result;
  }

  /** Notes that {@code value} was compared with numbers from {@code low} to {@code high}. */
  void noteLimit(int value, long low, long high) {
    addLimit(value, low);
    if (high != low) {
      addLimit(value, high);
    }
  }

  private void addLimit(int value, long number) {
    if (number == Long.MIN_VALUE || number == Long.MAX_VALUE || values.rootShift[value] != 0) {
      return;
    }
    if (limitCount + 2 > limits.length) {
      if (limits.length >= 1 << 14) {
        return;
      }
      limits = Arrays.copyOf(limits, limits.length * 2);
    }
    limits[limitCount] = values.root[value];
    limits[limitCount + 1] = number - values.offset[value];
    limitCount += 2;
  }

  private void widen(int a, int result) {
    long low = values.low[result];
    long high = values.high[result];
    long step = values.step[result];
    if (precise) {
      if (high > values.high[a]) {
        high = nextLimit(a, high, step, low);
      }
      if (low < values.low[a]) {
        low = previousLimit(a, low, step);
      }
    } else {
      if (high > values.high[a]) {
        high = widest(high);
      }
      if (low < values.low[a]) {
        low = low >= 0 ? 0 : low >= Integer.MIN_VALUE ? Integer.MIN_VALUE : Long.MIN_VALUE;
      }
    }
    values.low[result] = low;
    values.high[result] = high;
    if (step > 1 && low > Long.MIN_VALUE && high < Long.MAX_VALUE) {
      boolean even = Math.floorMod(values.low[a] - low, step) == 0;
      values.step[result] = even ? step : 1;
    } else {
      values.step[result] = 1;
    }
  }

  private static long widest(long high) {
    return high <= U32
        ? U32
        : high <= ProofValues.ADDRESSES ? ProofValues.ADDRESSES : Long.MAX_VALUE;
  }

  /** The least bound at or above {@code high} that some test may keep the value below. */
  private long nextLimit(int a, long high, long step, long low) {
    long best = high <= Integer.MAX_VALUE ? Integer.MAX_VALUE : widest(high);
    for (int i = 0; i < limitCount; i += 2) {
      if (limits[i] == values.root[a]) {
        for (int less = -1; less <= 1; less++) {
          long limit = limits[i + 1] + less * Math.max(1, step);
          if (limit >= high && limit < best) {
            best = limit;
          }
        }
      }
    }
    if (best != Long.MAX_VALUE && step > 1) {
      best -= Math.floorMod(best - low, step);
    }
    return best;
  }

  private long previousLimit(int a, long low, long step) {
    long best = low >= 0 ? 0 : low >= Integer.MIN_VALUE ? Integer.MIN_VALUE : Long.MIN_VALUE;
    for (int i = 0; i < limitCount; i += 2) {
      if (limits[i] == values.root[a]) {
        for (int less = -1; less <= 1; less++) {
          long limit = limits[i + 1] + less * Math.max(1, step);
          if (limit <= low && limit > best) {
            best = limit;
          }
        }
      }
    }
    // A little in front of something, such as a pointer that is clamped with an offset.
    return best < LEAST_NEAR && low > LEAST_NEAR ? low : best;
  }
}
