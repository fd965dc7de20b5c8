package dev.tazza.environ.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The sections between the head of an artifact and its text.
 *
 * @param bytes their contents, which start at {@code start} of the file; read at absolute places
 */
record StoredColumns(ElfFile elf, ByteBuffer bytes, int start) {

  /** The contents of a section. */
  byte[] bytes(int section) {
    ByteBuffer content = content(section);
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    return copy;
  }

  /** A section of numbers, where it is. */
  StoredTable table(int section, int columns) {
    ByteBuffer content = content(section);
    int rows = content.remaining() / (Integer.BYTES * columns);
    if (rows * Integer.BYTES * columns != content.remaining()) {
      throw ArtifactReader.damaged("a table ends within a row");
    }
    return new StoredTable(content, columns, rows);
  }

  /** A section of numbers as its columns. */
  int[][] columns(int section, int count) {
    StoredTable table = table(section, count);
    int[][] columns = new int[count][table.rows()];
    for (int i = 0; i < count; i++) {
      int at = Integer.BYTES * table.rows() * i;
      table.content().position(at).asIntBuffer().get(columns[i]);
    }
    return columns;
  }

  private ByteBuffer content(int section) {
    long offset = elf.offset(section) - start;
    long size = elf.size(section);
    int room = bytes.capacity();
    if (offset < 0 || offset > room || size < 0 || size > room - offset) {
      throw ArtifactReader.damaged("a section is outside of the file");
    }
    return bytes.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
