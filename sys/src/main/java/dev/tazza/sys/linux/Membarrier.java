package dev.tazza.sys.linux;

/**
 * The system call membarrier, by which a thread has all others of the process pass a memory fence.
 *
 * <p>A process registers for it once. With several threads that takes the kernel some milliseconds,
 * so it is done when somebody asks for the first time.
 */
final class Membarrier {
  private static final int PRIVATE_EXPEDITED = 1 << 3;
  private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

  /** Linux before 4.14 does not know the commands, and sandboxes may forbid the call. */
  private static final boolean AVAILABLE =
      !Syscall.isError(call(REGISTER_PRIVATE_EXPEDITED))
          && !Syscall.isError(call(PRIVATE_EXPEDITED));

  private Membarrier() {}

  static boolean isAvailable() {
    return AVAILABLE;
  }

  static void fence() {
    Syscall.require("membarrier", call(PRIVATE_EXPEDITED));
  }

  private static long call(int command) {
    return Syscall.call(SyscallNumber.MEMBARRIER, command, 0, 0);
  }
}
