package dev.tazza.sys.linux;

import dev.tazza.sys.NativeHeap;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SignalAction;
import dev.tazza.sys.SignalFrame;
import dev.tazza.sys.Signals;
import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.Posix;
import dev.tazza.sys.fs.ReadySet;
import dev.tazza.sys.linux.fs.Epoll;
import dev.tazza.sys.linux.fs.LinuxKernel;
import java.nio.charset.StandardCharsets;

/** Linux. */
public final class LinuxOs implements Os {
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;
  private static final int MADV_GUARD_INSTALL = 102; // Linux 6.13
  private static final int MREMAP_MAYMOVE = 1;
  private static final int MREMAP_FIXED = 2;
  private static final int MFD_CLOEXEC = 1;
  private static final int SEEK_END = 2;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 0x80000;

  /** {@code SIGILL} and so on: the same on all processors that matter here. */
  private static final Signals SIGNALS = new Signals(4, 7, 8, 11, 23, 1, 2);

  private static final long SA_RESTORER = 0x0400_0000;

  /** {@code struct kernel_sigaction}: handler, flags, restorer, mask; 8 bytes each. */
  private static final int SIGACTION_SIZE = 32;

  private static final int KERNEL_SIGSET_SIZE = 8;

  private static final int SIGINFO_SIZE = 128;

  @Override
  public int pageSize() {
    return LinuxMachine.host().pageSize();
  }

  @Override
  public long reserve(long size) {
    return map("reserve", 0, size, 0, Syscall.MAP_NORESERVE);
  }

  @Override
  public long allocate(long size) {
    return map("map", 0, size, Syscall.PROT_READ | Syscall.PROT_WRITE, 0);
  }

  @Override
  public void reserveAgain(long address, long size) {
    map("reserve", address, size, 0, Syscall.MAP_NORESERVE | Syscall.MAP_FIXED);
  }

  private static long map(String what, long address, long size, int protection, int flags) {
    long result =
        Syscall.call(
            SyscallNumber.MMAP,
            address,
            size,
            protection,
            flags | Syscall.MAP_PRIVATE | Syscall.MAP_ANONYMOUS,
            -1,
            0);
    return check(result, "mmap", what, size);
  }

  @Override
  public void protect(long address, long size, Protection protection) {
    long result = Syscall.call(SyscallNumber.MPROTECT, address, size, flags(protection));
    check(result, "mprotect", protection.name(), size);
  }

  @Override
  public void preferLargePages(long address, long size) {
    // Kernels that are built without them refuse.
    Syscall.call(SyscallNumber.MADVISE, address, size, MADV_HUGEPAGE);
  }

  @Override
  public boolean preferSmallPages(long address, long size) {
    long result = Syscall.call(SyscallNumber.MADVISE, address, size, MADV_NOHUGEPAGE);
    return result == 0 || result == -Posix.EINVAL; // what kernels say that are built without them
  }

  @Override
  public boolean guard(long address, long size) {
    if (Syscall.call(SyscallNumber.MADVISE, address, size, MADV_GUARD_INSTALL) == 0) {
      return true;
    }
    protect(address, size, Protection.NONE);
    return false;
  }

  @Override
  public int countMappings() {
    return ProcessMappings.count();
  }

  @Override
  public int mappingLimit() {
    return ProcessMappings.limit();
  }

  @Override
  public void unmap(long address, long size) {
    check(Syscall.call(SyscallNumber.MUNMAP, address, size, 0), "munmap", "give back", size);
  }

  @Override
  public void discard(long address, long size) {
    long result = Syscall.call(SyscallNumber.MADVISE, address, size, MADV_DONTNEED);
    check(result, "madvise", "discard", size);
  }

  @Override
  public void discard(long[] addresses, long[] sizes, int count) {
    if (count == 1 || !AdviseProcess.discard(addresses, sizes, count)) {
      Os.super.discard(addresses, sizes, count);
    }
  }

  @Override
  public int modifiedRuns(long address, long size, long[] runs) {
    return PageMap.modifiedRuns(address, size, runs);
  }

  @Override
  public long pageFaults() {
    return ResourceUsage.pageFaults();
  }

  @Override
  public void move(long from, long to, long size) {
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    long result = Syscall.call(SyscallNumber.MREMAP, from, size, size, flags, to, 0);
    check(result, "mremap", "move", size);
  }

  @Override
  public void mapPrivate(
      long address, long size, Protection protection, int descriptor, long offset) {
    long result =
        Syscall.call(
            SyscallNumber.MMAP,
            address,
            size,
            flags(protection),
            Syscall.MAP_PRIVATE | Syscall.MAP_FIXED | Syscall.MAP_NORESERVE,
            descriptor,
            offset);
    check(result, "mmap", "file", size);
  }

  @Override
  public long mapToRead(long size, int descriptor, long offset) {
    int flags = Syscall.MAP_PRIVATE | Syscall.MAP_NORESERVE | Syscall.MAP_POPULATE;
    long result =
        Syscall.call(SyscallNumber.MMAP, 0, size, Syscall.PROT_READ, flags, descriptor, offset);
    return check(result, "mmap", "file", size);
  }

  @Override
  public long mapShared(long size, Protection protection, int descriptor) {
    long result =
        Syscall.call(
            SyscallNumber.MMAP, 0, size, flags(protection), Syscall.MAP_SHARED, descriptor, 0);
    return check(result, "mmap", "shared file", size);
  }

