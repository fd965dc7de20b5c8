package dev.tazza.wasi;

import dev.tazza.sys.fs.Beneath;
import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.PathCalls;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.Stat;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of the host.
 *
 * <p>A path is looked up in one of two ways, both of which stay beneath the directory. Functions
 * that follow links open the file itself through {@link Beneath#open}. Functions on a name (make,
 * remove, rename, link) open the directory of the last name through {@link Beneath#parent} and then
 * use that single name, which the kernel does not follow.
 */
final class HostDirectory extends Directory {
  /** Permissions of what a guest creates, less the process's mask. */
  private static final int FILE_MODE = 0666;

  private static final int DIRECTORY_MODE = 0777;
  private static final byte[] EMPTY = {};

  private final Guest guest;
  private final Beneath beneath;
  private final PathCalls calls;
  private final Stat stat = new Stat();
  private final DirectoryReader.Positions positions = new DirectoryReader.Positions();
  private final int fd;

  HostDirectory(Guest guest, int fd, Grant grant, byte @Nullable [] preopenName) {
    super(grant, preopenName);
    this.guest = guest;
    this.beneath = guest.beneath();
    this.calls = guest.kernel().paths();
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  /** Where the guest has been in the list of entries. */
  DirectoryReader.Positions positions() {
    return positions;
  }

  @Override
  void sync(boolean dataOnly) throws ErrnoException {
    var files = guest.kernel().files();
    Errno.check(dataOnly ? files.syncData(fd) : files.sync(fd));
  }

  @Override
  void setTimes(FileTimes times) throws ErrnoException {
    Errno.check(calls.setTimes(fd, times));
  }

  @Override
  void stat(Filestat result) throws ErrnoException {
    Errno.check(guest.kernel().files().stat(fd, stat));
    result.set(stat);
  }

  @Override
  int list(long cookie, GuestMemory memory, int pointer, int length) throws ErrnoException {
    return guest.directories().read(this, cookie, memory, pointer, length);
  }

  private int open(byte[] path, int flags) throws ErrnoException {
    return Errno.checkResolved(beneath.open(fd, path, flags, FILE_MODE));
  }

  /** Opens what a path names only to refer to it. */
  private int locate(byte[] path, boolean follow) throws ErrnoException {
    return open(path, Posix.O_PATH | (follow ? 0 : Posix.O_NOFOLLOW));
  }

  private void close(int opened) {
    guest.kernel().files().close(opened);
  }

  /** The parent of a name to change; {@code .} and {@code ..} are no names, but {@code errno}. */
  private Beneath.Parent parent(byte[] path, int errno) throws ErrnoException {
    Beneath.Parent parent = beneath.parent(fd, path);
    Errno.checkResolved(parent.fd());
    if (parent.special()) {
      parent.close();
      // Outside is an error of its own.
      close(locate(path, true));
      throw new ErrnoException(errno);
    }
    return parent;
  }

  /** The other directory of a call with two, which must be the host's as well. */
  private static HostDirectory host(Directory directory) throws ErrnoException {
    if (!(directory instanceof HostDirectory host)) {
      throw new ErrnoException(Errno.XDEV);
    }
    return host;
  }

  @Override
  void createDirectory(byte[] path) throws ErrnoException {
    try (Beneath.Parent parent = parent(path, Errno.EXIST)) {
      Errno.check(calls.makeDirectory(parent.fd(), parent.name(), DIRECTORY_MODE));
    }
  }

  @Override
  void removeDirectory(byte[] path) throws ErrnoException {
    boolean dot = path.length > 0 && endsWithOneDot(path);
    try (Beneath.Parent parent = parent(path, dot ? Errno.INVAL : Errno.NOTEMPTY)) {
      Errno.check(calls.unlink(parent.fd(), parent.name(), Posix.AT_REMOVEDIR));
    }
  }

  @Override
  void unlinkFile(byte[] path) throws ErrnoException {
    try (Beneath.Parent parent = parent(path, Errno.ISDIR)) {
      Errno.check(calls.unlink(parent.fd(), parent.name(), 0));
    }
  }

  @Override
  void rename(byte[] oldPath, Directory target, byte[] newPath) throws ErrnoException {
    HostDirectory other = host(target);
    try (Beneath.Parent from = parent(oldPath, Errno.BUSY);
        Beneath.Parent to = other.parent(newPath, Errno.BUSY)) {
      Errno.check(calls.rename(from.fd(), from.name(), to.fd(), to.name()));
    }
  }

  @Override
  void symlink(byte[] content, byte[] path) throws ErrnoException {
    try (Beneath.Parent parent = parent(path, Errno.EXIST)) {
      Errno.check(calls.symlink(content, parent.fd(), parent.name()));
    }
  }

  @Override
  void link(byte[] oldPath, boolean follow, Directory target, byte[] newPath)
      throws ErrnoException {
    HostDirectory other = host(target);
    try (Beneath.Parent to = other.parent(newPath, Errno.EXIST)) {
      if (follow) {
        linkOpened(oldPath, to);
        return;
      }
      try (Beneath.Parent from = parent(oldPath, Errno.PERM)) {
        if (from.slash()) {
          // Only a directory may be named so, and directories have no hard links.
          close(open(oldPath, Posix.O_PATH | Posix.O_DIRECTORY));
          throw new ErrnoException(Errno.PERM);
        }
        Errno.check(calls.link(from.fd(), from.name(), to.fd(), to.name(), 0));
      }
    }
  }

  /** Links the file that a path leads to, through its descriptor: no name is looked up twice. */
  private void linkOpened(byte[] path, Beneath.Parent to) throws ErrnoException {
    int opened = locate(path, true);
    try {
      byte[] itself = calls.descriptorPath(opened);
      int flags = Posix.AT_SYMLINK_FOLLOW;
      Errno.check(calls.link(Posix.AT_FDCWD, itself, to.fd(), to.name(), flags));
    } finally {
      close(opened);
    }
  }

  @Override
  byte[] readlink(byte[] path) throws ErrnoException {
    int link = locate(path, false);
    try {
      int length = calls.readLink(link, EMPTY);
      if (length == -Posix.ENOENT) {
        // That is how the kernel says that the descriptor is not a link.
        throw new ErrnoException(Errno.INVAL);
      }
      return calls.linkTarget((int) Errno.check(length));
    } finally {
      close(link);
    }
  }

  @Override
  void stat(byte[] path, boolean follow, Filestat result) throws ErrnoException {
    if (!statName(path, follow)) {
      int opened = locate(path, follow);
      try {
        Errno.check(guest.kernel().files().stat(opened, stat));
      } finally {
        close(opened);
      }
    }
    result.set(stat);
  }

  /** The usual case in one system call: a single name that needs no link to be followed. */
  private boolean statName(byte[] path, boolean follow) throws ErrnoException {
    if (path.length == 0 || path[0] == '.') {
      return false;
    }
    for (byte b : path) {
      if (b == '/') {
        return false;
      }
    }
    Errno.check(calls.stat(fd, path, Posix.AT_SYMLINK_NOFOLLOW, stat));
    return !follow || stat.type() != Posix.S_IFLNK;
  }

  @Override
  void setTimes(byte[] path, boolean follow, FileTimes times) throws ErrnoException {
    int opened = locate(path, follow);
    try {
      Errno.check(calls.setTimes(opened, times));
    } finally {
      close(opened);
    }
  }

  @Override
  Descriptor open(byte[] path, Opening how) throws ErrnoException {
    int opened = open(path, hostFlags(how));
    Descriptor descriptor = null;
    try {
      Errno.check(guest.kernel().files().stat(opened, stat));
      int type = HostDescriptor.type(stat.type());
      Grant grant = grant(type, sensible(type, opened), how);
      descriptor =
          type == DIRECTORY
              ? new HostDirectory(guest, opened, grant, null)
              : HostDescriptor.opened(guest.waiter(), opened, type, grant);
      return descriptor;
    } finally {
      if (descriptor == null) {
        close(opened);
      }
    }
  }

  /** Guests take a character device that cannot seek for a terminal. */
  private long sensible(int type, int opened) {
    boolean terminal = type == CHARACTER_DEVICE && guest.kernel().files().isTerminal(opened);
    return terminal ? Rights.FILE & ~(Rights.FD_SEEK | Rights.FD_TELL) : Rights.FILE;
  }

  private static int hostFlags(Opening how) {
    int flags = how.flags();
    int result = how.writes() ? how.reads() ? Posix.O_RDWR : Posix.O_WRONLY : Posix.O_RDONLY;
    result |= Posix.O_NOCTTY;
    result |= how.follow() ? 0 : Posix.O_NOFOLLOW;
    result |= how.has(OPEN_CREATE) ? Posix.O_CREAT : 0;
    result |= how.has(OPEN_DIRECTORY) ? Posix.O_DIRECTORY : 0;
    result |= how.has(OPEN_EXCLUSIVE) ? Posix.O_EXCL : 0;
    result |= how.has(OPEN_TRUNCATE) ? Posix.O_TRUNC : 0;
    result |= (flags & APPEND) != 0 ? Posix.O_APPEND : 0;
    result |= (flags & NONBLOCK) != 0 ? Posix.O_NONBLOCK : 0;
    result |= (flags & DSYNC) != 0 ? Posix.O_DSYNC : 0;
    result |= (flags & (SYNC | RSYNC)) != 0 ? Posix.O_SYNC : 0;
    return result;
  }

  @Override
  void close() throws ErrnoException {
    Errno.check(guest.kernel().files().close(fd));
  }
}
