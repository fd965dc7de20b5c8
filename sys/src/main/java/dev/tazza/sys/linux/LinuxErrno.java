package dev.tazza.sys.linux;

import dev.tazza.sys.fs.Posix;

/** Error numbers in messages. */
final class LinuxErrno {
  private LinuxErrno() {}

  /** The error as a reader of a message wants it. */
  static String describe(int errno) {
    return switch (errno) {
      case Posix.EPERM -> "operation not permitted (EPERM)";
      case Posix.EINTR -> "interrupted (EINTR)";
      case Posix.EAGAIN -> "temporarily refused (EAGAIN)";
      case Posix.ENOMEM -> "out of memory, address space or mappings (ENOMEM)";
      case Posix.EACCES -> "permission denied (EACCES)";
      case Posix.EINVAL -> "invalid argument (EINVAL)";
      case Posix.ENFILE -> "too many open files in the system (ENFILE)";
      case Posix.EMFILE -> "too many open files in the process (EMFILE)";
      case Posix.ENOSYS -> "not known to this kernel (ENOSYS)";
      default -> "error number " + errno;
    };
  }
}
