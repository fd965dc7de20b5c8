package dev.tazza.wasi;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of a program's threads take turns: one of them at a time sees and changes what they
 * share. A call that waits lets others have their turn meanwhile; afterwards it finds what they
 * have changed. A program that has but one thread needs none of it, which would take 20 ns a call.
 */
final class Turns {
  private final ReentrantLock lock = new ReentrantLock();
  private boolean taken;

  /** From now on turns are taken. To be called before there is a second thread. */
  void take() {
    taken = true;
  }

  /** Whether they are. */
  boolean areTaken() {
    return taken;
  }

  /** Waits for the current thread's turn. */
  void begin() {
    if (taken) {
      lock.lock();
    }
  }

  /** Ends it. */
  void end() {
    if (taken) {
      lock.unlock();
    }
  }

  /** Something that takes its time and touches nothing that calls share. */
  interface Wait<R, E extends Exception> {
    R run() throws E;
  }

  /** Lets others have their turn while {@code wait} runs. Within a turn. */
  <R, E extends Exception> R aside(Wait<R, E> wait) throws E {
    if (!taken) {
      return wait.run();
    }
    lock.unlock();
    try {
      return wait.run();
    } finally {
      lock.lock();
    }
  }
}
