package dev.tazza.wasi;

import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.Posix;

/**
 * The functions on paths ({@code path_…}): they read the arguments and check the rights; a {@link
 * Directory} does the rest.
 */
final class PathFunctions {
  private static final int FOLLOW = 1;

  private static final int SET_ACCESS = 1;
  private static final int SET_ACCESS_NOW = 2;
  private static final int SET_MODIFY = 4;
  private static final int SET_MODIFY_NOW = 8;
  private static final int ALL_SET = 15;

  private final Guest guest;
  private final Filestat stat = new Filestat();

  PathFunctions(Guest guest) {
    this.guest = guest;
  }

  private Directory directory(long fd, long rights) throws ErrnoException {
    if (!(guest.descriptors().get((int) fd) instanceof Directory directory)) {
      throw new ErrnoException(Errno.NOTDIR);
    }
    directory.require(rights);
    return directory;
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

  void createDirectory(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_CREATE_DIRECTORY);
    directory.createDirectory(path(memory, args[1], args[2]));
  }

  void removeDirectory(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_REMOVE_DIRECTORY);
    directory.removeDirectory(path(memory, args[1], args[2]));
  }

  void unlinkFile(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_UNLINK_FILE);
    directory.unlinkFile(path(memory, args[1], args[2]));
  }

  void rename(GuestMemory memory, long[] args) throws ErrnoException {
    Directory source = directory(args[0], Rights.PATH_RENAME_SOURCE);
    Directory target = directory(args[3], Rights.PATH_RENAME_TARGET);
    byte[] oldPath = path(memory, args[1], args[2]);
    byte[] newPath = path(memory, args[4], args[5]);
    source.rename(oldPath, target, newPath);
  }

  /** A link must not point to an absolute path: those are the host's, and no guest's business. */
  void symlink(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[2], Rights.PATH_SYMLINK);
    byte[] content = path(memory, args[0], args[1]);
    byte[] path = path(memory, args[3], args[4]);
    if (content.length > 0 && content[0] == '/') {
      throw new ErrnoException(Errno.PERM);
    }
    directory.symlink(content, path);
  }

  void link(GuestMemory memory, long[] args) throws ErrnoException {
    Directory source = directory(args[0], Rights.PATH_LINK_SOURCE);
    Directory target = directory(args[4], Rights.PATH_LINK_TARGET);
    boolean follow = follow(args[1]);
    byte[] oldPath = path(memory, args[2], args[3]);
    byte[] newPath = path(memory, args[5], args[6]);
    source.link(oldPath, follow, target, newPath);
  }

  void readlink(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_READLINK);
    byte[] path = path(memory, args[1], args[2]);
    int buffer = (int) args[3];
    long size = args[4] & 0xffff_ffffL;
    int result = (int) args[5];
    memory.range(buffer, size);
    memory.range(result, 4);
    byte[] content = directory.readlink(path);
    int part = (int) Math.min(size, content.length);
    memory.putBytes(buffer, content, part);
    memory.putInt(result, part);
  }

  void filestatGet(GuestMemory memory, long[] args, Snapshot snapshot) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_FILESTAT_GET);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    int result = (int) args[4];
    memory.range(result, snapshot.filestatSize());
    directory.stat(path, follow, stat);
    snapshot.putFilestat(memory, result, stat);
  }

  void filestatSetTimes(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_FILESTAT_SET_TIMES);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    directory.setTimes(path, follow, times(args[4], args[5], (int) args[6]));
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
      return Posix.UTIME_NOW;
    }
    return (flags & set) != 0 ? 0 : Posix.UTIME_OMIT;
  }

  void open(GuestMemory memory, long[] args) throws ErrnoException {
    Directory directory = directory(args[0], Rights.PATH_OPEN);
    boolean follow = follow(args[1]);
    byte[] path = path(memory, args[2], args[3]);
    int result = (int) args[8];
    memory.range(result, 4);
    guest.descriptors().reserve();
    var how = new Directory.Opening(follow, (int) args[4], (int) args[7], args[5], args[6]);
    checkOpen(directory, how);
    memory.putInt(result, guest.descriptors().add(directory.open(path, how)));
  }

  private static void checkOpen(Directory directory, Directory.Opening how) throws ErrnoException {
    boolean create = how.has(Directory.OPEN_CREATE);
    if ((how.openFlags() & ~Directory.ALL_OPEN) != 0
        || (how.flags() & ~Descriptor.ALL_FLAGS) != 0
        || create && how.has(Directory.OPEN_DIRECTORY)) {
      throw new ErrnoException(Errno.INVAL);
    }
    if (create) {
      directory.require(Rights.PATH_CREATE_FILE);
    }
    if (how.has(Directory.OPEN_TRUNCATE)) {
      directory.require(Rights.PATH_FILESTAT_SET_SIZE);
    }
    // Other rights that the directory cannot pass on are silently left out, as guests expect who
    // ask for all there are. But a file must not turn out not to be readable or writable.
    long transfer = Rights.FD_READ | Rights.FD_WRITE;
    if ((how.base() & ~directory.inheriting() & transfer) != 0) {
      throw new ErrnoException(Errno.NOTCAPABLE);
    }
  }
}
