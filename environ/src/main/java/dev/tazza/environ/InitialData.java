package dev.tazza.environ;

/**
 * What a memory of a module begins with, as whole pages with zeros around the data: the active data
 * segments of that memory are applied there once and for all, and the module itself has none of
 * them any more.
 */
public interface InitialData {
  /** Index of the memory, which the module defines. */
  int memory();

  /** Where in the memory they begin, a multiple of the page size. */
  long offset();

  /** In bytes, whole pages; what is behind them begins as zeros. */
  int size();

  /** Hands over the contents in pieces, from their start to their end. */
  void writeTo(CodeText.Sink sink);

  /** A copy of the contents, or the contents themselves: do not modify them. */
  default byte[] bytes() {
    byte[] bytes = new byte[size()];
    writeTo((offset, piece, count) -> System.arraycopy(piece, 0, bytes, offset, count));
    return bytes;
  }
}
