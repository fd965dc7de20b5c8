package dev.tazza.wasi;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** A Java stream that the guest writes. Every write of the guest is written and flushed at once. */
final class OutputDescriptor extends Descriptor {
  private static final int CHUNK = 1 << 16;
  private static final long RIGHTS = Rights.FD_WRITE | Rights.STREAM;

  private final OutputStream stream;
  private final Turns turns;

  /** Whoever writes does so alone. */
  private final ReentrantLock alone = new ReentrantLock();

  private byte[] buffer = {}; // guarded by alone

  OutputDescriptor(OutputStream stream, Turns turns) {
    super(UNKNOWN, new Grant(RIGHTS, 0, 0));
    this.stream = stream;
    this.turns = turns;
  }

  @Override
  boolean isStream() {
    return true;
  }

  @Override
  void changeFlags(int newFlags) throws ErrnoException {
    if ((newFlags & ~NONBLOCK) != 0) {
      throw new ErrnoException(Errno.NOTSUP);
    }
  }

  @Override
  long read(GuestVectors to) throws ErrnoException {
    throw new ErrnoException(Errno.BADF);
  }

  @Override
  long write(GuestVectors from) throws ErrnoException {
    // The stream may take its time.
    return turns.aside(() -> {
      alone.lock();
      try {
        return writeAlone(from);
      } finally {
        alone.unlock();
      }
    });
  }

  private long writeAlone(GuestVectors from) throws ErrnoException {
    int size = (int) Math.min(from.total(), CHUNK);
    if (buffer.length < size) {
      buffer = new byte[size];
    }
    try {
      int filled = 0;
      for (int i = 0; i < from.count(); i++) {
        long done = 0;
        while (done < from.length(i)) {
          int part = (int) Math.min(from.length(i) - done, size - filled);
          from.memory().copyOut(from.start(i) + done, buffer, filled, part);
          done += part;
          filled += part;
          if (filled == size) {
            stream.write(buffer, 0, filled);
            filled = 0;
          }
        }
      }
      stream.write(buffer, 0, filled);
      stream.flush();
    } catch (IOException e) {
      JavaErrors.checkInterruption(e);
      throw new ErrnoException(Errno.IO);
    }
    return from.total();
  }

  @Override
  void close() {
    // The stream belongs to who configured it.
  }
}
