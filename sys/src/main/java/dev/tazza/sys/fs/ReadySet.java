package dev.tazza.sys.fs;

/**
 * A set of descriptors that one thread waits for. A descriptor is armed for one event and has to be
 * armed again after it. Results are as in {@link FileCalls}.
 *
 * <p>One thread calls {@link #await}. The other methods may be called meanwhile by others, one at a
 * time.
 */
public interface ReadySet {
  /**
   * Arms a descriptor for {@code POLL…} events, whether it is in the set or not. {@code EPERM} says
   * that one never needs to wait for it.
   */
  int arm(int target, int wanted);

  /** Takes a descriptor out of the set. */
  int remove(int target);

  /** Waits for events; returns how many there are, and {@link #ready} which. */
  int await();

  /** The descriptor of event {@code index}. */
  int ready(int index);
}
