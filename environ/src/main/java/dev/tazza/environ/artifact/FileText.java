package dev.tazza.environ.artifact;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.FileData;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The text at the end of an artifact's file, which can be mapped instead of read. */
record FileText(UnreadText text, int descriptor, long offset, @Nullable FileData data)
    implements CodeText.InFile {
  @Override
  public int size() {
    return text.size();
  }

  @Override
  public void writeTo(Sink sink) {
    text.writeTo(sink);
  }

  @Override
  public void check(CodeText mapped) {
    CRC32 actual = new CRC32();
    mapped.writeTo((_, piece, count) -> actual.update(piece, 0, count));
    text.requireChecksum(actual);
  }
}
