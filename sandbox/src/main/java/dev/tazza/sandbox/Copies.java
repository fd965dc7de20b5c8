package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Places that hold, wherever a round of one loop begins, what another place holds that the loop
 * leaves alone: registers that a round uses for other things and then loads again.
 *
 * <p>What is noted while the loop is explored is a guess, of which the proof is that each way to
 * the loop's start agrees with what was assumed there.
 */
final class Copies {
  /** That a place takes. */
  private static final int BYTES = 4;

  private final Room room;

  /** By place: where else the same is, or -1. */
  private int[] original = new int[0];

  Copies(Room room) {
    this.room = room;
  }

  /**
   * Control comes to the loop's start with {@code state} for the first time.
   *
   * @param changed places that the loop changes
   */
  void begin(State state, BitSet changed) {
    room.take((long) BYTES * state.places);
    original = new int[state.places];
    Arrays.fill(original, -1);
    for (int place = changed.nextSetBit(0);
        place >= 0 && place < state.places;
        place = changed.nextSetBit(place + 1)) {
      original[place] = find(state, changed, state.at[place]);
    }
  }

  private static int find(State state, BitSet changed, int value) {
    if (value != DEAD) {
      for (int place = State.FIRST_SLOT; place < state.places; place++) {
        if (state.at[place] == value && !changed.get(place)) {
          return place;
        }
      }
    }
    return -1;
  }

  /** Control comes there again. */
  void check(State state) {
    for (int place = 0; place < original.length; place++) {
      int of = original[place];
      if (of >= 0 && (state.get(place) == DEAD || state.get(place) != state.get(of))) {
        original[place] = -1;
      }
    }
  }

  /** Where else the value of a place is at the start of each round, or -1. */
  int original(int place) {
    return place < original.length ? original[place] : -1;
  }
}
