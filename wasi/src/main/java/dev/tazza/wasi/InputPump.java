package dev.tazza.wasi;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread of its own, one chunk at a time and only when asked, so that the guest
 * can wait for input with a time-out and be interrupted whatever the stream makes of that. What
 * arrives after the guest has left is kept for its next read.
 *
 * <p>It is one thread as long as the pump is open: a pipe takes its reader to be gone when the
 * thread that has last read is. Safe for the guest's thread and the reading one.
 */
final class InputPump {
  /** How far it reads ahead when the guest only asks whether there is something to read. */
  private static final int AHEAD = 8192;

  private final InputStream stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private final Condition filled = lock.newCondition();
  private byte[] buffer = {};
  private int start;
  private int end;

  /** What the reading thread is to read; 0 when there is nothing for it to do. */
  private int wanted;

  private boolean started;
  private boolean closed;
  private boolean ended;
  private @Nullable Throwable failure;

  InputPump(InputStream stream) {
    this.stream = stream;
  }

  /** Whether {@link #read} would not wait; starts reading if it would. */
  boolean ready() {
    return ready(AHEAD);
  }

  private boolean ready(int length) {
    lock.lock();
    try {
      boolean ready = start < end || ended || failure != null;
      if (!ready && wanted == 0) {
        wanted = length;
        if (!started) {
          started = true;
          Thread.ofVirtual().name("tazza-wasi-input").start(this::run);
        }
        asked.signal();
      }
      return ready;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing has been read that the guest did not get, and nothing is being read. */
  boolean isIdle() {
    lock.lock();
    try {
      return start == end && wanted == 0 && !ended && failure == null;
    } finally {
      lock.unlock();
    }
  }

  int available() {
    lock.lock();
    try {
      return end - start;
    } finally {
      lock.unlock();
    }
  }

  boolean atEnd() {
    lock.lock();
    try {
      return start == end && ended;
    } finally {
      lock.unlock();
    }
  }

  /** Reads at most {@code length} bytes, at least 1; -1 at the end. */
  int read(byte[] to, int length) throws IOException {
    lock.lock();
    try {
      while (!ready(length)) {
        awaitFilled();
      }
      if (start < end) {
        int part = Math.min(length, end - start);
        System.arraycopy(buffer, start, to, 0, part);
        start += part;
        return part;
      }
      Throwable problem = failure;
      // A stream may go on after it has failed or ended: the next read will ask it.
      failure = null;
      ended = false;
      return switch (problem) {
        case null -> -1;
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(problem);
      };
    } finally {
      lock.unlock();
    }
  }

  private void awaitFilled() {
    try {
      filled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WasiInterruptedException();
    }
  }

  /** Lets the reading thread end, once its read returns. The stream belongs to somebody else. */
  void close() {
    lock.lock();
    try {
      closed = true;
      asked.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    int length = next();
    while (length > 0) {
      int count = -1;
      Throwable problem = null;
      try {
        // Nobody else touches the buffer: it is empty, and stays so while something is wanted.
        if (buffer.length < length) {
          buffer = new byte[length];
        }
        count = stream.read(buffer, 0, length);
      } catch (Throwable e) {
        // For the guest's thread: whatever it is, that one waits.
        problem = e;
      }
      publish(count, problem);
      length = next();
    }
  }

  /** How much to read next; 0 to end. */
  private int next() {
    lock.lock();
    try {
      while (wanted == 0 && !closed) {
        asked.awaitUninterruptibly();
      }
      return closed ? 0 : wanted;
    } finally {
      lock.unlock();
    }
  }

  private void publish(int count, @Nullable Throwable problem) {
    lock.lock();
    try {
      start = 0;
      end = Math.max(0, count);
      ended = count < 0 && problem == null;
      failure = problem;
      wanted = 0;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
