package dev.tazza.sys.linux;

/** Numbers of the system calls, on the machine this runs on. */
public final class SyscallNumber {
  public static final int READ = of("read");
  public static final int WRITE = of("write");
  public static final int CLOSE = of("close");
  public static final int LSEEK = of("lseek");
  public static final int MMAP = of("mmap");
  public static final int MPROTECT = of("mprotect");
  public static final int MUNMAP = of("munmap");
  public static final int RT_SIGACTION = of("rt_sigaction");
  public static final int RT_SIGRETURN = of("rt_sigreturn");
  public static final int IOCTL = of("ioctl");
  public static final int PREAD64 = of("pread64");
  public static final int PWRITE64 = of("pwrite64");
  public static final int READV = of("readv");
  public static final int WRITEV = of("writev");
  public static final int MREMAP = of("mremap");
  public static final int MADVISE = of("madvise");
  public static final int SOCKET = of("socket");
  public static final int SENDTO = of("sendto");
  public static final int SENDMSG = of("sendmsg");
  public static final int RECVMSG = of("recvmsg");
  public static final int SHUTDOWN = of("shutdown");
  public static final int BIND = of("bind");
  public static final int LISTEN = of("listen");
  public static final int GETSOCKNAME = of("getsockname");
  public static final int SETSOCKOPT = of("setsockopt");
  public static final int FCNTL = of("fcntl");
  public static final int FSYNC = of("fsync");
  public static final int FDATASYNC = of("fdatasync");
  public static final int FTRUNCATE = of("ftruncate");
  public static final int GETRUSAGE = of("getrusage");
  public static final int GETTID = of("gettid");
  public static final int GETDENTS64 = of("getdents64");
  public static final int FADVISE64 = of("fadvise64");
  public static final int CLOCK_GETTIME = of("clock_gettime");
  public static final int CLOCK_GETRES = of("clock_getres");
  public static final int EPOLL_CTL = of("epoll_ctl");
  public static final int OPENAT = of("openat");
  public static final int MKDIRAT = of("mkdirat");
  public static final int UNLINKAT = of("unlinkat");
  public static final int LINKAT = of("linkat");
  public static final int SYMLINKAT = of("symlinkat");
  public static final int READLINKAT = of("readlinkat");
  public static final int PPOLL = of("ppoll");
  public static final int UTIMENSAT = of("utimensat");
  public static final int EPOLL_PWAIT = of("epoll_pwait");
  public static final int FALLOCATE = of("fallocate");
  public static final int ACCEPT4 = of("accept4");
  public static final int EPOLL_CREATE1 = of("epoll_create1");
  public static final int PIPE2 = of("pipe2");
  public static final int PREADV = of("preadv");
  public static final int PWRITEV = of("pwritev");
  public static final int RENAMEAT2 = of("renameat2");
  public static final int GETRANDOM = of("getrandom");
  public static final int MEMFD_CREATE = of("memfd_create");
  public static final int RT_TGSIGQUEUEINFO = of("rt_tgsigqueueinfo");
  public static final int MEMBARRIER = of("membarrier");
  public static final int STATX = of("statx");
  public static final int OPENAT2 = of("openat2");
  public static final int PROCESS_MADVISE = of("process_madvise");

  private SyscallNumber() {}

  private static int of(String name) {
    return LinuxMachine.host().systemCall(name);
  }
}
