package dev.tazza.sys.linux.x64;

/** Numbers of system calls on x86-64: {@code arch/x86/entry/syscalls/syscall_64.tbl}. */
final class X64SystemCalls {
  private X64SystemCalls() {}

  static int number(String name) {
    return switch (name) {
      case "read" -> 0;
      case "write" -> 1;
      case "close" -> 3;
      case "lseek" -> 8;
      case "mmap" -> 9;
      case "mprotect" -> 10;
      case "munmap" -> 11;
      case "rt_sigaction" -> 13;
      case "rt_sigreturn" -> 15;
      case "ioctl" -> 16;
      case "pread64" -> 17;
      case "pwrite64" -> 18;
      case "readv" -> 19;
      case "writev" -> 20;
      case "mremap" -> 25;
      case "madvise" -> 28;
      case "getpid" -> 39;
      case "socket" -> 41;
      case "sendto" -> 44;
      case "sendmsg" -> 46;
      case "recvmsg" -> 47;
      case "shutdown" -> 48;
      case "bind" -> 49;
      case "listen" -> 50;
      case "getsockname" -> 51;
      case "setsockopt" -> 54;
      case "fcntl" -> 72;
      case "fsync" -> 74;
      case "fdatasync" -> 75;
      case "ftruncate" -> 77;
      case "getrusage" -> 98;
      case "gettid" -> 186;
      case "getdents64" -> 217;
      case "fadvise64" -> 221;
      case "clock_gettime" -> 228;
      case "clock_getres" -> 229;
      case "epoll_ctl" -> 233;
      case "tgkill" -> 234;
      case "openat" -> 257;
      case "mkdirat" -> 258;
      case "unlinkat" -> 263;
      case "linkat" -> 265;
      case "symlinkat" -> 266;
      case "readlinkat" -> 267;
      case "ppoll" -> 271;
      case "utimensat" -> 280;
      case "epoll_pwait" -> 281;
      case "fallocate" -> 285;
      case "accept4" -> 288;
      case "epoll_create1" -> 291;
      case "pipe2" -> 293;
      case "preadv" -> 295;
      case "pwritev" -> 296;
      case "rt_tgsigqueueinfo" -> 297;
      case "renameat2" -> 316;
      case "getrandom" -> 318;
      case "memfd_create" -> 319;
      case "membarrier" -> 324;
      case "statx" -> 332;
      case "openat2" -> 437;
      case "process_madvise" -> 440;
      default -> throw new AssertionError("no number of the system call " + name);
    };
  }
}
