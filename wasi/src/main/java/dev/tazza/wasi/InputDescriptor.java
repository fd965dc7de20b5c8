package dev.tazza.wasi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A Java stream that the guest reads.
 *
 * <p>Nobody can ask a Java stream whether a read would wait, and many cannot be interrupted. So
 * what is not available at once is read by an {@link InputPump}, which the guest waits for.
 */
final class InputDescriptor extends Descriptor {
  private static final int CHUNK = 1 << 16;
  private static final long RIGHTS = Rights.FD_READ | Rights.STREAM;

  private final InputStream stream;
  private final Turns turns;
  private final boolean waits;

  /** Whoever reads the stream, or asks it whether there is something to read, does so alone. */
  private final ReentrantLock alone = new ReentrantLock();

  private byte[] buffer = {}; // guarded by alone
  private volatile @Nullable InputPump pump; // set by who is alone

  InputDescriptor(InputStream stream, Turns turns) {
    super(UNKNOWN, new Grant(RIGHTS, 0, 0));
    this.stream = stream;
    this.turns = turns;
    this.waits = !(stream instanceof ByteArrayInputStream);
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
    if (to.total() == 0) {
      return 0;
    }
    if (nonBlocking() && !readReady()) {
      throw new ErrnoException(Errno.AGAIN);
    }
    return turns.aside(() -> {
      alone();
      try {
        return readAlone(to);
      } finally {
        alone.unlock();
      }
    });
  }

  private void alone() {
    try {
      alone.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WasiInterruptedException();
    }
  }

  private long readAlone(GuestVectors to) throws ErrnoException {
    int wanted = (int) Math.min(to.total(), CHUNK);
    if (buffer.length < wanted) {
      buffer = new byte[wanted];
    }
    int length;
    try {
      length = readStream(wanted);
    } catch (IOException e) {
      JavaErrors.checkInterruption(e);
      throw new ErrnoException(Errno.IO);
    }
    int done = 0;
    for (int i = 0; done < length; i++) {
      int part = (int) Math.min(to.length(i), length - done);
      to.memory().copyIn(buffer, done, to.start(i), part);
      done += part;
    }
    return done;
  }

  private int readStream(int wanted) throws IOException {
    InputPump source = pump;
    if ((source == null || source.isIdle()) && (!waits || stream.available() > 0)) {
      return stream.read(buffer, 0, wanted);
    }
    if (source == null) {
      source = new InputPump(stream);
      pump = source;
    }
    return source.read(buffer, wanted);
  }

  /** Whether reading would not wait. */
  boolean readReady() {
    if (!waits) {
      return true;
    }
    if (!alone.tryLock()) {
      return false; // another thread of the guest waits for what is next
    }
    try {
      InputPump source = pump;
      if ((source == null || source.isIdle()) && stream.available() > 0) {
        return true;
      }
      if (source == null) {
        source = new InputPump(stream);
        pump = source;
      }
      return source.ready();
    } catch (IOException e) {
      // The read will say so.
      return true;
    } finally {
      alone.unlock();
    }
  }

  /** Bytes known to be there. */
  long available() {
    try {
      InputPump source = pump;
      return source != null && !source.isIdle() ? source.available() : stream.available();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether {@link #readReady} is true and the next read is the end. */
  boolean atEnd() {
    InputPump source = pump;
    return source != null && source.atEnd();
  }

  @Override
  long write(GuestVectors from) throws ErrnoException {
    throw new ErrnoException(Errno.BADF);
  }

  @Override
  void close() {
    // The stream belongs to who configured it.
    InputPump source = pump;
    if (source != null) {
      source.close();
    }
  }
}
