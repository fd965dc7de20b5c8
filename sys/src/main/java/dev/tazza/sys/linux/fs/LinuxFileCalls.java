package dev.tazza.sys.linux.fs;

import dev.tazza.sys.fs.FileCalls;
import dev.tazza.sys.fs.IoVectors;
import dev.tazza.sys.fs.PollSet;
import dev.tazza.sys.fs.Stat;
import dev.tazza.sys.linux.LinuxMachine;
import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/** Calls on open descriptors of Linux. */
final class LinuxFileCalls implements FileCalls {
  private static final int FIONREAD = 0x541b;
  private static final int TCGETS = 0x5401;

  private final LinuxKernel kernel;

  LinuxFileCalls(LinuxKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public int close(int fd) {
    return (int) kernel.call(SyscallNumber.CLOSE, fd);
  }

  @Override
  public long read(int fd, IoVectors to) {
    return transfer(SyscallNumber.READ, SyscallNumber.READV, fd, to);
  }

  @Override
  public long write(int fd, IoVectors from) {
    return transfer(SyscallNumber.WRITE, SyscallNumber.WRITEV, fd, from);
  }

  @Override
  public long pread(int fd, IoVectors to, long offset) {
    return transferAt(SyscallNumber.PREAD64, SyscallNumber.PREADV, fd, to, offset);
  }

  @Override
  public long pwrite(int fd, IoVectors from, long offset) {
    return transferAt(SyscallNumber.PWRITE64, SyscallNumber.PWRITEV, fd, from, offset);
  }

  private long transfer(int single, int vector, int fd, IoVectors pieces) {
    try {
      return pieces.count() == 1
          ? kernel.restart(single, fd, pieces.firstAddress(), pieces.total(), 0)
          : kernel.restart(vector, fd, pieces.address(), pieces.count(), 0);
    } finally {
      Reference.reachabilityFence(pieces);
    }
  }

  private long transferAt(int single, int vector, int fd, IoVectors pieces, long offset) {
    try {
      // The vector calls take the offset in two halves, of which 64-bit kernels ignore the second.
      return pieces.count() == 1
          ? kernel.restart(single, fd, pieces.firstAddress(), pieces.total(), offset)
          : kernel.restart(vector, fd, pieces.address(), pieces.count(), offset);
    } finally {
      Reference.reachabilityFence(pieces);
    }
  }

  @Override
  public long seek(int fd, long offset, int whence) {
    return kernel.call(SyscallNumber.LSEEK, fd, offset, whence);
  }

  @Override
  public int stat(int fd, Stat result) {
    return kernel.paths().stat(fd, EMPTY_PATH, Linux.AT_EMPTY_PATH, result);
  }

  private static final byte[] EMPTY_PATH = {};

  @Override
  public int truncate(int fd, long size) {
    return (int) kernel.restart(SyscallNumber.FTRUNCATE, fd, size, 0, 0);
  }

  @Override
  public int allocate(int fd, long offset, long length) {
    return (int) kernel.restart(SyscallNumber.FALLOCATE, fd, 0, offset, length);
  }

  @Override
  public int advise(int fd, long offset, long length, int advice) {
    return (int) kernel.call(SyscallNumber.FADVISE64, fd, offset, length, advice);
  }

  @Override
  public int sync(int fd) {
    return (int) kernel.restart(SyscallNumber.FSYNC, fd, 0, 0, 0);
  }

  @Override
  public int syncData(int fd) {
    return (int) kernel.restart(SyscallNumber.FDATASYNC, fd, 0, 0, 0);
  }

  @Override
  public LinuxDirectoryEntries newDirectoryEntries() {
    return new LinuxDirectoryEntries(kernel);
  }

  @Override
  public int flags(int fd) {
    int flags = (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_GETFL);
    return flags < 0 ? flags : LinuxMachine.host().posixOpenFlags(flags);
  }

  @Override
  public int descriptorFlags(int fd) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_GETFD);
  }

  @Override
  public int setFlags(int fd, int flags) {
    return (int)
        kernel.call(SyscallNumber.FCNTL, fd, Linux.F_SETFL, LinuxMachine.host().openFlags(flags));
  }

  @Override
  public int duplicate(int fd) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_DUPFD_CLOEXEC, 0);
  }

  @Override
  public int pipe(int[] ends) {
    int result = (int) kernel.call(SyscallNumber.PIPE2, kernel.structAddress(), Linux.O_CLOEXEC);
    if (result == 0) {
      ends[0] = kernel.struct().get(ValueLayout.JAVA_INT, 0);
      ends[1] = kernel.struct().get(ValueLayout.JAVA_INT, 4);
    }
    return result;
  }

  @Override
  public boolean isTerminal(int fd) {
    return kernel.call(SyscallNumber.IOCTL, fd, TCGETS, kernel.structAddress()) == 0;
  }

  @Override
  public long readable(int fd) {
    long result = kernel.call(SyscallNumber.IOCTL, fd, FIONREAD, kernel.structAddress());
    return result < 0 ? result : kernel.struct().get(ValueLayout.JAVA_INT, 0);
  }

  @Override
  public int poll(PollSet set, long timeout) {
    MemorySegment time = kernel.struct();
    time.set(ValueLayout.JAVA_LONG, 0, timeout / 1_000_000_000L);
    time.set(ValueLayout.JAVA_LONG, 8, timeout % 1_000_000_000L);
    try {
      return (int) kernel.call(SyscallNumber.PPOLL, set.address(), set.count(), time.address(), 0);
    } finally {
      Reference.reachabilityFence(set);
    }
  }

  @Override
  public long clock(int id, boolean resolution) {
    int number = resolution ? SyscallNumber.CLOCK_GETRES : SyscallNumber.CLOCK_GETTIME;
    long result = kernel.call(number, id, kernel.structAddress());
    if (result < 0) {
      return result;
    }
    MemorySegment time = kernel.struct();
    return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
  }

  @Override
  public long random(MemorySegment to) {
    try {
      return kernel.restart(SyscallNumber.GETRANDOM, to.address(), to.byteSize(), 0, 0);
    } finally {
      Reference.reachabilityFence(to);
    }
  }
}
