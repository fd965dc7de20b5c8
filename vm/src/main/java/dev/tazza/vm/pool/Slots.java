package dev.tazza.vm.pool;

import dev.tazza.vm.concurrent.ThreadCells;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which slots of a pool are free, and which one is next. Thread-safe; each method takes a constant
 * time, whatever the number of slots. A slot that was put back waits for the same thread first,
 * which gets it without a lock ({@link ThreadCells}); but for the strategy {@link
 * SlotStrategy#RANDOM}.
 *
 * <p>Other free warm slots are in two lists: all, by the time of their release, and those of each
 * affinity.
 */
final class Slots {
  /** No slot. */
  static final int NONE = -1;

  private static final int ROWS = 16;

  /** Two cache lines. */
  private static final int LEAST_ROW = 128;

  /** The slots that were last used for the same thing. */
  private static final class Affinity {
    private final Object key;
    private int newest = NONE;

    Affinity(Object key) {
      this.key = key;
    }
  }

  private final SlotStrategy strategy;
  private final int mostWarm;
  private final RandomGenerator random;
  private final ThreadCells<Integer> cells;
  private final SlotSet cold;
  private final SlotSet warm;

  // By free warm slot: the neighbours in the list of all, and in that of its affinity.
  private final int[] older;
  private final int[] newer;
  private final int[] olderAlike;
  private final int[] newerAlike;
  private final @Nullable Affinity[] affinities;

  /**
   * Which are taken. Neighbours, which different threads may have, are a row of the array apart, or
   * taking one would take the cache line of the other's.
   */
  private final boolean[] taken;

  private final int rowLength;

  /** By slot: what it was used for the last time. */
  private final @Nullable Object[] keys;

  private final Map<Object, Affinity> byKey = new HashMap<>();
  private int oldest = NONE;
  private int newest = NONE;

  /**
   * One that has no free slot any more, but probably will again: only when another one comes into
   * this state, it is forgotten. Or else a map would change with each instance.
   */
  private @Nullable Affinity emptied;

  /** Slots that {@link #put} returned and {@link #putCold} did not get yet. */
  private int cooling;

  private final LongAdder takes = new LongAdder();
  private final LongAdder reused = new LongAdder();

  /**
   * All slots are free and cold.
   *
   * @param mostWarm so many free ones may be warm
   * @param random for the strategy of this name
   */
  Slots(int count, SlotStrategy strategy, int mostWarm, RandomGenerator random) {
    this.strategy = strategy;
    this.mostWarm = mostWarm;
    this.random = random;
    cells = new ThreadCells<>(strategy == SlotStrategy.RANDOM ? 0 : Math.min(mostWarm, count) / 2);
    cold = new SlotSet(count);
    warm = new SlotSet(count);
    for (int i = count - 1; i >= 0; i--) {
      cold.add(i);
    }
    older = new int[count];
    newer = new int[count];
    olderAlike = new int[count];
    newerAlike = new int[count];
    affinities = new @Nullable Affinity[count];
    keys = new @Nullable Object[count];
    rowLength = Math.max(LEAST_ROW, (count + ROWS - 1) / ROWS);
    taken = new boolean[ROWS * rowLength];
  }

  /**
   * Takes a free slot. Waits for one that is about to become cold, if there is no other.
   *
   * @param key what it will be used for
   * @return the slot, or {@link #NONE}
   */
  int take(Object key) {
    int slot = takeAny(key);
    if (slot != NONE) {
      taken[placeOf(slot)] = true;
      takes.increment();
    }
    return slot;
  }

  private int placeOf(int slot) {
    return slot % ROWS * rowLength + slot / ROWS;
  }

  private void endTaking(int slot) {
    if (!taken[placeOf(slot)]) {
      throw new IllegalStateException("slot " + slot + " is free already");
    }
    taken[placeOf(slot)] = false;
  }

  private int takeAny(Object key) {
    Integer waiting = cells.peek();
    if (waiting != null) {
      boolean alike = key.equals(keys[waiting]);
      if ((alike || strategy == SlotStrategy.NEXT_AVAILABLE) && cells.remove(waiting)) {
        if (alike) {
          reused.increment();
        }
        return waiting;
      }
    }
    return takeShared(key);
  }

  private synchronized int takeShared(Object key) {
    if (warm.size() + cold.size() == 0) {
      cells.sweep(waiting -> addWarm(waiting, keyOf(waiting)));
    }
    boolean interrupted = false;
    while (cooling > 0 && warm.size() + cold.size() == 0) {
      try {
        wait();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    int slot =
        switch (strategy) {
          case NEXT_AVAILABLE -> newest != NONE ? newest : anyCold();
          case RANDOM -> any();
          case REUSE_AFFINITY -> alike(key);
        };
    if (slot == NONE) {
      return NONE;
    }
    Affinity affinity = affinities[slot];
    if (affinity != null) {
      if (affinity.key.equals(key)) {
        reused.increment();
      }
      removeWarm(slot, affinity);
    } else {
      cold.remove(slot);
    }
    return slot;
  }

  private int anyCold() {
    return cold.size() > 0 ? cold.get(cold.size() - 1) : NONE;
  }

  private int any() {
    int free = cold.size() + warm.size();
    if (free == 0) {
      return NONE;
    }
    int place = random.nextInt(free);
    return place < cold.size() ? cold.get(place) : warm.get(place - cold.size());
  }

  /** Rather a cold slot than one that another module will miss, while more may become warm. */
  private int alike(Object key) {
    Affinity affinity = byKey.get(key);
    if (affinity != null && affinity.newest != NONE) {
      return affinity.newest;
    }
    boolean takesCold = warm.size() + cells.opened() < mostWarm || oldest == NONE;
    return takesCold && cold.size() > 0 ? anyCold() : oldest;
  }

  /**
   * A warm slot has become free.
   *
   * @param key what it was used for
   * @return a slot that the caller must make cold and {@link #putCold}, as there are too many warm
   *     ones now; or {@link #NONE}
   */
  int put(int slot, Object key) {
    endTaking(slot);
    if (keys[slot] != key) { // neighbours are other threads': a write would take their cache line
      keys[slot] = key;
    }
    return cells.put(slot) ? NONE : putShared(slot);
  }

  private Object keyOf(int slot) {
    return Objects.requireNonNull(keys[slot]);
  }

  private synchronized int putShared(int slot) {
    Integer homeless = cells.exchange(slot);
    if (homeless != null) {
      addWarm(homeless, keyOf(homeless));
    }
    if (warm.size() + cells.opened() <= mostWarm) {
      return NONE;
    }
    int victim = oldest;
    removeWarm(victim, Objects.requireNonNull(affinities[victim]));
    cooling++;
    return victim;
  }

  /** A slot that {@link #put} returned is cold and free. */
  synchronized void putCold(int slot) {
    cooling--;
    cold.add(slot);
    notifyAll();
  }

  /** A slot that was taken is cold and free: it could not be used. */
  synchronized void putBack(int slot) {
    endTaking(slot);
    cold.add(slot);
  }

  private void addWarm(int slot, Object key) {
    warm.add(slot);
    older[slot] = newest;
    newer[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      newer[newest] = slot;
    }
    newest = slot;
    Affinity affinity = byKey.computeIfAbsent(key, Affinity::new);
    affinities[slot] = affinity;
    olderAlike[slot] = affinity.newest;
    newerAlike[slot] = NONE;
    if (affinity.newest != NONE) {
      newerAlike[affinity.newest] = slot;
    }
    affinity.newest = slot;
  }

  private void removeWarm(int slot, Affinity affinity) {
    warm.remove(slot);
    if (older[slot] == NONE) {
      oldest = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newest = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
    if (olderAlike[slot] != NONE) {
      newerAlike[olderAlike[slot]] = newerAlike[slot];
    }
    affinities[slot] = null;
    if (newerAlike[slot] != NONE) {
      olderAlike[newerAlike[slot]] = olderAlike[slot];
    } else {
      affinity.newest = olderAlike[slot];
      if (affinity.newest == NONE) {
        forgetEmptied(affinity);
      }
    }
  }

  private void forgetEmptied(Affinity next) {
    Affinity last = emptied;
    if (last != null && last != next && last.newest == NONE) {
      byKey.remove(last.key);
    }
    emptied = next;
  }

  /** How many free slots are warm. */
  synchronized int unusedWarm() {
    return warm.size() + cells.size();
  }

  /** How many slots are free. */
  synchronized int unused() {
    return warm.size() + cold.size() + cells.size();
  }

  /** How many were taken so far. */
  long taken() {
    return takes.sum();
  }

  /** How many of those were warm from use for the same thing. */
  long reused() {
    return reused.sum();
  }

  /** How many slots there are. */
  int count() {
    return older.length;
  }
}
