package dev.tazza.environ.artifact;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads mapped bytes from their start; never fails. */
final class MappedStart extends InputStream {
  private final ByteBuffer bytes;

  MappedStart(ByteBuffer bytes) {
    this.bytes = bytes.duplicate();
  }

  @Override
  public int read() {
    return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] to, int from, int count) {
    int read = Math.min(count, bytes.remaining());
    bytes.get(to, from, read);
    return read == 0 && count > 0 ? -1 : read;
  }
}
