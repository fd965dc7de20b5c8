package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Values that grow in step with another one, round by round of one loop: if {@code b} starts in
 * known bounds, grows by {@code d} and is bounded by the loop's test, then {@code a}, which grows
 * by {@code c} whenever b grows by d, is bounded too, without a test of its own.
 *
 * <p>What is noted while loops are explored is a guess. It is used when all is done once more, and
 * then each way into the loop and each way back is checked to be as was guessed.
 */
final class Counters {
  /** That a place takes. */
  private static final int BYTES = 29;

  private final ProofValues values;
  private final Room room;

  /** By place: what each round adds, 0 if that is not known or not the same. */
  private long[] steps = new long[32];

  private boolean[] hasStep = new boolean[32];

  /** By place: its bounds where the loop is entered. */
  private long[] firstLow = new long[32];

  private long[] firstHigh = new long[32];
  private int entered;

  /** By place: the place that it goes along with, or -1. */
  private int[] leader = new int[32];

  private boolean isUsed;

  Counters(ProofValues values, Room room) {
    this.values = values;
    this.room = room;
    room.take((long) BYTES * steps.length);
  }

  private void ensureRoom(int count) {
    if (count > steps.length) {
      int size = Math.max(count, steps.length * 2);
      room.take((long) BYTES * (size - steps.length));
      steps = Arrays.copyOf(steps, size);
      hasStep = Arrays.copyOf(hasStep, size);
      firstLow = Arrays.copyOf(firstLow, size);
      firstHigh = Arrays.copyOf(firstHigh, size);
      leader = Arrays.copyOf(leader, size);
    }
  }

  /** The loop is entered with {@code state}. */
  void noteEntry(State state) {
    ensureRoom(state.places);
    for (int place = 0; place < state.places; place++) {
      int value = state.at[place];
      if (place >= entered) {
        firstLow[place] = values.low[value];
        firstHigh[place] = values.high[value];
      } else {
        firstLow[place] = Math.min(firstLow[place], values.low[value]);
        firstHigh[place] = Math.max(firstHigh[place], values.high[value]);
      }
    }
    entered = Math.max(entered, state.places);
  }

  /**
   * The loop is entered with {@code state} when all is done once more, and more is known than when
   * entries were noted: of what had no bounds then.
   */
  void enter(State state) {
    for (int place = 0; place < Math.min(entered, state.places); place++) {
      int value = state.at[place];
      if (value != DEAD && !isFinite(firstLow[place], firstHigh[place])) {
        firstLow[place] = values.low[value];
        firstHigh[place] = values.high[value];
      }
    }
  }

  /** A round that began with {@code state} ends with {@code from}. */
  void noteRound(State state, State from) {
    int places = Math.min(Math.min(state.places, from.places), entered);
    for (int place = 0; place < places; place++) {
      long step = step(state.at[place], from.at[place]);
      if (step != 0) {
        boolean agrees = !hasStep[place] || steps[place] == step;
        hasStep[place] = true;
        steps[place] = agrees ? step : 0;
      }
    }
  }

  /** How much {@code now} is above {@code before}, or 0 if that is not known. */
  private long step(int before, int now) {
    boolean related =
        before != DEAD
            && now != DEAD
            && values.root[before] == values.root[now]
            && values.rootShift[before] == 0
            && values.rootShift[now] == 0
            && values.kind[before] == ProofValues.SCALAR
            && values.kind[now] == ProofValues.SCALAR;
    return related ? values.offset[now] - values.offset[before] : 0;
  }

  /**
   * Narrows what was found to hold at the loop's start, for counters that go along with a better
   * one.
   */
  void use(State found, BitSet changes) {
    Arrays.fill(leader, -1);
    isUsed = false;
    for (int place = changes.nextSetBit(0); place >= 0; place = changes.nextSetBit(place + 1)) {
      if (place < entered
          && hasStep[place]
          && steps[place] != 0
          && isFinite(firstLow[place], firstHigh[place])) {
        follow(found, changes, place);
      }
    }
  }

