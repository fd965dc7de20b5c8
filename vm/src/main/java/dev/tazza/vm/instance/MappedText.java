package dev.tazza.vm.instance;

import dev.tazza.environ.CodeText;
import dev.tazza.vm.code.CodeBlock;

/** The code of a module in its block, to be written once and then read until it is unmapped. */
record MappedText(CodeBlock block, int size) implements CodeText, CodeText.Sink {
  private static final int PIECE = 1 << 16;

  @Override
  public void write(int offset, byte[] piece, int count) {
    block.write(offset, piece, 0, count);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the code is not mapped any more
   */
  @Override
  public void writeTo(Sink sink) {
    byte[] piece = new byte[Math.min(size, PIECE)];
    for (int at = 0; at < size; at += PIECE) {
      int count = Math.min(size - at, PIECE);
      block.read(at, piece, count);
      sink.write(at, piece, count);
    }
  }
}
