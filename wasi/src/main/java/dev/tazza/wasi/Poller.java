package dev.tazza.wasi;

import dev.tazza.sys.Os;
import dev.tazza.sys.fs.ReadySet;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Wakes virtual threads when descriptors of the host become ready, so that any number of guests can
 * wait with few carriers. One thread of the process waits for all. It is started when the first
 * guest on a virtual thread waits.
 *
 * <p>Being woken is only a hint; who is looks for himself. Thread-safe.
 */
final class Poller {
  private final ReadySet ready = Os.host().newReadySet();
  private final ReentrantLock lock = new ReentrantLock();

  /** Who waits, by descriptor: lists of threads. */
  private @Nullable Waiting[] waiting = new @Nullable Waiting[64];

  private record Waiting(Thread thread, int events, @Nullable Waiting next) {}

  private Poller() {
    Thread.ofPlatform().daemon().name("tazza-wasi-poller").start(this::run);
  }

  private static final class Shared {
    static final Poller POLLER = new Poller();
  }

  static Poller shared() {
    return Shared.POLLER;
  }

  /**
   * Has the current thread unparked once at one of the {@code POLL…} events; false if it cannot.
   */
  boolean add(int fd, int events) {
    lock.lock();
    try {
      if (fd >= waiting.length) {
        waiting = Arrays.copyOf(waiting, Math.max(fd + 1, 2 * waiting.length));
      }
      Waiting others = waiting[fd];
      Waiting all = new Waiting(Thread.currentThread(), events, others);
      if (ready.arm(fd, union(all)) < 0) {
        return false;
      }
      waiting[fd] = all;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the current thread's wish back. */
  void remove(int fd) {
    lock.lock();
    try {
      Waiting left = without(waiting[fd], Thread.currentThread());
      waiting[fd] = left;
      if (left == null) {
        ready.remove(fd);
      } else {
        ready.arm(fd, union(left));
      }
    } finally {
      lock.unlock();
    }
  }

  private static int union(@Nullable Waiting first) {
    int events = 0;
    for (Waiting each = first; each != null; each = each.next) {
      events |= each.events;
    }
    return events;
  }

  private static @Nullable Waiting without(@Nullable Waiting list, Thread thread) {
    if (list == null || list.thread == thread) {
      return list == null ? null : list.next;
    }
    return new Waiting(list.thread, list.events, without(list.next, thread));
  }

  private void run() {
    while (true) {
      int count = ready.await();
      for (int i = 0; i < count; i++) {
        wake(ready.ready(i));
      }
    }
  }

  private void wake(int fd) {
    lock.lock();
    try {
      for (Waiting each = waiting[fd]; each != null; each = each.next) {
        LockSupport.unpark(each.thread);
      }
    } finally {
      lock.unlock();
    }
  }
}
