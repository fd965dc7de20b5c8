package dev.tazza.sys.linux.fs;

import dev.tazza.sys.fs.FileTimes;
import dev.tazza.sys.fs.PathCalls;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.Stat;
import dev.tazza.sys.linux.LinuxMachine;
import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Calls that take a directory and a path of Linux. */
final class LinuxPathCalls implements PathCalls {
  private static final int STATX_BASIC = 0x7ff;
  private static final int RENAME_EXCHANGE = 2;
  private static final long NANOS = 1_000_000_000L;
  private static final byte[] EMPTY = {};
  private static final byte[] DOT = {'.'};

  private final LinuxKernel kernel;

  LinuxPathCalls(LinuxKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public int open(int directory, byte[] path, int flags, int mode) {
    return (int)
        kernel.restart(SyscallNumber.OPENAT, directory, kernel.path(path), openFlags(flags), mode);
  }

  private static int openFlags(int flags) {
    return LinuxMachine.host().openFlags(flags) | Linux.O_CLOEXEC;
  }

  @Override
  public boolean canOpenBeneath() {
    return Openat2.AVAILABLE;
  }

  /** Asked once a process, when first needed. */
  private static final class Openat2 {
    static final boolean AVAILABLE = probe();

    private static boolean probe() {
      LinuxKernel kernel = new LinuxKernel();
      int flags = Posix.O_PATH | Posix.O_DIRECTORY;
      int fd = kernel.paths().openBeneath(Posix.AT_FDCWD, DOT, flags, 0);
      if (fd >= 0) {
        kernel.files().close(fd);
      }
      // Sandboxes answer ENOSYS or EPERM; anything else comes from a kernel that knows the call.
      return fd != -Posix.ENOSYS && fd != -Posix.EPERM;
    }
  }

  /** {@code openat2} of Linux 5.6. */
  @Override
  public int openBeneath(int directory, byte[] path, int flags, int mode) {
    MemorySegment how = kernel.struct();
    how.set(ValueLayout.JAVA_LONG, 0, openFlags(flags));
    // The call refuses a mode that nothing is created with.
    how.set(ValueLayout.JAVA_LONG, 8, (flags & Posix.O_CREAT) == 0 ? 0 : mode);
    how.set(ValueLayout.JAVA_LONG, 16, Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS);
    return (int)
        kernel.restart(SyscallNumber.OPENAT2, directory, kernel.path(path), how.address(), 24);
  }

  @Override
  public int stat(int directory, byte[] path, int flags, Stat result) {
    long address = kernel.structAddress();
    int error =
        (int)
            kernel.call(
                SyscallNumber.STATX, directory, kernel.path(path), flags, STATX_BASIC, address, 0);
    if (error == 0) {
      read(kernel.struct(), result);
    }
    return error;
  }

  /** Reads {@code struct statx}, whose layout is the same on every architecture. */
  private static void read(MemorySegment from, Stat to) {
    long links = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 16));
    int mode = Short.toUnsignedInt(from.get(ValueLayout.JAVA_SHORT, 28));
    to.set(mode, links, from.get(ValueLayout.JAVA_LONG, 40));
    long major = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 136));
    long minor = Integer.toUnsignedLong(from.get(ValueLayout.JAVA_INT, 140));
    to.setIdentity(major << 32 | minor, from.get(ValueLayout.JAVA_LONG, 32));
    to.setTimes(time(from, 64), time(from, 112), time(from, 96));
  }

  private static long time(MemorySegment from, long offset) {
    long seconds = from.get(ValueLayout.JAVA_LONG, offset);
    return seconds * NANOS + from.get(ValueLayout.JAVA_INT, offset + 8);
  }

  /** Writes a {@code struct timespec}. */
  private static void writeTime(MemorySegment to, long at, long time, long rule) {
    to.set(ValueLayout.JAVA_LONG, at, Long.divideUnsigned(time, NANOS));
    to.set(ValueLayout.JAVA_LONG, at + 8, rule != 0 ? rule : Long.remainderUnsigned(time, NANOS));
  }

  @Override
  public int makeDirectory(int directory, byte[] name, int mode) {
    return (int) kernel.call(SyscallNumber.MKDIRAT, directory, kernel.path(name), mode);
  }

  @Override
  public int unlink(int directory, byte[] name, int flags) {
    return (int) kernel.call(SyscallNumber.UNLINKAT, directory, kernel.path(name), flags);
  }

  @Override
  public int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
    return rename(fromDirectory, from, toDirectory, to, 0);
  }

  @Override
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

  @Override
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

  @Override
  public int symlink(byte[] target, int directory, byte[] name) {
    return (int)
        kernel.call(
            SyscallNumber.SYMLINKAT, kernel.secondPath(target), directory, kernel.path(name));
  }

  @Override
  public int readLink(int directory, byte[] name) {
    MemorySegment buffer = kernel.secondBuffer(Posix.PATH_MAX);
    return (int)
        kernel.call(
            SyscallNumber.READLINKAT,
            directory,
            kernel.path(name),
            buffer.address(),
            Posix.PATH_MAX);
  }

  @Override
  public byte[] linkTarget(int length) {
    return kernel.secondBuffer(length).asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public int setTimes(int directory, byte[] path, FileTimes times, int flags) {
    writeTime(kernel.struct(), 0, times.access(), times.accessRule());
    writeTime(kernel.struct(), 16, times.modify(), times.modifyRule());
    return (int)
        kernel.call(
            SyscallNumber.UTIMENSAT, directory, kernel.path(path), kernel.structAddress(), flags);
  }

  @Override
  public int setTimes(int fd, FileTimes times) {
    int result = setTimes(fd, EMPTY, times, Linux.AT_EMPTY_PATH);
    // Kernels before 5.8 know no empty path here.
    return result == -Posix.EINVAL
        ? setTimes(Posix.AT_FDCWD, descriptorPath(fd), times, 0)
        : result;
  }

  @Override
  public byte[] descriptorPath(int fd) {
    return ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII);
  }
}
