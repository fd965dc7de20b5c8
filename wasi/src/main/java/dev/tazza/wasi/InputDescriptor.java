package dev.tazza.wasi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A Java stream that the guest reads.
 *
 * <p>Nobody can ask a Java stream whether a read would wait. So when a guest polls one that has
 * nothing available, an {@link InputPump} starts to read ahead of it.
 */
final class InputDescriptor extends Descriptor {
  private static final int CHUNK = 1 << 16;
  private static final long RIGHTS = Rights.FD_READ | Rights.STREAM;

  private final InputStream stream;
  private final boolean waits;
  private byte[] buffer = {};
  private @Nullable InputPump pump;

  InputDescriptor(InputStream stream) {
    super(UNKNOWN, new Grant(RIGHTS, 0, 0));
    this.stream = stream;
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
    int wanted = (int) Math.min(to.total(), CHUNK);
    if (buffer.length < wanted) {
      buffer = new byte[wanted];
    }
    int length;
    try {
      InputPump source = pump;
      length = source != null ? source.read(buffer, wanted) : stream.read(buffer, 0, wanted);
    } catch (IOException e) {
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

  /** Whether reading would not wait. */
  boolean readReady() {
    if (!waits) {
      return true;
    }
    try {
      if (pump == null) {
        if (stream.available() > 0) {
          return true;
        }
        pump = new InputPump(stream);
      }
      return pump.ready();
    } catch (IOException e) {
      // The read will say so.
      return true;
    }
  }

  /** Bytes known to be there. */
  long available() {
    try {
      return pump != null ? pump.available() : stream.available();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether {@link #readReady} is true and the next read is the end. */
  boolean atEnd() {
    return pump != null && pump.atEnd();
  }

  @Override
  long write(GuestVectors from) throws ErrnoException {
    throw new ErrnoException(Errno.BADF);
  }

  @Override
  void close() {
    // The stream belongs to who configured it.
  }
}
