package dev.tazza.wasi;

import dev.tazza.sys.fs.Beneath;
import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.Linux;
import dev.tazza.sys.fs.PathCalls;
import dev.tazza.sys.fs.Stat;

/**
 * The functions on paths ({@code path_…}).
 *
 * <p>A path is looked up in one of two ways, both of which stay beneath the directory it starts
 * from. Functions that follow links open the file itself through {@link Beneath#open}. Functions on
 * a name (make, remove, rename, link) open the directory of the last name through {@link
 * Beneath#parent} and then use that single name, which the kernel does not follow.
 */
final class PathFunctions {
  private static final int FOLLOW = 1;

  private static final int OPEN_CREATE = 1;
  private static final int OPEN_DIRECTORY = 2;
  private static final int OPEN_EXCLUSIVE = 4;
  private static final int OPEN_TRUNCATE = 8;
  private static final int ALL_OPEN = 15;

  private static final int SET_ACCESS = 1;
  private static final int SET_ACCESS_NOW = 2;
  private static final int SET_MODIFY = 4;
  private static final int SET_MODIFY_NOW = 8;
  private static final int ALL_SET = 15;

  /** Permissions of what a guest creates, less the process's mask. */
  private static final int FILE_MODE = 0666;

  private static final int DIRECTORY_MODE = 0777;
  private static final byte[] EMPTY = {};

  private final Guest guest;
  private final Beneath beneath;
  private final PathCalls calls;
  private final Stat stat = new Stat();

  PathFunctions(Guest guest) {
    this.guest = guest;
    this.beneath = guest.beneath();
    this.calls = guest.kernel().paths();
  }

  private HostDescriptor directory(long fd, long rights) throws ErrnoException {
    Descriptor descriptor = guest.descriptors().get((int) fd);
    if (!(descriptor instanceof HostDescriptor host) || descriptor.type() != Descriptor.DIRECTORY) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    host.require(rights);
    return host;
  }

  private static byte[] path(GuestMemory memory, long pointer, long length) throws ErrnoException {
    return memory.path((int) pointer, (int) length);
  }

  private static boolean follow(long flags) throws ErrnoException {
    if ((flags & ~FOLLOW & 0xffff_ffffL) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    return (flags & FOLLOW) != 0;
  }

  private int open(HostDescriptor directory, byte[] path, int flags) throws ErrnoException {
    return Errno.checkResolved(beneath.open(directory.fd(), path, flags, FILE_MODE));
  }

  /** Opens what a path names only to refer to it. */
  private int locate(HostDescriptor directory, byte[] path, boolean follow) throws ErrnoException {
    return open(directory, path, Linux.O_PATH | (follow ? 0 : Linux.O_NOFOLLOW));
  }

  private void close(int fd) {
    guest.kernel().files().close(fd);
  }

  /** The parent of a name to change; {@code .} and {@code ..} are no names, but {@code errno}. */
  private Beneath.Parent parent(HostDescriptor directory, byte[] path, int errno)
      throws ErrnoException {
    Beneath.Parent parent = beneath.parent(directory.fd(), path);
    Errno.checkResolved(parent.fd());
    if (parent.special()) {
      parent.close();
      // Outside is an error of its own.
      close(locate(directory, path, true));
      throw new ErrnoException(errno);
    }
    return parent;
  }

  void createDirectory(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_CREATE_DIRECTORY);
    byte[] path = path(memory, args[1], args[2]);
    try (Beneath.Parent parent = parent(directory, path, Errno.EXIST)) {
      Errno.check(calls.makeDirectory(parent.fd(), parent.name(), DIRECTORY_MODE));
    }
  }

