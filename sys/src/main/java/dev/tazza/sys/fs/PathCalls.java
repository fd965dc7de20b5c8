package dev.tazza.sys.fs;

/**
 * System calls that take a directory descriptor and a path.
 *
 * <p>These follow the kernel's rules for paths and so reach anything the process can. Code that
 * confines a guest goes through {@link Beneath} and hands only single names to this class. Paths
 * are bytes without a zero byte. Results are as in {@link FileCalls}.
 */
public interface PathCalls {
  /**
   * Opens a path, {@code flags} is a set of {@code O_…}; the descriptor is closed in new programs.
   */
  int open(int directory, byte[] path, int flags, int mode);

  /** Whether the system knows {@link #openBeneath} and lets us call it. */
  boolean canOpenBeneath();

  /**
   * Opens a path that leads nowhere out of the directory, at no moment; {@code EXDEV} if it does,
   * and {@code EAGAIN} when the system cannot tell, since names changed meanwhile.
   */
  int openBeneath(int directory, byte[] path, int flags, int mode);

  /** Fills {@code result}; {@code flags} is a set of {@code AT_…}. */
  int stat(int directory, byte[] path, int flags, Stat result);

  int makeDirectory(int directory, byte[] name, int mode);

  /** Removes a name; {@code AT_REMOVEDIR} in {@code flags} for an empty directory. */
  int unlink(int directory, byte[] name, int flags);

  int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to);

  /** Swaps what two names stand for, at one moment. */
  int exchange(int oneDirectory, byte[] one, int otherDirectory, byte[] other);

  /** Makes a hard link; {@code flags} may have {@code AT_SYMLINK_FOLLOW}. */
  int link(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags);

  /** Makes a symbolic link that contains {@code target}. */
  int symlink(byte[] target, int directory, byte[] name);

  /**
   * Reads a symbolic link into a buffer that the next call with two paths overwrites. An empty path
   * reads the link that {@code directory} itself was opened on.
   *
   * @return the length; the content is in {@link #linkTarget}
   */
  int readLink(int directory, byte[] name);

  /** The first {@code length} bytes of what {@link #readLink} read. */
  byte[] linkTarget(int length);

  /** Sets the times of a file; {@code flags} may have {@code AT_SYMLINK_NOFOLLOW}. */
  int setTimes(int directory, byte[] path, FileTimes times, int flags);

  /** Sets the times of what a descriptor is open on, even one opened with {@code O_PATH}. */
  int setTimes(int fd, FileTimes times);

  /** A path that leads to whatever {@code fd} is open on, without looking at any name again. */
  byte[] descriptorPath(int fd);
}
