package dev.tazza.vm.code;

import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import org.jspecify.annotations.Nullable;

/**
 * The address range that all guest code of this process lives in.
 *
 * <p>It is reserved once, as large as a 32-bit relative call reaches, and costs no memory: pages
 * are inaccessible until a block is allocated. Thread-safe.
 */
public final class CodeRange {
  private static final long LARGEST = 1L << 31;
  private static final long SMALLEST = 1L << 26;

  /**
   * A large page of the processor. Zeroing, entering and finding one takes the time of a few small
   * ones, so blocks that fill most of one get it, if the system has one.
   */
  private static final long LARGE_PAGE = 1L << 21;

  /** What a block adds at most: itself, and it divides what is inaccessible. */
  private static final int MAPPINGS = 2;

  private final Os os;
  private final long low;
  private final long size;
  private final FreeExtents free; // guarded by this
  private volatile CodeBlock[] blocks = {}; // sorted by address; replaced, never modified

  private CodeRange(Os os) {
    this.os = os;
    long attempt = LARGEST;
    long address = 0;
    while (address == 0) {
      try {
        address = os.reserve(attempt);
      } catch (SysException refused) {
        // Address space may be limited (ulimit -v): be content with less.
        attempt >>= 1;
        if (attempt < SMALLEST) {
          throw refused;
        }
      }
    }
    low = address;
    size = attempt;
    free = new FreeExtents(low, size);
  }

  /** The range of this process, reserved on first use. */
  public static CodeRange process() {
    return OfProcess.RANGE;
  }

  private static final class OfProcess {
    static final CodeRange RANGE = new CodeRange(Os.host());
  }

  /** First address. */
  public long low() {
    return low;
  }

  /** Bytes reserved. */
  public long size() {
    return size;
  }

  /** Whether {@code pc} can be guest code. */
  public boolean contains(long pc) {
    return pc - low >= 0 && pc - low < size;
  }

  /** Bytes not allocated. */
  public synchronized long available() {
    return free.total();
  }

  /**
   * Allocates zeroed, writable pages.
   *
   * @param bytes rounded up to pages, or to large ones if more than half of the last is used
   * @param owner what {@link #find} leads to; held weakly
   * @throws ResourceLimitException when the range is full or the system has no memory
   */
  public CodeBlock allocate(long bytes, Object owner) {
    long rounded = os.roundToPages(Math.max(bytes, 1));
    if ((rounded & LARGE_PAGE - 1) > LARGE_PAGE / 2) {
      rounded = rounded + LARGE_PAGE - 1 & -LARGE_PAGE;
    }
    try {
      MappingBudget.process().claim(MAPPINGS);
    } catch (SysException refused) {
      throw noMemory(bytes, refused);
    }
    try {
      return allocatePages(bytes, rounded, owner);
    } catch (RuntimeException | Error e) {
      MappingBudget.process().cancel(MAPPINGS);
      throw e;
    }
  }

  /**
   * Maps code of a file, executable as it is. The pages are the file's own, shared with all who map
   * it, and read when they are first used.
   *
   * @param offset where the code begins in the file, at a page
   * @param bytes rounded up to pages
   * @param owner what {@link #find} leads to; held weakly
   * @return null when the file does not end with the code, or the system does not want it: it may
   *     be on a file system from which nothing is executed
   * @throws ResourceLimitException when the range is full
   */
  public @Nullable CodeBlock map(int descriptor, long offset, long bytes, Object owner) {
    long rounded = os.roundToPages(Math.max(bytes, 1));
    if (os.fileSize(descriptor) - offset != bytes) {
      return null; // pages behind its end cannot be read, and who reads it says what is wrong
    }
    try {
      MappingBudget.process().claim(MAPPINGS);
    } catch (SysException refused) {
      throw noMemory(bytes, refused);
    }
    CodeBlock block = null;
    try {
      block = mapPages(descriptor, offset, rounded, owner);
    } finally {
      if (block == null) {
        MappingBudget.process().cancel(MAPPINGS);
      }
    }
    return block;
  }

  private synchronized @Nullable CodeBlock mapPages(
      int descriptor, long offset, long size, Object owner) {
    long address = take(size, size);
    try {
      os.mapPrivate(address, size, Protection.READ_EXECUTE, descriptor, offset);
    } catch (SysException refused) {
      os.reserveAgain(address, size);
      free.put(address, size);
      return null;
    }
    CodeBlock block = CodeBlock.published(this, address, size, owner);
    insert(block);
    return block;
  }

  private CodeBlock allocatePages(long bytes, long rounded, Object owner) {
    boolean isLarge = rounded >= LARGE_PAGE;
    synchronized (this) {
      long address = isLarge ? free.take(rounded, LARGE_PAGE) : -1;
      if (address < 0) {
        address = take(bytes, rounded);
      }
      try {
        os.protect(address, rounded, Protection.READ_WRITE);
        if (isLarge && (address & LARGE_PAGE - 1) == 0) {
          os.preferLargePages(address, rounded & -LARGE_PAGE);
        }
      } catch (SysException refused) {
        free.put(address, rounded);
        throw noMemory(bytes, refused);
      }
      CodeBlock block = new CodeBlock(this, address, rounded, owner);
      insert(block);
      return block;
    }
  }

  /** Takes {@code pages} for so many bytes, wherever there is room. */
  private long take(long bytes, long pages) {
    long address = free.take(pages, os.pageSize());
    if (address < 0) {
      throw new ResourceLimitException(
          "no room for %d bytes of machine code: %d of %d bytes are free"
              .formatted(bytes, free.total(), size));
    }
    return address;
  }

  private static ResourceLimitException noMemory(long bytes, SysException refused) {
    return new ResourceLimitException(
        "no memory for %d bytes of machine code (%s)".formatted(bytes, refused.getMessage()),
        refused);
  }

  /** The block that {@code pc} points into. */
  public @Nullable CodeBlock find(long pc) {
    CodeBlock[] snapshot = blocks;
    int below = lastAtOrBelow(snapshot, pc);
    return below >= 0 && snapshot[below].contains(pc) ? snapshot[below] : null;
  }

  void publish(CodeBlock block) {
    os.protect(block.address(), block.size(), Protection.READ_EXECUTE);
    os.flushInstructionCache(block.address(), block.size());
  }

  synchronized void free(CodeBlock block) {
    os.reserveAgain(block.address(), block.size());
    CodeBlock[] old = blocks;
    int index = lastAtOrBelow(old, block.address());
    CodeBlock[] fewer = new CodeBlock[old.length - 1];
    System.arraycopy(old, 0, fewer, 0, index);
    System.arraycopy(old, index + 1, fewer, index, fewer.length - index);
    blocks = fewer;
    free.put(block.address(), block.size());
    MappingBudget.process().release(MAPPINGS);
  }

  private void insert(CodeBlock block) {
    CodeBlock[] old = blocks;
    int index = lastAtOrBelow(old, block.address()) + 1;
    CodeBlock[] more = new CodeBlock[old.length + 1];
    System.arraycopy(old, 0, more, 0, index);
    more[index] = block;
    System.arraycopy(old, index, more, index + 1, old.length - index);
    blocks = more;
  }

  private static int lastAtOrBelow(CodeBlock[] sorted, long pc) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle].address() <= pc) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
