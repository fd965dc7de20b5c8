package dev.tazza.wasi;

import dev.tazza.sys.fs.FileTimes;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: what a guest can do with names in it and below.
 *
 * <p>Paths are as the guest gave them, checked to have no zero byte. Whatever they contain, nothing
 * outside of the directory is reached: that is {@code EPERM}. Rights have been checked.
 */
abstract sealed class Directory extends Descriptor permits HostDirectory, JavaDirectory {
  private final byte @Nullable [] preopenName;

  Directory(Grant grant, byte @Nullable [] preopenName) {
    super(DIRECTORY, grant);
    this.preopenName = preopenName;
  }

  /** The flags of {@code path_open}. */
  static final int OPEN_CREATE = 1;

  static final int OPEN_DIRECTORY = 2;
  static final int OPEN_EXCLUSIVE = 4;
  static final int OPEN_TRUNCATE = 8;
  static final int ALL_OPEN = 15;

  /** How to open a path: the arguments of {@code path_open}. */
  record Opening(boolean follow, int openFlags, int flags, long base, long inheriting) {
    boolean has(int openFlag) {
      return (openFlags & openFlag) != 0;
    }

    boolean reads() {
      return (base & (Rights.FD_READ | Rights.FD_READDIR)) != 0;
    }

    boolean writes() {
      return (base & Rights.FD_WRITE) != 0;
    }
  }

  /**
   * Rights for what was opened: what the guest asked for, as far as the directory passes it on and
   * it makes sense. A directory gets all that is passed on. Guests, Go's runtime among them, ask
   * for less and then use more, because others do not enforce it; who wants less can still say so
   * with {@code fd_fdstat_set_rights}.
   *
   * @param sensible all rights that make sense for the file
   */
  final Grant grant(int type, long sensible, Opening how) {
    long passedOn = inheriting();
    return type == DIRECTORY
        ? new Grant(passedOn & Rights.DIRECTORY, passedOn, how.flags)
        : new Grant(how.base & passedOn & sensible, how.inheriting & passedOn, how.flags);
  }

  abstract Descriptor open(byte[] path, Opening how) throws ErrnoException;

  abstract void createDirectory(byte[] path) throws ErrnoException;

  abstract void removeDirectory(byte[] path) throws ErrnoException;

  abstract void unlinkFile(byte[] path) throws ErrnoException;

  /** Moves {@code from} to {@code to} in {@code target}, which is often this directory. */
  abstract void rename(byte[] from, Directory target, byte[] to) throws ErrnoException;

  /** Makes a symbolic link; its content is not absolute. */
  abstract void symlink(byte[] content, byte[] path) throws ErrnoException;

  /** Makes a hard link {@code to} in {@code target}. */
  abstract void link(byte[] from, boolean follow, Directory target, byte[] to)
      throws ErrnoException;

  /** The content of a symbolic link. */
  abstract byte[] readlink(byte[] path) throws ErrnoException;

  abstract void stat(byte[] path, boolean follow, Filestat result) throws ErrnoException;

  abstract void setTimes(byte[] path, boolean follow, FileTimes times) throws ErrnoException;

  /**
   * Writes entries after position {@code cookie}, 0 for the start, until {@code length} bytes are
   * full; returns how many are.
   */
  abstract int list(long cookie, GuestMemory memory, int pointer, int length) throws ErrnoException;

  /** Whether the last name of a path that ends with dots is {@code .} rather than {@code ..}. */
  static boolean endsWithOneDot(byte[] path) {
    int end = path.length;
    while (end > 1 && path[end - 1] == '/') {
      end--;
    }
    return end < 2 || path[end - 2] != '.';
  }

  @Override
  final byte @Nullable [] preopenName() {
    return preopenName;
  }

  @Override
  final void changeFlags(int newFlags) throws ErrnoException {
    if (((newFlags ^ flags()) & (DSYNC | RSYNC | SYNC)) != 0) {
      throw new ErrnoException(Errno.NOTSUP);
    }
  }

  @Override
  final long read(GuestVectors to) throws ErrnoException {
    throw new ErrnoException(Errno.ISDIR);
  }

  @Override
  final long write(GuestVectors from) throws ErrnoException {
    throw new ErrnoException(Errno.ISDIR);
  }
}
