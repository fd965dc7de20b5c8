package dev.tazza.environ.artifact;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.FileData;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text at the end of a mapped artifact, which can be mapped as code or copied.
 *
 * @param text its bytes, mapped from the same file
 * @param offset where they begin in the file
 */
record MappedFileText(
    ByteBuffer text, int checksum, int descriptor, long offset, @Nullable FileData data)
    implements CodeText.InFile {
  @Override
  public int size() {
    return text.capacity();
  }

  @Override
  public void writeTo(Sink sink) {
    check();
    byte[] piece = new byte[Math.min(size(), ArtifactReader.PIECE)];
    for (int at = 0; at < size(); at += piece.length) {
      int count = Math.min(piece.length, size() - at);
      text.get(at, piece, 0, count);
      sink.write(at, piece, count);
    }
  }

  @Override
  public void check() {
    CRC32 actual = new CRC32();
    actual.update(text.duplicate());
    ArtifactReader.checkSum(checksum, (int) actual.getValue());
  }
}
