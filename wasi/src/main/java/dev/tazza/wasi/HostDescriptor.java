package dev.tazza.wasi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.IoVectors;
import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.Stat;

/**
 * An open file, device, pipe or socket of the host.
 *
 * <p>Whether the guest asked for non-blocking I/O is remembered here and never told to the kernel:
 * for inherited descriptors that would change the terminal of others, too. Instead, what may block
 * is polled first.
 */
final class HostDescriptor extends Descriptor {
  /** A pipe that reports to be writable takes this much without blocking ({@code PIPE_BUF}). */
  private static final int ATOMIC = 4096;

  private final Kernel kernel;
  private final Waiter waiter;
  private final int fd;
  private final boolean owned;
  private final boolean mayBlock;
  private final Stat stat = new Stat();

  /** How many calls wait for it. As long as there are any, its number is not given to others. */
  private int waiting;

  private boolean closed;

  private HostDescriptor(Waiter waiter, int fd, int type, boolean owned, Grant grant) {
    super(type, grant);
    this.kernel = waiter.kernel();
    this.waiter = waiter;
    this.fd = fd;
    this.owned = owned;
    this.mayBlock = type != REGULAR_FILE && type != DIRECTORY && type != BLOCK_DEVICE;
  }

  /** A descriptor that was opened for the guest and is closed with it. */
  static HostDescriptor opened(Waiter waiter, int fd, int type, Grant grant) {
    return new HostDescriptor(waiter, fd, type, true, grant);
  }

  /** One of the standard streams that the process was started with. */
  static HostDescriptor inherited(Waiter waiter, int fd) throws ErrnoException {
    Kernel kernel = waiter.kernel();
    Stat stat = new Stat();
    Errno.check(kernel.files().stat(fd, stat));
    if (stat.type() == Posix.S_IFDIR || !isInherited(kernel, fd, stat)) {
      throw new ErrnoException(Errno.BADF);
    }
    return stream(waiter, fd, fd == 0);
  }

  /**
   * A descriptor that stays open. Whatever it is connected to, the guest gets a stream: it reads on
   * or writes on, but neither moves in a file nor changes what others have written to it.
   */
  static HostDescriptor stream(Waiter waiter, int fd, boolean input) throws ErrnoException {
    Kernel kernel = waiter.kernel();
    Stat stat = new Stat();
    Errno.check(kernel.files().stat(fd, stat));
    int type = type(stat.type());
    long rights = Rights.STREAM;
    rights |= input ? Rights.FD_READ : Rights.FD_WRITE | Rights.FD_SYNC | Rights.FD_DATASYNC;
    int hostFlags = kernel.files().flags(fd);
    int flags = hostFlags >= 0 && (hostFlags & Posix.O_APPEND) != 0 ? APPEND : 0;
    return new HostDescriptor(waiter, fd, type, false, new Grant(rights, 0, flags));
  }

  /**
   * Whether a descriptor came from who started the process. Where it did not, its number was free
   * for the first files that the process itself opened. Those are closed on {@code exec}, so that
   * they cannot have come through one; but for the JDK's own {@code lib/modules}.
   */
  private static boolean isInherited(Kernel kernel, int fd, Stat stat) {
    if ((kernel.files().descriptorFlags(fd) & Posix.FD_CLOEXEC) != 0) {
      return false;
    }
    Stat modules = new Stat();
    byte[] path = (System.getProperty("java.home") + "/lib/modules").getBytes(UTF_8);
    boolean known = kernel.paths().stat(Posix.AT_FDCWD, path, 0, modules) == 0;
    return !known || modules.inode() != stat.inode() || modules.device() != stat.device();
  }

  /** The WASI type for a file's mode. */
  static int type(int mode) {
    return switch (mode & Posix.S_IFMT) {
      case Posix.S_IFREG -> REGULAR_FILE;
      case Posix.S_IFDIR -> DIRECTORY;
      case Posix.S_IFLNK -> SYMBOLIC_LINK;
      case Posix.S_IFCHR -> CHARACTER_DEVICE;
      case Posix.S_IFBLK -> BLOCK_DEVICE;
      case Posix.S_IFSOCK -> SOCKET_STREAM;
      default -> UNKNOWN;
    };
  }

  int fd() {
    return fd;
  }

  @Override
  boolean isStream() {
    return !owned || mayBlock && kernel.files().seek(fd, 0, Posix.SEEK_CUR) < 0;
  }

  @Override
  void changeFlags(int newFlags) throws ErrnoException {
    int changed = newFlags ^ flags();
    if ((changed & (DSYNC | RSYNC | SYNC)) != 0) {
      throw new ErrnoException(Errno.NOTSUP);
    }
    if ((changed & APPEND) != 0) {
      if (!owned) {
        throw new ErrnoException(Errno.NOTSUP);
      }
      int hostFlags = (int) Errno.check(kernel.files().flags(fd));
      Errno.check(kernel.files().setFlags(fd, hostFlags ^ Posix.O_APPEND));
    }
  }

