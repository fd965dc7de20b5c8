package dev.tazza.sys.fs;

import java.util.Arrays;

/**
 * Opens paths so that nothing outside a directory is reached: not by {@code ..}, not by an absolute
 * path, not by a symbolic link, and not when somebody changes links or moves directories meanwhile.
 *
 * <p>Some systems do this in the kernel ({@link PathCalls#openBeneath}). Where that is missing or
 * forbidden, the path is walked here, one name at a time: every directory on the way is held open,
 * links are never followed by the kernel but read and expanded here, and {@code ..} goes back to
 * the directory already held, so that it can never lead above the start whatever is renamed
 * meanwhile. Both give the same results; escaping is {@code EXDEV}.
 *
 * <p>Errors are negated {@code errno} values. Not thread-safe, as {@link Kernel}.
 */
public final class Beneath {
  /** How many links a path may go through, the kernel's own number. */
  static final int MAX_LINKS = 40;

  private static final int MAX_EXPANDED = 16 * Posix.PATH_MAX;

  /** The kernel gives up with {@code EAGAIN} when it saw a rename during a path with dots. */
  private static final int ATTEMPTS = 16;

  private static final byte[] DOT = {'.'};

  private final Kernel kernel;
  private final boolean walk;

  /**
   * @param alwaysWalk not to let the kernel do it even when it can
   */
  public Beneath(Kernel kernel, boolean alwaysWalk) {
    this.kernel = kernel;
    this.walk = alwaysWalk || !kernel.paths().canOpenBeneath();
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
    for (int i = 0; i < ATTEMPTS; i++) {
      int fd = kernel.paths().openBeneath(directory, path, flags, mode);
      if (fd != -Posix.EAGAIN) {
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
    int fd = open(directory, head, Posix.O_PATH | Posix.O_DIRECTORY, 0);
    return new Parent(kernel, fd, true, name);
  }

  private static int check(byte[] path) {
    if (path.length == 0) {
      return -Posix.ENOENT;
    }
    if (path.length >= Posix.PATH_MAX) {
      return -Posix.ENAMETOOLONG;
    }
    return path[0] == '/' ? -Posix.EXDEV : 0;
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
          return -Posix.EXDEV;
        }
        kernel.files().close(held[depth--]);
      }
      return last ? kernel.paths().open(held[depth], DOT, flags, mode) : CONTINUE;
    }

    private int enter(byte[] name) {
      int flags = Posix.O_PATH | Posix.O_DIRECTORY | Posix.O_NOFOLLOW;
      int fd = kernel.paths().open(held[depth], name, flags, 0);
      if (fd == -Posix.ENOTDIR || fd == -Posix.ELOOP) {
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
      boolean follow = slash || (flags & Posix.O_NOFOLLOW) == 0;
      int wanted = flags | Posix.O_NOFOLLOW;
      if (slash) {
        if ((flags & Posix.O_CREAT) != 0) {
          return -Posix.EISDIR;
        }
        wanted |= Posix.O_DIRECTORY;
      }
      int fd = kernel.paths().open(held[depth], name, wanted, mode);
      if (fd == -Posix.ELOOP || fd == -Posix.ENOTDIR) {
        return follow ? expand(name, slash, fd) : fd;
      }
      if (fd >= 0 && follow && (flags & Posix.O_PATH) != 0 && isLink(fd)) {
        // Only with O_PATH can a link itself be open.
        kernel.files().close(fd);
        return expand(name, slash, -Posix.ELOOP);
      }
      return fd;
    }

    private boolean isLink(int fd) {
      Stat stat = new Stat();
      return kernel.files().stat(fd, stat) == 0 && stat.type() == Posix.S_IFLNK;
    }

    /** Puts the target of link {@code name} in front of what is left; {@code error} if no link. */
    private int expand(byte[] name, boolean slash, int error) {
      int length = kernel.paths().readLink(held[depth], name);
      if (length < 0) {
        // Not a link: what was wrong at first still is. Or gone: then that is the news.
        return length == -Posix.EINVAL ? error : length;
      }
      if (++links > MAX_LINKS) {
        return -Posix.ELOOP;
      }
      byte[] target = kernel.paths().linkTarget(length);
      if (length == 0) {
        return -Posix.ENOENT;
      }
      if (target[0] == '/') {
        return -Posix.EXDEV;
      }
      int left = rest.length - position;
      if (length + 1 + left > MAX_EXPANDED) {
        return -Posix.ENAMETOOLONG;
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
