package dev.tazza.sys;

/** A system call was refused. The message names the call, its subject and the error. */
public final class SysException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  public SysException(String call, int errno, String errorName) {
    super(call + ": " + errorName);
    this.errno = errno;
  }

  /** The error number of the host system. */
  public int errno() {
    return errno;
  }
}
