package dev.tazza;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * Threads on which tenants take turns: whoever has used least processor time is next. That is more
 * than a queue: it makes up for turns that were too long or too short, because a tenant waited for
 * the host, or because the system took the thread away in between. Example of docs/ASYNC.md.
 *
 * <p>A tenant's {@link Account} is the executor of its store.
 */
final class FairScheduler implements AutoCloseable {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final PriorityQueue<Account> waiting = new PriorityQueue<>(); // guarded by this
  private final Thread[] threads;
  private boolean closed; // guarded by this

  FairScheduler(int threadCount) {
    threads = new Thread[threadCount];
    for (int i = 0; i < threadCount; i++) {
      threads[i] = Thread.ofPlatform().daemon().start(this::run);
    }
  }

  /** A tenant: what it has used, and its next step, of which there is one at most. */
  final class Account implements Executor, Comparable<Account> {
    // All guarded by the scheduler.
    private long used;
    private Runnable step = () -> {};

    /** The thread that does a step which is not charged yet, and what it had used before. */
    private Thread thread;

    private long usedBefore;

    /** Nanoseconds of processor time. */
    long used() {
      synchronized (FairScheduler.this) {
        return used;
      }
    }

    @Override
    public void execute(Runnable next) {
      synchronized (FairScheduler.this) {
        // At the end of a turn the guest asks for the next one.
        charge();
        step = next;
        waiting.add(this);
        FairScheduler.this.notify();
      }
    }

    private void begin() {
      thread = Thread.currentThread();
      usedBefore = THREADS.getCurrentThreadCpuTime();
    }

    private void charge() {
      if (thread == Thread.currentThread()) {
        used += THREADS.getCurrentThreadCpuTime() - usedBefore;
        thread = null;
      }
    }

    @Override
    public int compareTo(Account other) {
      return Long.compare(used, other.used);
    }
  }

  private void run() {
    try {
      while (true) {
        Account account;
        Runnable step;
        synchronized (this) {
          while (waiting.isEmpty() && !closed) {
            wait();
          }
          if (waiting.isEmpty()) {
            return;
          }
          account = waiting.remove();
          step = account.step;
          account.begin();
        }
        step.run();
        synchronized (this) {
          account.charge();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when all steps are done that were to be done, and those that they led to. */
  @Override
  public void close() throws InterruptedException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
