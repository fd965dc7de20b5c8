package dev.tazza.sys.linux;

/**
 * Numbers of the system calls, on the machine this runs on.
 *
 * <p>Two tables exist: x86-64 has its own ({@code arch/x86/entry/syscalls/syscall_64.tbl}); aarch64
 * uses the generic one of all newer architectures ({@code include/uapi/asm-generic/unistd.h}).
 */
public final class SyscallNumber {
  private static final boolean X64 = System.getProperty("os.arch").equals("amd64");

  public static final int READ = of(0, 63);
  public static final int WRITE = of(1, 64);
  public static final int CLOSE = of(3, 57);
  public static final int LSEEK = of(8, 62);
  public static final int MMAP = of(9, 222);
  public static final int MPROTECT = of(10, 226);
  public static final int MUNMAP = of(11, 215);
  public static final int RT_SIGACTION = of(13, 134);
  public static final int RT_SIGRETURN = of(15, 139);
  public static final int IOCTL = of(16, 29);
  public static final int PREAD64 = of(17, 67);
  public static final int PWRITE64 = of(18, 68);
  public static final int READV = of(19, 65);
  public static final int WRITEV = of(20, 66);
  public static final int MREMAP = of(25, 216);
  public static final int MADVISE = of(28, 233);
  public static final int SOCKET = of(41, 198);
  public static final int SENDTO = of(44, 206);
  public static final int SENDMSG = of(46, 211);
  public static final int RECVMSG = of(47, 212);
  public static final int SHUTDOWN = of(48, 210);
  public static final int BIND = of(49, 200);
  public static final int LISTEN = of(50, 201);
  public static final int GETSOCKNAME = of(51, 204);
  public static final int SETSOCKOPT = of(54, 208);
  public static final int FCNTL = of(72, 25);
  public static final int FSYNC = of(74, 82);
  public static final int FDATASYNC = of(75, 83);
  public static final int FTRUNCATE = of(77, 46);
  public static final int GETTID = of(186, 178);
  public static final int GETDENTS64 = of(217, 61);
  public static final int FADVISE64 = of(221, 223);
  public static final int CLOCK_GETTIME = of(228, 113);
  public static final int CLOCK_GETRES = of(229, 114);
  public static final int EPOLL_CTL = of(233, 21);
  public static final int OPENAT = of(257, 56);
  public static final int MKDIRAT = of(258, 34);
  public static final int UNLINKAT = of(263, 35);
  public static final int LINKAT = of(265, 37);
  public static final int SYMLINKAT = of(266, 36);
  public static final int READLINKAT = of(267, 78);
  public static final int PPOLL = of(271, 73);
  public static final int UTIMENSAT = of(280, 88);
  public static final int EPOLL_PWAIT = of(281, 22);
  public static final int FALLOCATE = of(285, 47);
  public static final int ACCEPT4 = of(288, 242);
  public static final int EPOLL_CREATE1 = of(291, 20);
  public static final int PIPE2 = of(293, 59);
  public static final int PREADV = of(295, 69);
  public static final int PWRITEV = of(296, 70);
  public static final int RENAMEAT2 = of(316, 276);
  public static final int GETRANDOM = of(318, 278);
  public static final int MEMFD_CREATE = of(319, 279);
  public static final int RT_TGSIGQUEUEINFO = of(297, 240);
  public static final int MEMBARRIER = of(324, 283);
  public static final int STATX = of(332, 291);
  public static final int OPENAT2 = of(437, 437);

  private SyscallNumber() {}

  private static int of(int x64, int generic) {
    return X64 ? x64 : generic;
  }
}
