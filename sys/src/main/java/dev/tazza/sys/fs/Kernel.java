package dev.tazza.sys.fs;

import dev.tazza.sys.Os;

/**
 * The calls on files and sockets for one guest, grouped by what they act on, with the native memory
 * that they share. It is freed with this object.
 *
 * <p>Not thread-safe: one guest thread at a time, though not always the same one.
 */
public interface Kernel {
  /** A new one of this system. */
  static Kernel open() {
    return Os.host().newKernel();
  }

  /** Calls on open descriptors. */
  FileCalls files();

  /** Calls that take a directory and a path. */
  PathCalls paths();

  /** Calls on sockets. */
  SocketCalls sockets();
}