  void removeDirectory(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_REMOVE_DIRECTORY);
    byte[] path = path(memory, args[1], args[2]);
    boolean dot = path.length > 0 && isDot(path);
    try (Beneath.Parent parent = parent(directory, path, dot ? Errno.INVAL : Errno.NOTEMPTY)) {
      Errno.check(calls.unlink(parent.fd(), parent.name(), Linux.AT_REMOVEDIR));
    }
  }

  /** Whether the last name is {@code .} rather than {@code ..}. */
  private static boolean isDot(byte[] path) {
    int end = path.length;
    while (end > 1 && path[end - 1] == '/') {
      end--;
    }
    return end < 2 || path[end - 2] != '.';
  }

  void unlinkFile(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_UNLINK_FILE);
    byte[] path = path(memory, args[1], args[2]);
    try (Beneath.Parent parent = parent(directory, path, Errno.ISDIR)) {
      Errno.check(calls.unlink(parent.fd(), parent.name(), 0));
    }
  }

  void rename(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor source = directory(args[0], Rights.PATH_RENAME_SOURCE);
    HostDescriptor target = directory(args[3], Rights.PATH_RENAME_TARGET);
    byte[] oldPath = path(memory, args[1], args[2]);
    byte[] newPath = path(memory, args[4], args[5]);
    try (Beneath.Parent from = parent(source, oldPath, Errno.BUSY);
        Beneath.Parent to = parent(target, newPath, Errno.BUSY)) {
      Errno.check(calls.rename(from.fd(), from.name(), to.fd(), to.name()));
    }
  }

  /** A link must not point to an absolute path: those are the host's, and no guest's business. */
  void symlink(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[2], Rights.PATH_SYMLINK);
    byte[] content = path(memory, args[0], args[1]);
    byte[] path = path(memory, args[3], args[4]);
    if (content.length > 0 && content[0] == '/') {
      throw new ErrnoException(Errno.PERM);
    }
    try (Beneath.Parent parent = parent(directory, path, Errno.EXIST)) {
      Errno.check(calls.symlink(content, parent.fd(), parent.name()));
    }
  }

  void link(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor source = directory(args[0], Rights.PATH_LINK_SOURCE);
    HostDescriptor target = directory(args[4], Rights.PATH_LINK_TARGET);
    boolean follow = follow(args[1]);
    byte[] oldPath = path(memory, args[2], args[3]);
    byte[] newPath = path(memory, args[5], args[6]);
    try (Beneath.Parent to = parent(target, newPath, Errno.EXIST)) {
      if (follow) {
        linkOpened(source, oldPath, to);
        return;
      }
      try (Beneath.Parent from = parent(source, oldPath, Errno.PERM)) {
        if (from.slash()) {
          // Only a directory may be named so, and directories have no hard links.
          close(open(source, oldPath, Linux.O_PATH | Linux.O_DIRECTORY));
          throw new ErrnoException(Errno.PERM);
        }
        Errno.check(calls.link(from.fd(), from.name(), to.fd(), to.name(), 0));
      }
    }
  }

  /** Links the file that a path leads to, through its descriptor: no name is looked up twice. */
  private void linkOpened(HostDescriptor source, byte[] path, Beneath.Parent to)
      throws ErrnoException {
    int fd = locate(source, path, true);
    try {
      byte[] opened = PathCalls.descriptorPath(fd);
      int flags = Linux.AT_SYMLINK_FOLLOW;
      Errno.check(calls.link(Linux.AT_FDCWD, opened, to.fd(), to.name(), flags));
    } finally {
      close(fd);
    }
  }

  void readlink(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_READLINK);
    byte[] path = path(memory, args[1], args[2]);
    int buffer = (int) args[3];
    long size = args[4] & 0xffff_ffffL;
    int result = (int) args[5];
    memory.range(buffer, size);
    memory.range(result, 4);
    int fd = locate(directory, path, false);
    try {
      int length = calls.readLink(fd, EMPTY);
      if (length == -Linux.ENOENT) {
        // That is how the kernel says that the descriptor is not a link.
        throw new ErrnoException(Errno.INVAL);
      }
      byte[] content = calls.linkTarget((int) Errno.check(length));
      int part = (int) Math.min(size, length);
      memory.putBytes(buffer, content, part);
      memory.putInt(result, part);
    } finally {
      close(fd);
    }
  }

  void filestatGet(GuestMemory memory, long[] args, Snapshot snapshot) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_FILESTAT_GET);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    int result = (int) args[4];
    memory.range(result, snapshot.filestatSize());
    if (!statName(directory, path, follow)) {
      int fd = locate(directory, path, follow);
      try {
        Errno.check(guest.kernel().files().stat(fd, stat));
      } finally {
        close(fd);
      }
    }
    snapshot.putFilestat(memory, result, stat, HostDescriptor.type(stat.type()));
  }

  /** The usual case in one system call: a single name that needs no link to be followed. */
  private boolean statName(HostDescriptor directory, byte[] path, boolean follow)
      throws ErrnoException {
    if (path.length == 0 || path[0] == '.') {
      return false;
    }
    for (byte b : path) {
      if (b == '/') {
        return false;
      }
    }
    Errno.check(calls.stat(directory.fd(), path, Linux.AT_SYMLINK_NOFOLLOW, stat));
    return !follow || stat.type() != Linux.S_IFLNK;
  }

  void filestatSetTimes(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_FILESTAT_SET_TIMES);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    FileTimes times = times(args[4], args[5], (int) args[6]);
    int fd = locate(directory, path, follow);
    try {
      Errno.check(calls.setTimes(fd, times));
    } finally {
      close(fd);
    }
  }

  /** Times as the two functions that set them describe them. */
  static FileTimes times(long access, long modify, int flags) throws ErrnoException {
    if ((flags & ~ALL_SET) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    return new FileTimes(
        access,
        rule(flags, SET_ACCESS, SET_ACCESS_NOW),
        modify,
        rule(flags, SET_MODIFY, SET_MODIFY_NOW));
  }

  private static long rule(int flags, int set, int now) throws ErrnoException {
    if ((flags & (set | now)) == (set | now)) {
      throw new ErrnoException(Errno.INVAL);
    }
    if ((flags & now) != 0) {
      return Linux.UTIME_NOW;
    }
    return (flags & set) != 0 ? 0 : Linux.UTIME_OMIT;
  }

  void open(GuestMemory memory, long[] args) throws ErrnoException {
    HostDescriptor directory = directory(args[0], Rights.PATH_OPEN);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    int result = (int) args[8];
    memory.range(result, 4);
    guest.descriptors().reserve();
    int openFlags = (int) args[4];
    int flags = (int) args[7];
    long base = args[5];
    checkOpen(directory, openFlags, flags, base);
    int hostFlags = hostFlags(openFlags, flags, base) | (follow ? 0 : Linux.O_NOFOLLOW);
    int fd = open(directory, path, hostFlags);
    int number = -1;
    try {
      Errno.check(guest.kernel().files().stat(fd, stat));
      int type = HostDescriptor.type(stat.type());
      var grant = grant(directory, type, fd, args, flags);
      var opened = HostDescriptor.opened(guest.waiter(), fd, type, grant);
      number = guest.descriptors().add(opened);
    } finally {
      if (number < 0) {
        close(fd);
      }
    }
    memory.putInt(result, number);
  }

  private static void checkOpen(HostDescriptor directory, int openFlags, int flags, long base)
      throws ErrnoException {
    boolean create = (openFlags & OPEN_CREATE) != 0;
    if ((openFlags & ~ALL_OPEN) != 0
        || (flags & ~Descriptor.ALL_FLAGS) != 0
        || create && (openFlags & OPEN_DIRECTORY) != 0) {
      throw new ErrnoException(Errno.INVAL);
    }
    if (create) {
      directory.require(Rights.PATH_CREATE_FILE);
    }
    if ((openFlags & OPEN_TRUNCATE) != 0) {
      directory.require(Rights.PATH_FILESTAT_SET_SIZE);
    }
    // Other rights that the directory cannot pass on are silently left out, as guests expect who
    // ask for all there are. But a file must not turn out not to be readable or writable.
    if ((base & ~directory.inheriting() & (Rights.FD_READ | Rights.FD_WRITE)) != 0) {
      throw new ErrnoException(Errno.NOTCAPABLE);
    }
  }

  private static int hostFlags(int openFlags, int flags, long base) {
    boolean read = (base & (Rights.FD_READ | Rights.FD_READDIR)) != 0;
    boolean write = (base & Rights.FD_WRITE) != 0;
    int result = write ? read ? Linux.O_RDWR : Linux.O_WRONLY : Linux.O_RDONLY;
    result |= Linux.O_NOCTTY;
    result |= (openFlags & OPEN_CREATE) != 0 ? Linux.O_CREAT : 0;
    result |= (openFlags & OPEN_DIRECTORY) != 0 ? Linux.O_DIRECTORY : 0;
    result |= (openFlags & OPEN_EXCLUSIVE) != 0 ? Linux.O_EXCL : 0;
    result |= (openFlags & OPEN_TRUNCATE) != 0 ? Linux.O_TRUNC : 0;
    result |= (flags & Descriptor.APPEND) != 0 ? Linux.O_APPEND : 0;
    result |= (flags & Descriptor.NONBLOCK) != 0 ? Linux.O_NONBLOCK : 0;
    result |= (flags & Descriptor.DSYNC) != 0 ? Linux.O_DSYNC : 0;
    result |= (flags & (Descriptor.SYNC | Descriptor.RSYNC)) != 0 ? Linux.O_SYNC : 0;
    return result;
  }

  /**
   * Rights for what was opened: what the guest asked for, as far as the directory passes it on and
   * it makes sense. A directory gets all that is passed on. Guests, Go's runtime among them, ask
   * for less and then use more, because others do not enforce it; who wants less can still say so
   * with {@code fd_fdstat_set_rights}.
   */
  private HostDescriptor.Grant grant(
      HostDescriptor directory, int type, int fd, long[] args, int flags) {
    long passedOn = directory.inheriting();
    if (type == Descriptor.DIRECTORY) {
      return new HostDescriptor.Grant(passedOn & Rights.DIRECTORY, passedOn, flags);
    }
    boolean terminal = type == Descriptor.CHARACTER_DEVICE && guest.kernel().files().isTerminal(fd);
    long sensible = terminal ? Rights.FILE & ~(Rights.FD_SEEK | Rights.FD_TELL) : Rights.FILE;
    return new HostDescriptor.Grant(args[5] & passedOn & sensible, args[6] & passedOn, flags);
  }
}
