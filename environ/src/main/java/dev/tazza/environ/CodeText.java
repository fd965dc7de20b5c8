package dev.tazza.environ;

import org.jspecify.annotations.Nullable;

/** The machine code of a module, wherever it is. */
public interface CodeText {
  /** In bytes. */
  int size();

  /** Hands over the code in pieces, from its start to its end. */
  void writeTo(Sink sink);

  /** A copy of the code, or the code itself: do not modify it. */
  default byte[] bytes() {
    byte[] bytes = new byte[size()];
    writeTo((offset, piece, count) -> System.arraycopy(piece, 0, bytes, offset, count));
    return bytes;
  }

  /** Takes code. */
  interface Sink {
    /** Takes the first {@code count} bytes of {@code piece}, which stand at {@code offset}. */
    void write(int offset, byte[] piece, int count);
  }

  /** Code in a file, where it begins at a page: it can be mapped. */
  interface InFile extends CodeText {
    /** Of the file; open as long as the module is being loaded. */
    int descriptor();

    /** Where in the file the code begins. */
    long offset();

    /** Contents of a memory in the same file, if there are some. */
    @Nullable FileData data();

    /**
     * Sees to it that the code in the file is that of this module, and undamaged.
     *
     * @throws RuntimeException when it is not
     */
    void check();
  }

  /** Code in an array. */
  static CodeText of(byte[] code) {
    return new CodeText() {
      @Override
      public int size() {
        return code.length;
      }

      @Override
      public void writeTo(Sink sink) {
        sink.write(0, code, code.length);
      }

      @Override
      public byte[] bytes() {
        return code;
      }
    };
  }
}
