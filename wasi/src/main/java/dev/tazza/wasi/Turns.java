package dev.tazza.wasi;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of a program's threads take turns: one of them at a time sees and changes what they
 * share. A call that waits lets others have their turn meanwhile; afterwards it finds what they
 * have changed.
 */
final class Turns {
  private final ReentrantLock lock = new ReentrantLock();

  /** Waits for the current thread's turn. */
  void begin() {
    lock.lock();
  }

  /** Ends it. */
  void end() {
    lock.unlock();
  }

  /** Something that takes its time and touches nothing that calls share. */
  interface Wait<R, E extends Exception> {
    R run() throws E;
  }

  /** Lets others have their turn while {@code wait} runs. Within a turn. */
  <R, E extends Exception> R aside(Wait<R, E> wait) throws E {
    lock.unlock();
    try {
      return wait.run();
    } finally {
      lock.lock();
    }
  }
}
