package dev.tazza.wasi;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream ahead of the guest, one chunk at a time and only when asked, so that the guest can
 * wait for input with a time-out. Safe for the guest's thread and the reading one.
 */
final class InputPump {
  private static final int CHUNK = 8192;

  private final InputStream stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final byte[] buffer = new byte[CHUNK];
  private int start;
  private int end;
  private boolean reading;
  private boolean ended;
  private @Nullable IOException failure;

  InputPump(InputStream stream) {
    this.stream = stream;
  }

  /** Whether {@link #read} would not wait; starts reading if it would. */
  boolean ready() {
    lock.lock();
    try {
      boolean ready = start < end || ended || failure != null;
      if (!ready && !reading) {
        reading = true;
        Thread.ofVirtual().name("tazza-wasi-input").start(this::fill);
      }
      return ready;
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

  /** Reads at most {@code length} bytes; -1 at the end. */
  int read(byte[] to, int length) throws IOException {
    lock.lock();
    try {
      while (!ready()) {
        awaitFilled();
      }
      if (start < end) {
        int part = Math.min(length, end - start);
        System.arraycopy(buffer, start, to, 0, part);
        start += part;
        return part;
      }
      if (failure != null) {
        throw failure;
      }
      return -1;
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

  private void fill() {
    int length = -1;
    IOException problem = null;
    try {
      // Nobody else touches the buffer: it is empty, and stays so while "reading" is set.
      length = stream.read(buffer, 0, buffer.length);
    } catch (IOException e) {
      problem = e;
    } catch (RuntimeException e) {
      problem = new IOException("the configured input stream failed", e);
    }
    lock.lock();
    try {
      start = 0;
      end = Math.max(0, length);
      ended = length < 0 && problem == null;
      failure = problem;
      reading = false;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
