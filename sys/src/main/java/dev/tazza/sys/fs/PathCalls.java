package dev.tazza.sys.fs;

import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * System calls that take a directory descriptor and a path.
 *
 * <p>These follow the kernel's rules for paths and so reach anything the process can. Code that
 * confines a guest goes through {@link Beneath} and hands only single names to this class. Paths
 * are bytes without a zero byte. Results are as in {@link FileCalls}.
 */
public final class PathCalls {
  private static final int STATX_BASIC = 0x7ff;
  private static final int RENAME_EXCHANGE = 2;
  private static final byte[] EMPTY = {};

  private final Kernel kernel;

  PathCalls(Kernel kernel) {
    this.kernel = kernel;
  }

  public int open(int directory, byte[] path, int flags, int mode) {
    return (int)
        kernel.restart(
            SyscallNumber.OPENAT, directory, kernel.path(path), flags | Linux.O_CLOEXEC, mode);
  }

  /** {@code openat2}: {@code resolve} is a set of {@code RESOLVE_…}. */
  public int open2(int directory, byte[] path, int flags, int mode, int resolve) {
    MemorySegment how = kernel.struct();
    how.set(ValueLayout.JAVA_LONG, 0, flags | Linux.O_CLOEXEC);
    // The call refuses a mode that nothing is created with.
    how.set(ValueLayout.JAVA_LONG, 8, (flags & Linux.O_CREAT) == 0 ? 0 : mode);
    how.set(ValueLayout.JAVA_LONG, 16, resolve);
    return (int)
        kernel.restart(SyscallNumber.OPENAT2, directory, kernel.path(path), how.address(), 24);
  }

  /** Fills {@code result}; {@code flags} is a set of {@code AT_…}. */
  public int stat(int directory, byte[] path, int flags, Stat result) {
    long address = kernel.structAddress();
    int error =
        (int)
            kernel.call(
                SyscallNumber.STATX, directory, kernel.path(path), flags, STATX_BASIC, address, 0);
    if (error == 0) {
      result.read(kernel.struct());
    }
    return error;
  }

  public int makeDirectory(int directory, byte[] name, int mode) {
    return (int) kernel.call(SyscallNumber.MKDIRAT, directory, kernel.path(name), mode);
  }

  /** Removes a name; {@code AT_REMOVEDIR} in {@code flags} for an empty directory. */
  public int unlink(int directory, byte[] name, int flags) {
    return (int) kernel.call(SyscallNumber.UNLINKAT, directory, kernel.path(name), flags);
  }

  public int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    return rename(fromDirectory, from, toDirectory, to, 0);
  }

  /** Swaps what two names stand for, at one moment. */
  public int exchange(int oneDirectory, byte[] one, int otherDirectory, byte[] other) {
    return rename(oneDirectory, one, otherDirectory, other, RENAME_EXCHANGE);
  }

  private int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags) {
    return (int)
        kernel.call(
            SyscallNumber.RENAMEAT2,
            fromDirectory,
            kernel.path(from),
            toDirectory,
            kernel.secondPath(to),
            flags,
            0);
  }

  /** Makes a hard link; {@code flags} may have {@code AT_SYMLINK_FOLLOW}. */
  public int link(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags) {
    return (int)
        kernel.call(
            SyscallNumber.LINKAT,
            fromDirectory,
            kernel.path(from),
            toDirectory,
            kernel.secondPath(to),
            flags,
            0);
  }

  /** Makes a symbolic link that contains {@code target}. */
  public int symlink(byte[] target, int directory, byte[] name) {
    return (int)
        kernel.call(
            SyscallNumber.SYMLINKAT, kernel.secondPath(target), directory, kernel.path(name));
  }

  /**
   * Reads a symbolic link into a buffer that the next call with two paths overwrites. An empty path
   * reads the link that {@code directory} itself was opened on.
   *
   * @return the length; the content is in {@link #linkTarget}
   */
  public int readLink(int directory, byte[] name) {
    MemorySegment buffer = kernel.secondBuffer(Linux.PATH_MAX);
    return (int)
        kernel.call(
            SyscallNumber.READLINKAT,
            directory,
            kernel.path(name),
            buffer.address(),
            Linux.PATH_MAX);
  }

  /** The first {@code length} bytes of what {@link #readLink} read. */
  public byte[] linkTarget(int length) {
    return kernel.secondBuffer(length).asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Sets the times of a file; {@code flags} may have {@code AT_SYMLINK_NOFOLLOW}. */
  public int setTimes(int directory, byte[] path, FileTimes times, int flags) {
    times.write(kernel.struct());
    return (int)
        kernel.call(
            SyscallNumber.UTIMENSAT, directory, kernel.path(path), kernel.structAddress(), flags);
  }

  /** Sets the times of what a descriptor is open on, even one opened with {@code O_PATH}. */
  public int setTimes(int fd, FileTimes times) {
    int result = setTimes(fd, EMPTY, times, Linux.AT_EMPTY_PATH);
    // Kernels before 5.8 know no empty path here.
    return result == -Linux.EINVAL
        ? setTimes(Linux.AT_FDCWD, descriptorPath(fd), times, 0)
        : result;
  }

  /** A path that leads to whatever {@code fd} is open on, without looking at any name again. */
  public static byte[] descriptorPath(int fd) {
    return ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
  }
}
