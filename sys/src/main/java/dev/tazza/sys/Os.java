package dev.tazza.sys;

import dev.tazza.sys.fs.Kernel;
import dev.tazza.sys.fs.ReadySet;

/**
 * The host operating system: memory mappings, memory files and signal actions.
 *
 * <p>All sizes and addresses given to mapping calls are multiples of {@link #pageSize()}. Every
 * method throws {@link SysException} when the system refuses. Implementations hold no state and may
 * be used by all threads.
 */
public interface Os {

  /**
   * The system this JVM runs on.
   *
   * @throws UnsupportedOperationException when Tazza does not support this system or processor, or
   *     when native access is denied to this module; the message says which
   */
  static Os host() {
    NativeAccess.require();
    return Host.OS;
  }

  /**
   * Whether a limit is set for the address space of this process ({@code ulimit -v}), or it is not
   * known that none is. Takes no native call.
   *
   * @throws UnsupportedOperationException when Tazza does not support this system or processor
   */
  static boolean addressSpaceMayBeLimited() {
    return Systems.host().addressSpaceMayBeLimited().getAsBoolean();
  }

  /** Initialization on first use, after {@link NativeAccess} agreed. */
  final class Host {
    private static final Os OS = Systems.host().os().get();

    private Host() {}
  }

  /** Bytes in a page: the granularity of mappings. */
  int pageSize();

  /** {@code size} rounded up to whole pages. */
  default long roundToPages(long size) {
    long mask = pageSize() - 1L;
    return Math.addExact(size, mask) & ~mask;
  }

  /** Reserves {@code size} bytes of address space that nobody may touch yet; costs no memory. */
  long reserve(long size);

  /** Maps {@code size} bytes of zeroed private memory for reading and writing. */
  long allocate(long size);

  /** Changes what the pages may be used for. Contents stay. */
  void protect(long address, long size, Protection protection);

  /** Asks for large pages in private memory that is not touched yet; the system may not heed it. */
  void preferLargePages(long address, long size);

  /**
   * Wants no large pages there: they would make a few touched bytes cost much memory.
   *
   * @return whether it is sure that there will be none
   */
  boolean preferSmallPages(long address, long size);

  /**
   * Makes pages of private memory inaccessible for as long as they are mapped.
   *
   * @return whether the mapping is still one; otherwise each such range makes two more
   */
  boolean guard(long address, long size);

  /** How many mappings the process has now. Takes a microsecond for each. */
  int countMappings();

  /**
   * How many mappings the system lets a process have; beyond that calls that make one are refused,
   * the JVM's own too, which does not survive that.
   */
  int mappingLimit();

  /** Gives back pages or reservations; the address range becomes free. */
  void unmap(long address, long size);

  /** Drops the contents of private memory: the pages read as zero again, or as their file. */
  void discard(long address, long size);

  /** {@link #discard} of several ranges, in one go where the system can. */
  default void discard(long[] addresses, long[] sizes, int count) {
    for (int i = 0; i < count; i++) {
      discard(addresses[i], sizes[i]);
    }
  }

  /**
   * Finds the pages of private memory that have contents of their own: neither never touched, nor
   * only read, nor still those of a mapped file. Resetting just these is cheaper than {@link
   * #discard}, which interrupts other processors.
   *
   * @param runs filled with (address, size) of each run of such pages, in ascending order
   * @return how many runs; -1 when the system cannot tell, or {@code runs} is too short
   */
  int modifiedRuns(long address, long size, long[] runs);

  /**
   * How many page faults the current platform thread has had so far, those that needed no input or
   * output and those that did. A page of private memory gets contents of its own by a fault of the
   * thread that writes to it, so who sees the same number again has written to no page for the
   * first time. What does not count is what other processes and the kernel's own threads do: a
   * debugger that writes, large pages made of small ones ({@link #preferSmallPages}).
   *
   * @return -1 when the system cannot tell
   */
  long pageFaults();

  /**
   * Replaces what is mapped there by a fresh reservation: contents dropped, nobody may touch it.
   */
  void reserveAgain(long address, long size);

  /** Moves private pages, with their contents, to a reservation; the old range becomes free. */
  void move(long from, long to, long size);

  /**
   * Maps a file over an existing reservation, copy-on-write: writes stay private.
   *
   * @param descriptor an open file, for instance from {@link #createMemoryFile}
   */
  void mapPrivate(long address, long size, Protection protection, int descriptor, long offset);

  /** Maps a file somewhere, to be read as a whole and at once. */
  long mapToRead(long size, int descriptor, long offset);

  /** Maps a whole file somewhere, shared: writes go to the file. */
  long mapShared(long size, Protection protection, int descriptor);

  /** Opens a file to read it; returns its descriptor. */
  int openFile(String path);

  /** Another descriptor of the same open file. */
  int duplicateFile(int descriptor);

  /** Creates an anonymous file that lives in memory; returns its descriptor. */
  int createMemoryFile(String name);

  /** The length of a file in bytes. */
  long fileSize(int descriptor);

  /** Sets the length of a file. */
  void resizeFile(int descriptor, long size);

  /** Closes a file descriptor. */
  void closeFile(int descriptor);

  /** The calling thread's kernel id. */
  long threadId();

  /**
   * Where, in bytes from what the thread register points to, the C library keeps the {@link
   * #threadId} of a thread, as 32 bits; -1 when that is not known of this one.
   */
  int threadIdOffset();

  /**
   * Sends a signal, and a number with it, to a thread of this process. Does nothing when that has
   * ended, or when too many signals are on their way already. Handlers see {@code SI_QUEUE} as the
   * signal's code.
   *
   * @param thread its {@link #threadId}
   * @param signal such as {@link Signals#urgent}
   */
  void signalThread(long thread, int signal, long value);

  /** Whether {@link #fenceThreads} works here. May take some milliseconds the first time. */
  boolean canFenceThreads();

  /**
   * Has every thread of the process pass a full memory fence, at some point of its instructions
   * between the beginning and the end of this call. Costs all that run an interrupt.
   */
  void fenceThreads();

  /**
   * Installs an action for a signal and returns the one that was there.
   *
   * @param signal the number, such as {@link Signals#segv}
   */
  SignalAction exchangeSignalAction(int signal, SignalAction action);

  /** The action that is installed for a signal. */
  SignalAction signalAction(int signal);

  /** The signals that matter here. */
  Signals signals();

  /** What handlers of signals find where. */
  SignalFrame signalFrame();

  /** Makes instructions just written to memory visible to execution. */
  void flushInstructionCache(long address, long size);

  /** The calls on files and sockets, for one guest. */
  Kernel newKernel();

  /**
   * A new set of descriptors to wait for, which lives as long as the process.
   *
   * @throws IllegalStateException if the system has no descriptor left
   */
  ReadySet newReadySet();
}
