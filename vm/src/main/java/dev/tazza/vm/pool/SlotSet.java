package dev.tazza.vm.pool;

import java.util.Arrays;

/** A set of slots: adding, removing and picking any take constant time. Not thread-safe. */
final class SlotSet {
  private static final int ABSENT = -1;

  private final int[] slots;

  /** Where each is, or {@link #ABSENT}. */
  private final int[] places;

  private int size;

  /** An empty set for slots from 0 to {@code count - 1}. */
  SlotSet(int count) {
    slots = new int[count];
    places = new int[count];
    Arrays.fill(places, ABSENT);
  }

  int size() {
    return size;
  }

  boolean contains(int slot) {
    return places[slot] != ABSENT;
  }

  /** The slot at a place below {@link #size}; the one added last is at the highest. */
  int get(int place) {
    return slots[place];
  }

  void add(int slot) {
    if (contains(slot)) {
      throw new IllegalStateException("slot " + slot + " is free already");
    }
    slots[size] = slot;
    places[slot] = size++;
  }

  void remove(int slot) {
    int place = places[slot];
    int last = slots[--size];
    slots[place] = last;
    places[last] = place;
    places[slot] = ABSENT;
  }
}
