package dev.tazza.sys.fs;

import dev.tazza.sys.linux.SyscallNumber;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/**
 * System calls on open descriptors, and the few that need none.
 *
 * <p>Each returns what the kernel returns: zero or more, or a negated {@code errno} of {@link
 * Linux}. Reading from and writing to pipes, sockets and terminals may block in native code, which
 * also holds the carrier of a virtual thread: {@link #poll} first with no time-out.
 */
public final class FileCalls {
  private static final int FIONREAD = 0x541b;
  private static final int TCGETS = 0x5401;
  private static final int POLL_ENTRY = 8;

  private final Kernel kernel;

  FileCalls(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Closes a descriptor. It is gone even when this reports {@code EINTR} or {@code EIO}. */
  public int close(int fd) {
    return (int) kernel.call(SyscallNumber.CLOSE, fd);
  }

  /** Reads at the descriptor's position into the pieces of {@code to}. */
  public long read(int fd, IoVectors to) {
    return transfer(SyscallNumber.READ, SyscallNumber.READV, fd, to);
  }

  /** Writes the pieces of {@code from} at the descriptor's position, or at the end if appending. */
  public long write(int fd, IoVectors from) {
    return transfer(SyscallNumber.WRITE, SyscallNumber.WRITEV, fd, from);
  }

  /** Reads at {@code offset}; the position stays. */
  public long pread(int fd, IoVectors to, long offset) {
    return transferAt(SyscallNumber.PREAD64, SyscallNumber.PREADV, fd, to, offset);
  }

  /** Writes at {@code offset}; the position stays. */
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

  /** Moves the position; returns the new one. {@code whence} is one of {@code SEEK_…}. */
  public long seek(int fd, long offset, int whence) {
    return kernel.call(SyscallNumber.LSEEK, fd, offset, whence);
  }

  /** Fills {@code result} with the attributes of an open file. */
  public int stat(int fd, Stat result) {
    return kernel.paths().stat(fd, EMPTY_PATH, Linux.AT_EMPTY_PATH, result);
  }

  private static final byte[] EMPTY_PATH = {};

  public int truncate(int fd, long size) {
    return (int) kernel.restart(SyscallNumber.FTRUNCATE, fd, size, 0, 0);
  }

  /** Makes sure that the range has storage; a file that ends before its end grows. */
  public int allocate(int fd, long offset, long length) {
    return (int) kernel.restart(SyscallNumber.FALLOCATE, fd, 0, offset, length);
  }

  /** Announces a pattern of access, one of {@code POSIX_FADV_…}. */
  public int advise(int fd, long offset, long length, int advice) {
    return (int) kernel.call(SyscallNumber.FADVISE64, fd, offset, length, advice);
  }

  /** Waits until data and attributes are on the device. */
  public int sync(int fd) {
    return (int) kernel.restart(SyscallNumber.FSYNC, fd, 0, 0, 0);
  }

  /** Waits until data are on the device, and of the attributes those needed to read them. */
  public int syncData(int fd) {
    return (int) kernel.restart(SyscallNumber.FDATASYNC, fd, 0, 0, 0);
  }

  /** Reads directory entries ({@code struct linux_dirent64}) into native memory; 0 at the end. */
  public int readDirectory(int fd, MemorySegment to) {
    try {
      return (int) kernel.call(SyscallNumber.GETDENTS64, fd, to.address(), to.byteSize());
    } finally {
      Reference.reachabilityFence(to);
    }
  }

  /** The open flags of a descriptor ({@code O_…}). */
  public int flags(int fd) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_GETFL);
  }

  /** The flags of the descriptor itself, {@link Linux#FD_CLOEXEC} or none. */
  public int descriptorFlags(int fd) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_GETFD);
  }

  /** Changes those flags of an open file that can change: append and non-blocking. */
  public int setFlags(int fd, int flags) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_SETFL, flags);
  }

  /** A second descriptor for the same open file. */
  public int duplicate(int fd) {
    return (int) kernel.call(SyscallNumber.FCNTL, fd, Linux.F_DUPFD_CLOEXEC, 0);
  }

  /** Creates a pipe: {@code ends[0]} is for reading, {@code ends[1]} for writing. */
  public int pipe(int[] ends) {
    int result = (int) kernel.call(SyscallNumber.PIPE2, kernel.structAddress(), Linux.O_CLOEXEC);
    if (result == 0) {
      ends[0] = kernel.struct().get(ValueLayout.JAVA_INT, 0);
      ends[1] = kernel.struct().get(ValueLayout.JAVA_INT, 4);
    }
    return result;
  }

  /** Whether the descriptor is a terminal. */
  public boolean isTerminal(int fd) {
    return kernel.call(SyscallNumber.IOCTL, fd, TCGETS, kernel.structAddress()) == 0;
  }

  /** Bytes that can be read now from a pipe, socket or terminal. */
  public long readable(int fd) {
    long result = kernel.call(SyscallNumber.IOCTL, fd, FIONREAD, kernel.structAddress());
    return result < 0 ? result : kernel.struct().get(ValueLayout.JAVA_INT, 0);
  }

  /** Bytes that {@link #poll} needs for each descriptor. */
  public static int pollEntrySize() {
    return POLL_ENTRY;
  }

  /** Writes entry {@code index} of the array that {@link #poll} takes. */
  public static void setPollEntry(MemorySegment entries, int index, int fd, int events) {
    long at = (long) index * POLL_ENTRY;
    entries.set(ValueLayout.JAVA_INT, at, fd);
    entries.set(ValueLayout.JAVA_SHORT, at + 4, (short) events);
    entries.set(ValueLayout.JAVA_SHORT, at + 6, (short) 0);
  }

  /** The descriptor of entry {@code index}. */
  public static int pollDescriptor(MemorySegment entries, int index) {
    return entries.get(ValueLayout.JAVA_INT, (long) index * POLL_ENTRY);
  }

  /** The events that entry {@code index} waits for. */
  public static int pollEvents(MemorySegment entries, int index) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) index * POLL_ENTRY + 4);
  }

  /** What {@link #poll} found for entry {@code index}: bits of {@code POLL…}. */
  public static int pollResult(MemorySegment entries, int index) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) index * POLL_ENTRY + 6);
  }

  /**
   * Waits at most {@code timeout} nanoseconds until a descriptor is ready; returns how many are.
   * With 0 it only looks. A signal ends the wait early with {@code EINTR}.
   */
  public int poll(MemorySegment entries, int count, long timeout) {
    MemorySegment time = kernel.struct();
    time.set(ValueLayout.JAVA_LONG, 0, timeout / 1_000_000_000L);
    time.set(ValueLayout.JAVA_LONG, 8, timeout % 1_000_000_000L);
    try {
      return (int) kernel.call(SyscallNumber.PPOLL, entries.address(), count, time.address(), 0);
    } finally {
      Reference.reachabilityFence(entries);
    }
  }

  /** Reads clock {@code CLOCK_…} in nanoseconds, or its resolution; negative is an error. */
  public long clock(int id, boolean resolution) {
    int number = resolution ? SyscallNumber.CLOCK_GETRES : SyscallNumber.CLOCK_GETTIME;
    long result = kernel.call(number, id, kernel.structAddress());
    if (result < 0) {
      return result;
    }
    MemorySegment time = kernel.struct();
    return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
  }

  /** Fills native memory with bytes from the kernel's generator; returns how many, at least 1. */
  public long random(MemorySegment to) {
    try {
      return kernel.restart(SyscallNumber.GETRANDOM, to.address(), to.byteSize(), 0, 0);
    } finally {
      Reference.reachabilityFence(to);
    }
  }
}