  private void follow(State found, BitSet changes, int place) {
    int value = found.get(place);
    if (value == DEAD) {
      value = values.unknown();
      found.set(place, value);
    }
    if (values.kind[value] != ProofValues.SCALAR) {
      return;
    }
    long low = values.low[value];
    long high = values.high[value];
    long best = steps[place] > 0 ? high : low;
    int bestLeader = -1;
    for (int other = changes.nextSetBit(0); other >= 0; other = changes.nextSetBit(other + 1)) {
      if (other != place && isLeader(found, other)) {
        long way = way(found, other, steps[place]);
        long end = steps[place] > 0 ? firstHigh[place] + way : firstLow[place] + way;
        if (steps[place] > 0 ? end < best : end > best) {
          best = end;
          bestLeader = other;
        }
      }
    }
    if (bestLeader >= 0) {
      leader[place] = bestLeader;
      isUsed = true;
      long from = steps[place] > 0 ? firstLow[place] : best;
      long to = steps[place] > 0 ? best : firstHigh[place];
      found.at[place] = values.range(from, to);
    }
  }

  private boolean isLeader(State found, int place) {
    int value = found.get(place);
    return place < entered
        && leader[place] < 0
        && hasStep[place]
        && steps[place] != 0
        && value != DEAD
        && values.kind[value] == ProofValues.SCALAR
        && isFinite(values.low[value], values.high[value])
        && isFinite(firstLow[place], firstHigh[place]);
  }

  private static boolean isFinite(long low, long high) {
    return low >= -(1L << 40) && high <= 1L << 40;
  }

  /** How far something can get by {@code step} for each step of {@code leader}. */
  private long way(State found, int place, long step) {
    int value = found.at[place];
    long distance =
        steps[place] > 0
            ? values.high[value] - firstLow[place]
            : values.low[value] - firstHigh[place];
    // Both have the sign of the leader's step.
    long rounds = Math.max(0, Math.ceilDiv(distance, steps[place]));
    return Math.abs(step) > 1L << 20 ? step * (1L << 20) * (1L << 20) : rounds * step;
  }

  /** Whether {@code place} is bounded by going along with another one. */
  boolean follows(int place) {
    return isUsed && place < leader.length && leader[place] >= 0;
  }

  /** Whether the loop is entered as was noted; only asked when it is used. */
  boolean isEntry(State state) {
    if (!isUsed) {
      return true;
    }
    for (int place = 0; place < entered; place++) {
      if (leader[place] >= 0 && !(isFirst(state, place) && isFirst(state, leader[place]))) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code state}, where the loop starts, assumes no more than was bounded. */
  boolean isAssumed(State state, State found) {
    if (!isUsed) {
      return true;
    }
    for (int place = 0; place < entered; place++) {
      if (leader[place] >= 0
          && !(isWithin(state, found, place) && isWithin(state, found, leader[place]))) {
        return false;
      }
    }
    return true;
  }

  private boolean isWithin(State state, State found, int place) {
    int value = state.get(place);
    int bounds = found.get(place);
    return value != DEAD
        && bounds != DEAD
        && values.kind[value] == ProofValues.SCALAR
        && values.low[value] >= values.low[bounds]
        && values.high[value] <= values.high[bounds];
  }

  private boolean isFirst(State state, int place) {
    int value = state.get(place);
    return value != DEAD
        && values.kind[value] == ProofValues.SCALAR
        && values.low[value] >= firstLow[place]
        && values.high[value] <= firstHigh[place];
  }

  /** Whether a round from {@code state} to {@code from} moved all of them in step. */
  boolean isRound(State state, State from) {
    if (!isUsed) {
      return true;
    }
    for (int place = 0; place < entered; place++) {
      if (leader[place] >= 0 && !isInStep(state, from, place, leader[place])) {
        return false;
      }
    }
    return true;
  }

  private boolean isInStep(State state, State from, int place, int by) {
    if (!isRelated(state, from, place) || !isRelated(state, from, by)) {
      return false;
    }
    long step = step(state.at[place], from.at[place]);
    long leading = step(state.at[by], from.at[by]);
    boolean sameWay = leading == 0 || leading > 0 == steps[by] > 0;
    return sameWay && Math.abs(leading) <= 1L << 40 && isProportional(step, leading, place, by);
  }

  private boolean isProportional(long step, long leading, int place, int by) {
    // steps are at most 2^20, see way
    return Math.abs(step) <= 1L << 40
        && Math.abs(steps[place]) <= 1L << 20
        && Math.abs(steps[by]) <= 1L << 20
        && step * steps[by] == leading * steps[place];
  }

  private boolean isRelated(State state, State from, int place) {
    int before = state.get(place);
    int now = from.get(place);
    return before != DEAD
        && now != DEAD
        && values.root[before] == values.root[now]
        && values.rootShift[before] == 0
        && values.rootShift[now] == 0
        && values.kind[now] == ProofValues.SCALAR;
  }
}
