package dev.tazza.sys.fs;

import java.util.Arrays;

/**
 * Opens paths so that nothing outside a directory is reached: not by {@code ..}, not by an absolute
 * path, not by a symbolic link, and not when somebody changes links or moves directories meanwhile.
 *
 * <p>Linux 5.6 does this in the kernel ({@code openat2} with {@code RESOLVE_BENEATH}). Where that
 * is missing or forbidden, the path is walked here, one name at a time: every directory on the way
 * is held open, links are never followed by the kernel but read and expanded here, and {@code ..}
 * goes back to the directory already held, so that it can never lead above the start whatever is
 * renamed meanwhile. Both give the same results; escaping is {@code EXDEV}.
 *
 * <p>Errors are negated {@code errno} values. Not thread-safe, as {@link Kernel}.
 */
public final class Beneath {
  /** How many links a path may go through, the kernel's own number. */
  static final int MAX_LINKS = 40;

  private static final int MAX_EXPANDED = 16 * Linux.PATH_MAX;

  /** The kernel gives up with {@code EAGAIN} when it saw a rename during a path with dots. */
  private static final int ATTEMPTS = 16;

  private static final byte[] DOT = {'.'};

  private final Kernel kernel;
  private final boolean walk;

  /**
   * @param alwaysWalk not to use {@code openat2} even when the kernel has it
   */
  public Beneath(Kernel kernel, boolean alwaysWalk) {
    this.kernel = kernel;
    this.walk = alwaysWalk || !Openat2.AVAILABLE;
  }

  /** Asked once a process, when first needed. */
  private static final class Openat2 {
    static final boolean AVAILABLE = probe();

    private static boolean probe() {
      Kernel kernel = new Kernel();
      int flags = Linux.O_PATH | Linux.O_DIRECTORY;
      int fd = kernel.paths().open2(Linux.AT_FDCWD, DOT, flags, 0, Linux.RESOLVE_BENEATH);
      if (fd >= 0) {
        kernel.files().close(fd);
      }
      // Sandboxes answer ENOSYS or EPERM; anything else comes from a kernel that knows the call.
      return fd != -Linux.ENOSYS && fd != -Linux.EPERM;
    }
  }

  /**
   * Opens {@code path} beneath {@code directory}.
   *
   * @param flags {@code O_…}; with {@code O_NOFOLLOW} a link as last name is not followed
   * @param mode permissions of a file that is created
   */
  public int open(int directory, byte[] path, int flags, int mode) {
    int check = check(path);
    if (check < 0) {
      return check;
    }
    if (walk) {
      return walk(directory, path, flags, mode);
    }
    int resolve = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;
    for (int i = 0; i < ATTEMPTS; i++) {
      int fd = kernel.paths().open2(directory, path, flags, mode, resolve);
      if (fd != -Linux.EAGAIN) {
        return fd;
      }
    }
    return walk(directory, path, flags, mode);
  }

  /** Opens the directory that holds the last name of {@code path}; see {@link Parent}. */
  public Parent parent(int directory, byte[] path) {
    int check = check(path);
    if (check < 0) {
      return new Parent(kernel, check, false, path);
    }
    int end = path.length;
    while (end > 0 && path[end - 1] == '/') {
      end--;
    }
    int start = end;
    while (start > 0 && path[start - 1] != '/') {
      start--;
    }
    if (start == 0) {
      return new Parent(kernel, directory, false, path);
    }
    byte[] name = Arrays.copyOfRange(path, start, path.length);
    byte[] head = Arrays.copyOf(path, start);
    int fd = open(directory, head, Linux.O_PATH | Linux.O_DIRECTORY, 0);
    return new Parent(kernel, fd, true, name);
  }

  private static int check(byte[] path) {
    if (path.length == 0) {
      return -Linux.ENOENT;
    }
    if (path.length >= Linux.PATH_MAX) {
      return -Linux.ENAMETOOLONG;
    }
    return path[0] == '/' ? -Linux.EXDEV : 0;
  }

  private static boolean isDots(byte[] name, int length) {
    return length == 1 && name[0] == '.' || length == 2 && name[0] == '.' && name[1] == '.';
  }

  private int walk(int root, byte[] path, int flags, int mode) {
    Walk walk = new Walk(root, path);
    try {
      return walk.run(flags, mode);
    } finally {
      walk.close();
    }
  }

  /** One path being walked. */
  private final class Walk {
    /** The directories from the root to where we are; all but the first are ours to close. */
    private int[] held = new int[16];

    private int depth;
    private byte[] rest;
    private int position;
    private int links;

    Walk(int root, byte[] path) {
      held[0] = root;
      rest = path;
    }

