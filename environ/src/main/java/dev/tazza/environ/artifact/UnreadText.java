package dev.tazza.environ.artifact;

import dev.tazza.environ.CodeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;

/** The text at the end of an artifact: it can be read once, while the file is open. */
final class UnreadText implements CodeText {
  private final InputStream in;
  private final int size;
  private final int checksum;

  UnreadText(InputStream in, int size, int checksum) {
    this.in = in;
    this.size = size;
    this.checksum = checksum;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void writeTo(Sink sink) {
    try {
      read(sink);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Sink sink) throws IOException {
    CRC32 actual = new CRC32();
    byte[] piece = new byte[Math.min(size, ArtifactReader.PIECE) + 1];
    int at = 0;
    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
      if (count > size - at) {
        throw ArtifactReader.damaged("there is something behind its end");
      }
      actual.update(piece, 0, count);
      sink.write(at, piece, count);
      at += count;
    }
    if (at != size) {
      throw ArtifactReader.damaged("it was cut short");
    }
    ArtifactReader.checkSum(checksum, (int) actual.getValue());
  }
}
