package dev.tazza.sys.linux;

import dev.tazza.sys.SignalFrame;
import dev.tazza.sys.linux.x64.X64Machine;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What of Linux depends on the processor: numbers, layouts, and a few instructions. Another
 * processor is a package with an implementation and rows in {@link Host#TABLE}.
 */
public interface LinuxMachine {
  /** The one that this JVM runs on. */
  static LinuxMachine host() {
    return Host.MACHINE;
  }

  /** Whether there is one for a value of {@code os.arch}. */
  static boolean isSupported(String processor) {
    return Host.TABLE.containsKey(processor);
  }

  /** Bytes in a page: the granularity of mappings. */
  int pageSize();

  /** The number of a system call, by its name in the kernel. */
  int systemCall(String name);

  /**
   * Machine code of C functions that perform the system calls below {@code count}, each at its
   * number times {@code size}.
   */
  byte[] callStubs(int count, int size);

  /** Machine code, not longer than a stub, that signal handlers return to. */
  byte[] signalReturn();

  /** Machine code of a C function that returns what the thread register points to. */
  byte[] readThreadRegister();

  /**
   * Where C libraries may keep the id of a thread, in bytes from what the thread register points
   * to.
   */
  int[] threadIdOffsets();

  /** What handlers of signals find where. */
  SignalFrame signalFrame();

  /** Flags for opening a file, {@code O_…} of {@link dev.tazza.sys.fs.Posix}, as the kernel's. */
  int openFlags(int posix);

  /** The inverse of {@link #openFlags}. */
  int posixOpenFlags(int flags);

  /** Offset of the user data in {@code struct epoll_event}. */
  int epollDataOffset();

  /** See {@link dev.tazza.sys.Os#flushInstructionCache}. */
  void flushInstructionCache(long address, long size);

  /** Initialization on first use. */
  final class Host {
    /** By {@code os.arch}. */
    private static final Map<String, Supplier<LinuxMachine>> TABLE =
        Map.of("amd64", X64Machine::new, "x86_64", X64Machine::new);

    private static final LinuxMachine MACHINE = find(System.getProperty("os.arch", "?"));

    private Host() {}

    private static LinuxMachine find(String processor) {
      Supplier<LinuxMachine> row = TABLE.get(processor);
      if (row == null) {
        throw new UnsupportedOperationException("Linux on this processor: " + processor);
      }
      return row.get();
    }
  }
}
