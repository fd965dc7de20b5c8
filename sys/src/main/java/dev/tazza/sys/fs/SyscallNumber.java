package dev.tazza.sys.fs;

/**
 * System call numbers of the machine this runs on.
 *
 * <p>Two tables exist: x86-64 has its own ({@code arch/x86/entry/syscalls/syscall_64.tbl}); aarch64
 * uses the generic one of all newer architectures ({@code include/uapi/asm-generic/unistd.h}).
 */
final class SyscallNumber {
  private static final boolean X64 = System.getProperty("os.arch").equals("amd64");

  static final int READ = of(0, 63);
  static final int WRITE = of(1, 64);
  static final int CLOSE = of(3, 57);
  static final int LSEEK = of(8, 62);
  static final int IOCTL = of(16, 29);
  static final int PREAD64 = of(17, 67);
  static final int PWRITE64 = of(18, 68);
  static final int READV = of(19, 65);
  static final int WRITEV = of(20, 66);
  static final int SOCKET = of(41, 198);
  static final int SENDTO = of(44, 206);
  static final int SENDMSG = of(46, 211);
  static final int RECVMSG = of(47, 212);
  static final int SHUTDOWN = of(48, 210);
  static final int BIND = of(49, 200);
  static final int LISTEN = of(50, 201);
  static final int GETSOCKNAME = of(51, 204);
  static final int SETSOCKOPT = of(54, 208);
  static final int FCNTL = of(72, 25);
  static final int FSYNC = of(74, 82);
  static final int FDATASYNC = of(75, 83);
  static final int FTRUNCATE = of(77, 46);
  static final int GETDENTS64 = of(217, 61);
  static final int FADVISE64 = of(221, 223);
  static final int CLOCK_GETTIME = of(228, 113);
  static final int CLOCK_GETRES = of(229, 114);
  static final int EPOLL_CTL = of(233, 21);
  static final int OPENAT = of(257, 56);
  static final int MKDIRAT = of(258, 34);
  static final int UNLINKAT = of(263, 35);
  static final int LINKAT = of(265, 37);
  static final int SYMLINKAT = of(266, 36);
  static final int READLINKAT = of(267, 78);
  static final int PPOLL = of(271, 73);
  static final int UTIMENSAT = of(280, 88);
  static final int FALLOCATE = of(285, 47);
  static final int EPOLL_PWAIT = of(281, 22);
  static final int ACCEPT4 = of(288, 242);
  static final int EPOLL_CREATE1 = of(291, 20);
  static final int PIPE2 = of(293, 59);
  static final int PREADV = of(295, 69);
  static final int PWRITEV = of(296, 70);
  static final int RENAMEAT2 = of(316, 276);
  static final int GETRANDOM = of(318, 278);
  static final int STATX = of(332, 291);
  static final int OPENAT2 = of(437, 437);

  private SyscallNumber() {}

  private static int of(int x64, int generic) {
    return X64 ? x64 : generic;
  }
}
