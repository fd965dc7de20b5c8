package dev.tazza.sys.fs;

import java.lang.foreign.MemorySegment;

/**
 * System calls on open descriptors, and the few that need none.
 *
 * <p>Each returns what the kernel returns: zero or more, or a negated {@code errno} of {@link
 * Posix}. Reading from and writing to pipes, sockets and terminals may block in native code, which
 * also holds the carrier of a virtual thread: {@link #poll} first with no time-out.
 */
public interface FileCalls {
  /** Closes a descriptor. It is gone even when this reports {@code EINTR} or {@code EIO}. */
  int close(int fd);

  /** Reads at the descriptor's position into the pieces of {@code to}. */
  long read(int fd, IoVectors to);

  /** Writes the pieces of {@code from} at the descriptor's position, or at the end if appending. */
  long write(int fd, IoVectors from);

  /** Reads at {@code offset}; the position stays. */
  long pread(int fd, IoVectors to, long offset);

  /** Writes at {@code offset}; the position stays. */
  long pwrite(int fd, IoVectors from, long offset);

  /** Moves the position; returns the new one. {@code whence} is one of {@code SEEK_…}. */
  long seek(int fd, long offset, int whence);

  /** Fills {@code result} with the attributes of an open file. */
  int stat(int fd, Stat result);

  int truncate(int fd, long size);

  /** Makes sure that the range has storage; a file that ends before its end grows. */
  int allocate(int fd, long offset, long length);

  /** Announces a pattern of access, one of {@code POSIX_FADV_…}. */
  int advise(int fd, long offset, long length, int advice);

  /** Waits until data and attributes are on the device. */
  int sync(int fd);

  /** Waits until data are on the device, and of the attributes those needed to read them. */
  int syncData(int fd);

  /** A reader of directories. */
  DirectoryEntries newDirectoryEntries();

  /** The open flags of a descriptor ({@code O_…}). */
  int flags(int fd);

  /** The flags of the descriptor itself, {@link Posix#FD_CLOEXEC} or none. */
  int descriptorFlags(int fd);

  /** Changes those flags of an open file that can change: append and non-blocking. */
  int setFlags(int fd, int flags);

  /** A second descriptor for the same open file. */
  int duplicate(int fd);

  /** Creates a pipe: {@code ends[0]} is for reading, {@code ends[1]} for writing. */
  int pipe(int[] ends);

  /** Whether the descriptor is a terminal. */
  boolean isTerminal(int fd);

  /** Bytes that can be read now from a pipe, socket or terminal. */
  long readable(int fd);

  /**
   * Waits at most {@code timeout} nanoseconds until a descriptor is ready; returns how many are.
   * With 0 it only looks. A signal ends the wait early with {@code EINTR}.
   */
  int poll(PollSet set, long timeout);

  /** Reads clock {@code CLOCK_…} in nanoseconds, or its resolution; negative is an error. */
  long clock(int id, boolean resolution);

  /** Fills native memory with bytes from the kernel's generator; returns how many, at least 1. */
  long random(MemorySegment to);
}