  @Override
  public long fileSize(int descriptor) {
    long result = Syscall.call(SyscallNumber.LSEEK, descriptor, 0, SEEK_END, 0, 0, 0);
    return Syscall.require("lseek", result);
  }

  @Override
  public int openFile(String path) {
    long name = string(path);
    try {
      long result = Syscall.call(SyscallNumber.OPENAT, AT_FDCWD, name, O_CLOEXEC, 0, 0, 0);
      return (int) Syscall.require("openat", result);
    } finally {
      NativeHeap.free(name);
    }
  }

  @Override
  public int duplicateFile(int descriptor) {
    long result = Syscall.call(SyscallNumber.FCNTL, descriptor, F_DUPFD_CLOEXEC, 0);
    return (int) Syscall.require("fcntl (duplicate)", result);
  }

  @Override
  public int createMemoryFile(String name) {
    long buffer = string(name);
    try {
      long result = Syscall.call(SyscallNumber.MEMFD_CREATE, buffer, MFD_CLOEXEC, 0);
      return (int) Syscall.require("memfd_create", result);
    } finally {
      NativeHeap.free(buffer);
    }
  }

  /** A string of C, to be freed. */
  private static long string(String text) {
    byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
    long buffer = NativeHeap.allocate(bytes.length);
    NativeMemory.copy(bytes, 0, buffer, bytes.length);
    return buffer;
  }

  @Override
  public void resizeFile(int descriptor, long size) {
    check(Syscall.call(SyscallNumber.FTRUNCATE, descriptor, size, 0), "ftruncate", "resize", size);
  }

  @Override
  public void closeFile(int descriptor) {
    Syscall.require("close", Syscall.call(SyscallNumber.CLOSE, descriptor, 0, 0));
  }

  @Override
  public long threadId() {
    return Syscall.call(SyscallNumber.GETTID, 0, 0, 0);
  }

  @Override
  public int threadIdOffset() {
    return ThreadRegister.ID_OFFSET;
  }

  @Override
  public void signalThread(long thread, int signal, long value) {
    long info = NativeHeap.allocate(SIGINFO_SIZE);
    try {
      NativeMemory.putInt(info, signal);
      SignalFrame frame = signalFrame();
      NativeMemory.putInt(info + frame.info().code(), frame.info().queued());
      NativeMemory.putLong(info + frame.info().value(), value);
      long process = ProcessHandle.current().pid();
      long result =
          Syscall.call(SyscallNumber.RT_TGSIGQUEUEINFO, process, thread, signal, info, 0, 0);
      if (result != -Posix.ESRCH && result != -Posix.EAGAIN) {
        Syscall.require("signal " + signal + " to thread " + thread, result);
      }
    } finally {
      NativeHeap.free(info);
    }
  }

  @Override
  public boolean canFenceThreads() {
    return Membarrier.isAvailable();
  }

  @Override
  public void fenceThreads() {
    Membarrier.fence();
  }

  @Override
  public SignalAction exchangeSignalAction(int signal, SignalAction action) {
    long buffer = NativeHeap.allocate(2 * SIGACTION_SIZE);
    try {
      long old = buffer + SIGACTION_SIZE;
      NativeMemory.putLong(buffer, action.handler());
      NativeMemory.putLong(buffer + 8, action.flags() | SA_RESTORER);
      NativeMemory.putLong(buffer + 16, Syscall.signalReturn());
      NativeMemory.putLong(buffer + 24, action.mask());
      sigaction(signal, buffer, old);
      return read(old);
    } finally {
      NativeHeap.free(buffer);
    }
  }

  @Override
  public SignalAction signalAction(int signal) {
    long old = NativeHeap.allocate(SIGACTION_SIZE);
    try {
      sigaction(signal, 0, old);
      return read(old);
    } finally {
      NativeHeap.free(old);
    }
  }

  @Override
  public Signals signals() {
    return SIGNALS;
  }

  @Override
  public SignalFrame signalFrame() {
    return LinuxMachine.host().signalFrame();
  }

  private static void sigaction(int signal, long action, long old) {
    long result =
        Syscall.call(SyscallNumber.RT_SIGACTION, signal, action, old, KERNEL_SIGSET_SIZE, 0, 0);
    Syscall.require("sigaction of signal " + signal, result);
  }

  private static SignalAction read(long address) {
    return new SignalAction(
        NativeMemory.getLong(address),
        NativeMemory.getLong(address + 8) & ~SA_RESTORER,
        NativeMemory.getLong(address + 24));
  }

  @Override
  public void flushInstructionCache(long address, long size) {
    LinuxMachine.host().flushInstructionCache(address, size);
  }

  @Override
  public Kernel newKernel() {
    return new LinuxKernel();
  }

  @Override
  public ReadySet newReadySet() {
    return Epoll.create();
  }

  private static int flags(Protection protection) {
    return (protection.readable() ? Syscall.PROT_READ : 0)
        | (protection.writable() ? Syscall.PROT_WRITE : 0)
        | (protection.executable() ? Syscall.PROT_EXEC : 0);
  }

  private static long check(long result, String call, String what, long size) {
    if (Syscall.isError(result)) {
      Syscall.require(call + " (" + what + ", " + size + " bytes)", result);
    }
    return result;
  }
}
