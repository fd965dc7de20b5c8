package dev.tazza;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** The bytes of a module that is looked for in a cache, to be gone through more than once. */
interface ModuleBytes {
  /** The most that is asked for at once. */
  int PIECE = 1 << 16;

  /** A module cannot be read, or is not there any more, which is no fault of a cache's file. */
  final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1;

    private UnreadableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** How many they are. */
  int size() throws IOException;

  /**
   * A piece of them, good until the next one is asked for.
   *
   * @param count at most {@link #PIECE}
   * @throws UnreadableException when it cannot be read
   */
  ByteBuffer piece(int at, int count) throws UnreadableException;

  /** Those of an array. */
  static ModuleBytes of(byte[] module) {
    return new ModuleBytes() {
      @Override
      public int size() {
        return module.length;
      }

      @Override
      public ByteBuffer piece(int at, int count) {
        return ByteBuffer.wrap(module).slice(at, count);
      }
    };
  }

  /** Those of a file, which are not kept in memory. */
  static ModuleBytes of(FileChannel file) {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    return new ModuleBytes() {
      @Override
      public int size() throws IOException {
        return (int) Math.min(file.size(), Integer.MAX_VALUE);
      }

      @Override
      public ByteBuffer piece(int at, int count) throws UnreadableException {
        piece.clear().limit(count);
        while (piece.hasRemaining()) {
          if (read((long) at + piece.position()) < 0) {
            throw new UnreadableException("the module's file was cut short", null);
          }
        }
        return piece.flip();
      }

      private int read(long from) throws UnreadableException {
        try {
          return file.read(piece, from);
        } catch (IOException e) {
          throw new UnreadableException("the module's file cannot be read: " + e.getMessage(), e);
        }
      }
    };
  }
}
