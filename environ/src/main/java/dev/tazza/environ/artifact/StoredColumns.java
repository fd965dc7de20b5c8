package dev.tazza.environ.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The sections between the head of an artifact and its text.
 *
 * @param bytes their contents, which start at {@code start} of the file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredColumns(ElfFile elf, byte[] bytes, int start) {

  /** The contents of a section. */
  byte[] bytes(int section) {
    ByteBuffer content = content(section);
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    return copy;
  }

  /** A section of numbers as its columns. */
  int[][] columns(int section, int count) {
    ByteBuffer content = content(section);
    int rows = content.remaining() / (4 * count);
    if (rows * 4 * count != content.remaining()) {
      throw ArtifactReader.damaged("a table ends within a row");
    }
    int[][] columns = new int[count][rows];
    int first = content.position();
    for (int i = 0; i < count; i++) {
      content.position(first + 4 * rows * i).asIntBuffer().get(columns[i]);
    }
    return columns;
  }

  private ByteBuffer content(int section) {
    long offset = elf.offset(section) - start;
    long size = elf.size(section);
    if (offset < 0 || offset > bytes.length || size < 0 || size > bytes.length - offset) {
      throw ArtifactReader.damaged("a section is outside of the file");
    }
    return ByteBuffer.wrap(bytes, (int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
