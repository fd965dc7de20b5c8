package dev.tazza.sys.linux.fs;

import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The calls of Linux and their memory: half a KiB at first; buffers for paths are added when the
 * first path is used.
 */
public final class LinuxKernel implements Kernel {
  private static final long STRUCT_SIZE = 512;
  private static final long FIRST_PATH_SIZE = 256;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment struct = arena.allocate(STRUCT_SIZE, 64);
  private MemorySegment path = MemorySegment.NULL;
  private MemorySegment secondPath = MemorySegment.NULL;

  private final LinuxFileCalls files = new LinuxFileCalls(this);
  private final LinuxPathCalls paths = new LinuxPathCalls(this);
  private final LinuxSocketCalls sockets = new LinuxSocketCalls(this);

  public LinuxKernel() {}

  @Override
  public LinuxFileCalls files() {
    return files;
  }

  @Override
  public LinuxPathCalls paths() {
    return paths;
  }

  @Override
  public LinuxSocketCalls sockets() {
    return sockets;
  }

  /** The area for a structure passed to or filled by a call; valid until the next call. */
  MemorySegment struct() {
    return struct;
  }

  long structAddress() {
    return struct.address();
  }

  /**
   * Address of a zero-terminated copy of {@code name}, valid until the next call of this method.
   */
  long path(byte[] name) {
    path = terminated(path, name);
    return path.address();
  }

  /** The same for the second path of a call that takes two. */
  long secondPath(byte[] name) {
    secondPath = terminated(secondPath, name);
    return secondPath.address();
  }

  /** The buffer behind {@link #secondPath}, at least {@code size} bytes, for results. */
  MemorySegment secondBuffer(long size) {
    if (secondPath.byteSize() < size) {
      secondPath = arena.allocate(size);
    }
    return secondPath;
  }

  private MemorySegment terminated(MemorySegment buffer, byte[] name) {
    MemorySegment target = buffer;
    if (target.byteSize() <= name.length) {
      target = arena.allocate(Math.max(FIRST_PATH_SIZE, 2L * name.length + 1));
    }
    NativeMemory.copy(name, 0, target.address(), name.length);
    NativeMemory.putByte(target.address() + name.length, (byte) 0);
    return target;
  }

  long call(int number, long a) {
    return call(number, a, 0, 0, 0, 0, 0);
  }

  long call(int number, long a, long b) {
    return call(number, a, b, 0, 0, 0, 0);
  }

  long call(int number, long a, long b, long c) {
    return call(number, a, b, c, 0, 0, 0);
  }

  long call(int number, long a, long b, long c, long d) {
    return call(number, a, b, c, d, 0, 0);
  }

  long call(int number, long a, long b, long c, long d, long e, long f) {
    try {
      return Syscall.call(number, a, b, c, d, e, f);
    } finally {
      // The arguments point into the scratch memory, which lives as long as this object does.
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link #call}, again when a signal handler interrupted it before anything was done. */
  long restart(int number, long a, long b, long c, long d) {
    long result;
    do {
      result = call(number, a, b, c, d);
    } while (result == -Posix.EINTR);
    return result;
  }
}
