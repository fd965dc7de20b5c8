package dev.tazza.wasi;

import dev.tazza.sys.fs.FileTimes;
import org.jspecify.annotations.Nullable;

/**
 * What a guest's file descriptor stands for: rights, flags, and the means to read and write.
 *
 * <p>Operations that a kind of descriptor does not have end with the error POSIX gives for them.
 */
abstract sealed class Descriptor
    permits HostDescriptor, InputDescriptor, OutputDescriptor, Directory, JavaFile {
  /** File types of preview 1. */
  static final int UNKNOWN = 0;

  static final int BLOCK_DEVICE = 1;
  static final int CHARACTER_DEVICE = 2;
  static final int DIRECTORY = 3;
  static final int REGULAR_FILE = 4;
  static final int SOCKET_STREAM = 6;
  static final int SYMBOLIC_LINK = 7;

  /** Descriptor flags of preview 1. */
  static final int APPEND = 1;

  static final int DSYNC = 2;
  static final int NONBLOCK = 4;
  static final int RSYNC = 8;
  static final int SYNC = 16;
  static final int ALL_FLAGS = 31;

  private final int type;
  private long base;
  private long inheriting;
  private int flags;

  Descriptor(int type, Grant grant) {
    this.type = type;
    this.base = grant.base;
    this.inheriting = grant.inheriting;
    this.flags = grant.flags;
  }

  /** The rights and flags a new descriptor gets. */
  record Grant(long base, long inheriting, int flags) {}

  final int type() {
    return type;
  }

  /** What may be done with this descriptor. */
  final long base() {
    return base;
  }

  /** What may at most be done with descriptors opened through this one. */
  final long inheriting() {
    return inheriting;
  }

  final int flags() {
    return flags;
  }

  final boolean nonBlocking() {
    return (flags & NONBLOCK) != 0;
  }

  final void require(long rights) throws ErrnoException {
    if ((base & rights) != rights) {
      throw new ErrnoException(Errno.NOTCAPABLE);
    }
  }

  final void reduceRights(long newBase, long newInheriting) throws ErrnoException {
    if ((newBase & ~base) != 0 || (newInheriting & ~inheriting) != 0) {
      throw new ErrnoException(Errno.NOTCAPABLE);
    }
    base = newBase;
    inheriting = newInheriting;
  }

  final void setFlags(int newFlags) throws ErrnoException {
    if ((newFlags & ~ALL_FLAGS) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    if (newFlags != flags) {
      changeFlags(newFlags);
      flags = newFlags;
    }
  }

  /** Makes a change of flags effective; all but non-blocking differ from {@link #flags} rarely. */
  abstract void changeFlags(int newFlags) throws ErrnoException;

  /** Reads into the guest's pieces; 0 is the end. */
  abstract long read(GuestVectors to) throws ErrnoException;

  /** Writes the guest's pieces, all or a part. */
  abstract long write(GuestVectors from) throws ErrnoException;

  /**
   * Whether this is a mere stream of bytes. What only files have then ends with the error that
   * POSIX gives for pipes, not with that for a right that is missing.
   */
  boolean isStream() {
    return false;
  }

  /** Reads at {@code offset}; the position stays. */
  long pread(GuestVectors to, long offset) throws ErrnoException {
    throw new ErrnoException(Errno.SPIPE);
  }

  /** Writes at {@code offset}; the position stays. */
  long pwrite(GuestVectors from, long offset) throws ErrnoException {
    throw new ErrnoException(Errno.SPIPE);
  }

  /** Moves the position and returns it; {@code whence} is one of {@code SEEK_…}. */
  long seek(long offset, int whence) throws ErrnoException {
    throw new ErrnoException(Errno.SPIPE);
  }

  /** Announces a pattern of access, one of {@code POSIX_FADV_…}. */
  void advise(long offset, long length, int advice) throws ErrnoException {
    throw new ErrnoException(Errno.SPIPE);
  }

  /** Makes sure that the range has storage; a file that ends before its end grows. */
  void allocate(long offset, long length) throws ErrnoException {
    throw new ErrnoException(Errno.SPIPE);
  }

  /** Waits until the data are stored, and the attributes too unless {@code dataOnly}. */
  void sync(boolean dataOnly) throws ErrnoException {
    throw new ErrnoException(Errno.INVAL);
  }

  /** Cuts a file off, or fills it with zeros, at {@code size} bytes. */
  void truncate(long size) throws ErrnoException {
    throw new ErrnoException(Errno.INVAL);
  }

  void setTimes(FileTimes times) throws ErrnoException {
    throw new ErrnoException(Errno.INVAL);
  }

  /** Fills {@code result} with the attributes; of a Java stream nothing but the type is known. */
  void stat(Filestat result) throws ErrnoException {
    result.clear(type);
  }

  /** The name of a preopened directory. */
  byte @Nullable [] preopenName() {
    return null;
  }

  abstract void close() throws ErrnoException;
}