  @Override
  long read(GuestVectors to) throws ErrnoException {
    while (true) {
      if (mayBlock) {
        await(Posix.POLLIN);
      }
      long result = kernel.files().read(fd, to.natives(Long.MAX_VALUE));
      if (!again(result)) {
        return Errno.check(result);
      }
    }
  }

  @Override
  long write(GuestVectors from) throws ErrnoException {
    if (type() == SOCKET_STREAM) {
      return send(from);
    }
    while (true) {
      long limit = Long.MAX_VALUE;
      // A platform thread may as well block in the write itself.
      if (mayBlock && (nonBlocking() || Thread.currentThread().isVirtual())) {
        await(Posix.POLLOUT);
        limit = ATOMIC;
      }
      long result = writeOnce(from.natives(limit));
      if (!again(result)) {
        return Errno.check(result);
      }
      awaitReady(Posix.POLLOUT);
    }
  }

  /** Others have their turn meanwhile, if it may take a while. */
  private long writeOnce(IoVectors pieces) throws ErrnoException {
    if (!mayBlock) {
      return kernel.files().write(fd, pieces);
    }
    beginWait();
    try {
      return waiter.turns().aside(() -> kernel.files().write(fd, pieces));
    } finally {
      endWait();
    }
  }

  long send(GuestVectors from) throws ErrnoException {
    while (true) {
      long result = kernel.sockets().send(fd, from.natives(Long.MAX_VALUE));
      if (!again(result)) {
        return Errno.check(result);
      }
      awaitReady(Posix.POLLOUT);
    }
  }

  long receive(GuestVectors to, int flags) throws ErrnoException {
    while (true) {
      long result = kernel.sockets().receive(fd, to.natives(Long.MAX_VALUE), flags);
      if (!again(result)) {
        return Errno.check(result);
      }
      awaitReady(Posix.POLLIN);
    }
  }

  /** Takes a connection, waiting for one unless this is non-blocking. */
  int accept() throws ErrnoException {
    while (true) {
      int result = kernel.sockets().accept(fd);
      if (!again(result)) {
        return (int) Errno.check(result);
      }
      awaitReady(Posix.POLLIN);
    }
  }

  @Override
  long pread(GuestVectors to, long offset) throws ErrnoException {
    return Errno.check(kernel.files().pread(fd, to.natives(Long.MAX_VALUE), offset));
  }

  @Override
  long pwrite(GuestVectors from, long offset) throws ErrnoException {
    return Errno.check(kernel.files().pwrite(fd, from.natives(Long.MAX_VALUE), offset));
  }

  @Override
  long seek(long offset, int whence) throws ErrnoException {
    return Errno.check(kernel.files().seek(fd, offset, whence));
  }

  @Override
  void advise(long offset, long length, int advice) throws ErrnoException {
    Errno.check(kernel.files().advise(fd, offset, length, advice));
  }

  @Override
  void allocate(long offset, long length) throws ErrnoException {
    Errno.check(kernel.files().allocate(fd, offset, length));
  }

  @Override
  void sync(boolean dataOnly) throws ErrnoException {
    Errno.check(dataOnly ? kernel.files().syncData(fd) : kernel.files().sync(fd));
  }

  @Override
  void truncate(long size) throws ErrnoException {
    Errno.check(kernel.files().truncate(fd, size));
  }

  @Override
  void setTimes(FileTimes times) throws ErrnoException {
    Errno.check(kernel.paths().setTimes(fd, times));
  }

  @Override
  void stat(Filestat result) throws ErrnoException {
    Errno.check(kernel.files().stat(fd, stat));
    result.set(stat);
  }

  /** Whether the call has to be made again once the descriptor is ready. */
  private boolean again(long result) {
    return result == -Posix.EAGAIN && !nonBlocking();
  }

  private void await(int events) throws ErrnoException {
    if (!nonBlocking()) {
      awaitReady(events);
    } else if (!waiter.isReady(fd, events)) {
      throw new ErrnoException(Errno.AGAIN);
    }
  }

  private void awaitReady(int events) throws ErrnoException {
    beginWait();
    try {
      waiter.await(fd, events);
    } finally {
      endWait();
    }
    if (closed) {
      throw new ErrnoException(Errno.BADF);
    }
  }

  /** A call begins to wait for it, in which others have their turn, and may close it. */
  void beginWait() {
    waiting++;
  }

  /** It has its turn again. */
  void endWait() {
    waiting--;
    if (closed && waiting == 0) {
      kernel.files().close(fd);
    }
  }

  /** Whether {@code poll} has to be asked about this descriptor. */
  boolean mayBlock() {
    return mayBlock;
  }

  @Override
  void close() throws ErrnoException {
    if (owned && !closed) {
      closed = true;
      if (waiting == 0) {
        Errno.check(kernel.files().close(fd));
      }
    }
  }
}
