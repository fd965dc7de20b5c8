package dev.tazza.wasi;

import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * An open file of a {@link JavaFileSystem}.
 *
 * <p>Contents come through the channel, whatever happened to the name. Attributes other than the
 * size come from the name, as long as it is still that of this file, and are otherwise those of the
 * moment when it was opened.
 */
final class JavaFile extends Descriptor {
  /** Longer pieces are read and written in part. */
  private static final long MAX_PIECE = 1 << 30;

  private final JavaFileSystem files;
  private final Path root;
  private final Path path;
  private final @Nullable Object key;
  private final SeekableByteChannel channel;
  private final Filestat opened = new Filestat();

  /**
   * @param root the preopened directory that the file is in
   */
  JavaFile(
      JavaFileSystem files,
      Path root,
      Path path,
      BasicFileAttributes attributes,
      SeekableByteChannel channel,
      Grant grant)
      throws IOException {
    super(JavaFileSystem.type(attributes), grant);
    this.files = files;
    this.root = root;
    this.path = path;
    this.key = attributes.fileKey();
    this.channel = channel;
    files.stat(path, attributes, opened);
  }

  private interface Transfer {
    int move(ByteBuffer piece, long at) throws IOException;
  }

  /** Moves the guest's pieces one by one until one is not moved in full. */
  private static long transfer(GuestVectors pieces, long offset, Transfer transfer)
      throws ErrnoException {
    long done = 0;
    try {
      for (int i = 0; i < pieces.count(); i++) {
        long length = Math.min(pieces.length(i), MAX_PIECE);
        ByteBuffer piece = pieces.memory().segment(pieces.start(i), length).asByteBuffer();
        int moved = transfer.move(piece, offset + done);
        done += Math.max(0, moved);
        if (moved < pieces.length(i)) {
          break;
        }
      }
    } catch (IOException e) {
      JavaErrors.checkInterruption(e);
      if (done == 0) {
        throw JavaErrors.of(e);
      }
    } catch (RuntimeException e) {
      throw JavaErrors.of(e);
    }
    return done;
  }

  private boolean appends() {
    return (flags() & APPEND) != 0;
  }

  @Override
  void changeFlags(int newFlags) throws ErrnoException {
    if (((newFlags ^ flags()) & (DSYNC | RSYNC | SYNC)) != 0) {
      throw new ErrnoException(Errno.NOTSUP);
    }
  }

  @Override
  long read(GuestVectors to) throws ErrnoException {
    return transfer(to, 0, (piece, _) -> channel.read(piece));
  }

  @Override
  long write(GuestVectors from) throws ErrnoException {
    if (!appends()) {
      return transfer(from, 0, (piece, _) -> channel.write(piece));
    }
    // Alone, so that two guests who append do not overwrite each other.
    return files.answer(() -> {
      channel.position(channel.size());
      return transfer(from, 0, (piece, _) -> channel.write(piece));
    });
  }

  @Override
  long pread(GuestVectors to, long offset) throws ErrnoException {
    requireNotNegative(offset);
    if (channel instanceof FileChannel file) {
      return transfer(to, offset, file::read);
    }
    return elsewhere(offset, () -> read(to));
  }

  @Override
  long pwrite(GuestVectors from, long offset) throws ErrnoException {
    requireNotNegative(offset);
    if (appends()) {
      // As Linux does it: the flag counts more than the offset.
      return elsewhere(offset, () -> write(from));
    }
    if (channel instanceof FileChannel file) {
      return transfer(from, offset, file::write);
    }
    return elsewhere(offset, () -> write(from));
  }

  /** Does something at another position and comes back. */
  private long elsewhere(long offset, JavaFileSystem.Question<Long> action) throws ErrnoException {
    return files.answer(() -> {
      long position = channel.position();
      try {
        channel.position(offset);
        return action.ask();
      } finally {
        channel.position(position);
      }
    });
  }

  private static void requireNotNegative(long offset) throws ErrnoException {
    if (offset < 0) {
      throw new ErrnoException(Errno.INVAL);
    }
  }

  @Override
  long seek(long offset, int whence) throws ErrnoException {
    return files.answer(() -> {
      long from =
          switch (whence) {
            case Posix.SEEK_CUR -> channel.position();
            case Posix.SEEK_END -> channel.size();
            default -> 0;
          };
      // A sum that is too large is negative, too.
      long position = from + offset;
      requireNotNegative(position);
      if (position != channel.position()) {
        channel.position(position);
      }
      return position;
    });
  }

  /** A hint that nobody takes. */
  @Override
  void advise(long offset, long length, int advice) throws ErrnoException {
    requireNotNegative(length);
  }

  @Override
  void allocate(long offset, long length) throws ErrnoException {
    if (offset < 0 || length <= 0 || offset + length < 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    files.alone(() -> {
      grow(offset + length);
    });
  }

  @Override
  void truncate(long size) throws ErrnoException {
    requireNotNegative(size);
    files.alone(() -> {
      long position = channel.position();
      if (size < channel.size()) {
        channel.truncate(size);
        channel.position(position);
      } else {
        grow(size);
      }
    });
  }

  /** Makes the file at least that long, by a zero at its new end. */
  private void grow(long size) throws IOException {
    if (size <= channel.size()) {
      if ((base() & Rights.FD_WRITE) == 0) {
        throw new NonWritableChannelException();
      }
      return;
    }
    long position = channel.position();
    try {
      channel.position(size - 1);
      if (channel.write(ByteBuffer.allocate(1)) != 1) {
        throw new IOException("nothing was written");
      }
    } finally {
      channel.position(position);
    }
  }

  /** Bytes between the position and the end. */
  long available() {
    try {
      return Math.max(0, channel.size() - channel.position());
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  void sync(boolean dataOnly) throws ErrnoException {
    if (channel instanceof FileChannel file) {
      files.alone(() -> file.force(!dataOnly));
    } else if ((base() & Rights.FD_WRITE) != 0) {
      throw new ErrnoException(Errno.NOTSUP);
    }
  }

  @Override
  void setTimes(FileTimes times) throws ErrnoException {
    files.alone(() -> {
      if (JavaFileSystem.find(root, path, key) == null) {
        throw new ErrnoException(Errno.NOTSUP);
      }
      JavaDirectory.setTimes(path, times);
    });
  }

  @Override
  void stat(Filestat result) throws ErrnoException {
    files.alone(() -> {
      BasicFileAttributes attributes = JavaFileSystem.find(root, path, key);
      if (attributes != null && JavaFileSystem.type(attributes) == type()) {
        files.stat(path, attributes, result);
      } else {
        result.set(opened);
      }
      result.size = channel.size();
    });
  }

  @Override
  void close() throws ErrnoException {
    files.alone(() -> {
      channel.close();
    });
  }
}
