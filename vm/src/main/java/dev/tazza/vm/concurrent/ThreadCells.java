package dev.tazza.vm.concurrent;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * In front of a pool whose threads share a lock: what a thread gave back last waits in a cell, from
 * which the same thread takes it again without the lock. Few threads share a cell, and no two cells
 * a cache line.
 *
 * <p>Whoever holds the pool's lock can have all that waits ({@link #sweep}), and nobody takes from
 * a cell or puts into it meanwhile: so a pool that finds nothing then has nothing. Virtual threads
 * have no cell, there are too many of them. Thread-safe.
 *
 * <p>A reference is written only if it is another than the last one in its cell: the collectors of
 * the JVM note each write to an old object in a table, of which one line stands for 32 KiB of heap.
 *
 * @param <T> of what waits
 */
public final class ThreadCells<T> {
  /** So many numbers, or references, are at least 128 bytes: processors fetch lines in pairs. */
  private static final int APART = 32;

  private static final int MOST_CELLS = 64;

  // States of a cell.
  private static final int SHUT = 0;
  private static final int EMPTY = 1;
  private static final int FULL = 2;

  /** Somebody, for some instructions, looks into the cell or changes what is in it. */
  private static final int BUSY = 3;

  /** At {@link #APART} times one plus the number of a cell. */
  private final AtomicIntegerArray states;

  /** At the same places; guarded by {@link #BUSY}. */
  private final @Nullable Object[] items;

  private final int count;

  // Guarded by the pool's lock.
  private final int most;
  private int opened;
  private boolean closed;

  /**
   * All cells are shut: {@link #exchange} opens them.
   *
   * @param most so many of them
   */
  public ThreadCells(int most) {
    int wanted = 2 * Runtime.getRuntime().availableProcessors();
    this.count = most <= 0 ? 0 : Math.clamp(Integer.highestOneBit(2 * wanted - 1), 2, MOST_CELLS);
    this.most = Math.min(most, count);
    this.states = new AtomicIntegerArray(APART * (count + 2));
    this.items = new @Nullable Object[APART * (count + 2)];
  }

  private static int place(int cell) {
    return APART * (cell + 1);
  }

  /** The place of the current thread's cell; one that is shut for ever when it has none. */
  private int ownPlace() {
    Thread current = Thread.currentThread();
    return count == 0 || current.isVirtual() ? 0 : place((int) current.threadId() & count - 1);
  }

  /** What waits in the current thread's cell, or waited a moment ago, or null. */
  @SuppressWarnings("unchecked") // nothing else is in a cell
  public @Nullable T peek() {
    int place = ownPlace();
    return states.get(place) == FULL ? (T) items[place] : null;
  }

  /** Takes what {@link #peek} returned, if it still is there. */
  public boolean remove(T waiting) {
    int place = ownPlace();
    if (!states.compareAndSet(place, FULL, BUSY)) {
      return false;
    }
    boolean isThere = items[place] == waiting;
    states.setRelease(place, isThere ? EMPTY : FULL);
    return isThere;
  }

  /** Takes what waits in the current thread's cell, or null. */
  public @Nullable T take() {
    T waiting = peek();
    return waiting != null && remove(waiting) ? waiting : null;
  }

  /** Whether {@link #put} is likely to be possible. */
  public boolean hasPlace() {
    return states.get(ownPlace()) == EMPTY;
  }

  /** Puts something into the current thread's cell if that is open and empty. */
  public boolean put(T given) {
    int place = ownPlace();
    if (!states.compareAndSet(place, EMPTY, BUSY)) {
      return false;
    }
    fill(place, given);
    return true;
  }

  private void fill(int place, T given) {
    if (items[place] != given) {
      items[place] = given;
    }
    states.set(place, FULL);
  }

  // For who holds the pool's lock.

  /**
   * Puts something into the current thread's cell, and opens it if need be.
   *
   * @return what has no place any more: what waited there before, or else what was given; or null
   */
  public @Nullable T exchange(T given) {
    int place = ownPlace();
    if (states.get(place) == SHUT) {
      if (place == 0 || closed || opened == most) {
        return given;
      }
      opened++;
      fill(place, given);
      return null;
    }
    T before = seize(place);
    fill(place, given);
    return before;
  }

  /** Makes an open cell busy; gives what was there, or null. */
  @SuppressWarnings("unchecked") // nothing else is in a cell
  private @Nullable T seize(int place) {
    while (true) {
      int state = states.get(place);
      if (state == BUSY) {
        Thread.yield();
      } else if (states.compareAndSet(place, state, BUSY)) {
        return state == FULL ? (T) items[place] : null;
      }
    }
  }

  /** How many cells are open: at most so much waits. */
  public int opened() {
    return opened;
  }

  /** Takes all that waits. Until it returns, nobody takes or puts anything. */
  public void sweep(Consumer<T> taker) {
    for (int i = 0; i < count; i++) {
      T waiting = states.get(place(i)) == SHUT ? null : seize(place(i));
      if (waiting != null) {
        taker.accept(waiting);
      }
    }
    for (int i = 0; i < count; i++) {
      if (states.get(place(i)) == BUSY) {
        states.set(place(i), closed ? SHUT : EMPTY);
      }
    }
  }

  /** Takes all that waits, and nothing ever waits again. */
  public void close(Consumer<T> taker) {
    closed = true;
    sweep(taker);
  }

  /** How much waits, about. */
  public int size() {
    int size = 0;
    for (int i = 0; i < count; i++) {
      size += states.get(place(i)) == FULL ? 1 : 0;
    }
    return size;
  }
}
