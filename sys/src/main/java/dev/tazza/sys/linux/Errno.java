package dev.tazza.sys.linux;

/** Error numbers of Linux on x86-64, as far as messages and callers name them. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOSYS = 38;

  private Errno() {}

  /** The error as a reader of a message wants it. */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "operation not permitted (EPERM)";
      case EINTR -> "interrupted (EINTR)";
      case EAGAIN -> "temporarily refused (EAGAIN)";
      case ENOMEM -> "out of memory, address space or mappings (ENOMEM)";
      case EACCES -> "permission denied (EACCES)";
      case EINVAL -> "invalid argument (EINVAL)";
      case ENFILE -> "too many open files in the system (ENFILE)";
      case EMFILE -> "too many open files in the process (EMFILE)";
      case ENOSYS -> "not known to this kernel (ENOSYS)";
      default -> "error number " + errno;
    };
  }
}