    int run(int flags, int mode) {
      while (true) {
        int start = skipSlashes(position);
        int end = start;
        while (end < rest.length && rest[end] != '/') {
          end++;
        }
        int next = skipSlashes(end);
        byte[] name = Arrays.copyOfRange(rest, start, end);
        boolean last = next == rest.length;
        boolean slash = end < rest.length;
        position = next;
        int result;
        if (isDots(name, name.length)) {
          result = dots(name.length, last, flags, mode);
        } else if (last) {
          result = last(name, slash, flags, mode);
        } else {
          result = enter(name);
        }
        if (result != CONTINUE) {
          return result;
        }
      }
    }

    /** Not a descriptor and not an error: go on with the next name. */
    private static final int CONTINUE = Integer.MIN_VALUE;

    private int skipSlashes(int from) {
      int at = from;
      while (at < rest.length && rest[at] == '/') {
        at++;
      }
      return at;
    }

    private int dots(int count, boolean last, int flags, int mode) {
      if (count == 2) {
        if (depth == 0) {
          return -Linux.EXDEV;
        }
        kernel.files().close(held[depth--]);
      }
      return last ? kernel.paths().open(held[depth], DOT, flags, mode) : CONTINUE;
    }

    private int enter(byte[] name) {
      int flags = Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_NOFOLLOW;
      int fd = kernel.paths().open(held[depth], name, flags, 0);
      if (fd == -Linux.ENOTDIR || fd == -Linux.ELOOP) {
        return expand(name, true, fd);
      }
      if (fd < 0) {
        return fd;
      }
      if (depth + 1 == held.length) {
        held = Arrays.copyOf(held, 2 * held.length);
      }
      held[++depth] = fd;
      return CONTINUE;
    }

    private int last(byte[] name, boolean slash, int flags, int mode) {
      boolean follow = slash || (flags & Linux.O_NOFOLLOW) == 0;
      int wanted = flags | Linux.O_NOFOLLOW;
      if (slash) {
        if ((flags & Linux.O_CREAT) != 0) {
          return -Linux.EISDIR;
        }
        wanted |= Linux.O_DIRECTORY;
      }
      int fd = kernel.paths().open(held[depth], name, wanted, mode);
      if (fd == -Linux.ELOOP || fd == -Linux.ENOTDIR) {
        return follow ? expand(name, slash, fd) : fd;
      }
      if (fd >= 0 && follow && (flags & Linux.O_PATH) != 0 && isLink(fd)) {
        // Only with O_PATH can a link itself be open.
        kernel.files().close(fd);
        return expand(name, slash, -Linux.ELOOP);
      }
      return fd;
    }

    private boolean isLink(int fd) {
      Stat stat = new Stat();
      return kernel.files().stat(fd, stat) == 0 && stat.type() == Linux.S_IFLNK;
    }

    /** Puts the target of link {@code name} in front of what is left; {@code error} if no link. */
    private int expand(byte[] name, boolean slash, int error) {
      int length = kernel.paths().readLink(held[depth], name);
      if (length < 0) {
        // Not a link: what was wrong at first still is. Or gone: then that is the news.
        return length == -Linux.EINVAL ? error : length;
      }
      if (++links > MAX_LINKS) {
        return -Linux.ELOOP;
      }
      byte[] target = kernel.paths().linkTarget(length);
      if (length == 0) {
        return -Linux.ENOENT;
      }
      if (target[0] == '/') {
        return -Linux.EXDEV;
      }
      int left = rest.length - position;
      if (length + 1 + left > MAX_EXPANDED) {
        return -Linux.ENAMETOOLONG;
      }
      byte[] expanded = Arrays.copyOf(target, length + (slash ? 1 : 0) + left);
      if (slash) {
        expanded[length] = '/';
      }
      System.arraycopy(rest, position, expanded, expanded.length - left, left);
      rest = expanded;
      position = 0;
      return CONTINUE;
    }

    void close() {
      while (depth > 0) {
        kernel.files().close(held[depth--]);
      }
    }
  }

  /**
   * The directory of a path's last name. As long as a call is given only {@link #name}, does not
   * follow links, and {@link #special} is false, it cannot leave that directory.
   *
   * <p>The name keeps its trailing slashes: the calls that make, remove and rename names accept
   * them for directories only, and do not follow links because of them.
   */
  public static final class Parent implements AutoCloseable {
    private final Kernel kernel;
    private final int fd;
    private final boolean owned;
    private final byte[] name;

    Parent(Kernel kernel, int fd, boolean owned, byte[] name) {
      this.kernel = kernel;
      this.fd = fd;
      this.owned = owned;
      this.name = name;
    }

    /** The descriptor, or the negated error. */
    public int fd() {
      return fd;
    }

    public byte[] name() {
      return name;
    }

    /** Whether the last name is {@code .} or {@code ..}. */
    public boolean special() {
      int end = 0;
      while (end < name.length && name[end] != '/') {
        end++;
      }
      return isDots(name, end);
    }

    /** Whether the path ends with a slash. */
    public boolean slash() {
      return name[name.length - 1] == '/';
    }

    @Override
    public void close() {
      if (owned && fd >= 0) {
        kernel.files().close(fd);
      }
    }
  }
}
