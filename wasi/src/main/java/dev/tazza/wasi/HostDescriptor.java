package dev.tazza.wasi;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Linux;
import dev.tazza.sys.fs.Stat;
import org.jspecify.annotations.Nullable;

/**
 * An open file, directory, device, pipe or socket of the host.
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
  private final byte @Nullable [] preopenName;

  private HostDescriptor(
      Waiter waiter, int fd, int type, boolean owned, Grant grant, byte @Nullable [] preopenName) {
    super(type, grant.base, grant.inheriting, grant.flags);
    this.kernel = waiter.kernel();
    this.waiter = waiter;
    this.fd = fd;
    this.owned = owned;
    this.mayBlock = type != REGULAR_FILE && type != DIRECTORY && type != BLOCK_DEVICE;
    this.preopenName = preopenName;
  }

  /** The rights and flags a new descriptor gets. */
  record Grant(long base, long inheriting, int flags) {}

  /** A descriptor that was opened for the guest and is closed with it. */
  static HostDescriptor opened(Waiter waiter, int fd, int type, Grant grant) {
    return new HostDescriptor(waiter, fd, type, true, grant, null);
  }

  static HostDescriptor preopened(Waiter waiter, int fd, byte[] name, Grant grant) {
    return new HostDescriptor(waiter, fd, DIRECTORY, true, grant, name);
  }

  /** One of the process's own descriptors, which stays open. */
  static HostDescriptor inherited(Waiter waiter, int fd, long direction) throws ErrnoException {
    Kernel kernel = waiter.kernel();
    Stat stat = new Stat();
    Errno.check(kernel.files().stat(fd, stat));
    int type = type(stat.type());
    long rights = Rights.FILE & ~(Rights.FD_READ | Rights.FD_WRITE) | direction;
    boolean seekable = kernel.files().seek(fd, 0, Linux.SEEK_CUR) >= 0;
    // Guests take a character device that cannot seek for a terminal.
    if (!seekable || type == CHARACTER_DEVICE && kernel.files().isTerminal(fd)) {
      rights &= ~(Rights.FD_SEEK | Rights.FD_TELL);
    }
    int hostFlags = kernel.files().flags(fd);
    int flags = hostFlags >= 0 && (hostFlags & Linux.O_APPEND) != 0 ? APPEND : 0;
    return new HostDescriptor(waiter, fd, type, false, new Grant(rights, rights, flags), null);
  }

  /** The WASI type for a Linux file mode. */
  static int type(int mode) {
    return switch (mode & Linux.S_IFMT) {
      case Linux.S_IFREG -> REGULAR_FILE;
      case Linux.S_IFDIR -> DIRECTORY;
      case Linux.S_IFLNK -> SYMBOLIC_LINK;
      case Linux.S_IFCHR -> CHARACTER_DEVICE;
      case Linux.S_IFBLK -> BLOCK_DEVICE;
      case Linux.S_IFSOCK -> SOCKET_STREAM;
      default -> UNKNOWN;
    };
  }

  int fd() {
    return fd;
  }

  @Override
  byte @Nullable [] preopenName() {
    return preopenName;
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
      Errno.check(kernel.files().setFlags(fd, hostFlags ^ Linux.O_APPEND));
    }
  }

  @Override
  long read(GuestVectors to) throws ErrnoException {
    while (true) {
      if (mayBlock) {
        await(Linux.POLLIN);
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
        await(Linux.POLLOUT);
        limit = ATOMIC;
      }
      long result = kernel.files().write(fd, from.natives(limit));
      if (!again(result)) {
        return Errno.check(result);
      }
      waiter.await(fd, Linux.POLLOUT);
    }
  }

  long send(GuestVectors from) throws ErrnoException {
    while (true) {
      long result = kernel.sockets().send(fd, from.natives(Long.MAX_VALUE));
      if (!again(result)) {
        return Errno.check(result);
      }
      waiter.await(fd, Linux.POLLOUT);
    }
  }

  long receive(GuestVectors to, int flags) throws ErrnoException {
    while (true) {
      long result = kernel.sockets().receive(fd, to.natives(Long.MAX_VALUE), flags);
      if (!again(result)) {
        return Errno.check(result);
      }
      waiter.await(fd, Linux.POLLIN);
    }
  }

  /** Takes a connection, waiting for one unless this is non-blocking. */
  int accept() throws ErrnoException {
    while (true) {
      int result = kernel.sockets().accept(fd);
      if (!again(result)) {
        return (int) Errno.check(result);
      }
      waiter.await(fd, Linux.POLLIN);
    }
  }

  /** Whether the call has to be made again once the descriptor is ready. */
  private boolean again(long result) {
    return result == -Linux.EAGAIN && !nonBlocking();
  }

  private void await(int events) throws ErrnoException {
    if (!nonBlocking()) {
      waiter.await(fd, events);
    } else if (!waiter.isReady(fd, events)) {
      throw new ErrnoException(Errno.AGAIN);
    }
  }

  /** Whether {@code poll} has to be asked about this descriptor. */
  boolean mayBlock() {
    return mayBlock;
  }

  @Override
  void close() throws ErrnoException {
    if (owned) {
      Errno.check(kernel.files().close(fd));
    }
  }
}
