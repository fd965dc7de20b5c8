package dev.tazza.vm.memory;

import dev.tazza.environ.FileData;
import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.Protection;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * The initial contents of a memory, as pages of an anonymous file, or of the one that the module is
 * from: each instance maps them copy-on-write instead of copying its data segments.
 *
 * <p>One per module and memory, shared by all its instances and by the idle regions that {@link
 * MemoryRegions} keeps for the next one. Thread-safe.
 */
public final class MemoryImage implements AutoCloseable {

  /** Bytes that a data segment puts into the memory. */
  public record Piece(long offset, byte[] bytes, int from, int count) {}

  private final Os os = Os.host();
  private final long offset;
  private final long size;
  private final int file;

  /** Where they begin in the file. */
  private final long fileOffset;

  /** The file, mapped to be read. */
  private final long contents;

  /** The module's own use and one for each region; the last one out unmaps. */
  private final AtomicInteger uses = new AtomicInteger(1);

  /**
   * Builds an image.
   *
   * @param pieces in the order in which the segments are applied; at least one byte in all
   * @throws ResourceLimitException when the system has no room
   */
  public MemoryImage(List<Piece> pieces) {
    long low = Long.MAX_VALUE;
    long high = 0;
    for (Piece piece : pieces) {
      if (piece.count > 0) {
        low = Math.min(low, piece.offset);
        high = Math.max(high, piece.offset + piece.count);
      }
    }
    if (high == 0) {
      throw new IllegalArgumentException("an image without contents");
    }
    offset = low & -os.pageSize();
    size = os.roundToPages(high - offset);
    fileOffset = 0;
    claim();
    try {
      file = os.createMemoryFile("tazza-memory");
      contents = fill(pieces);
    } catch (SysException refused) {
      MappingBudget.process().cancel(1);
      throw new ResourceLimitException("no room for a memory image of " + size + " bytes", refused);
    }
  }

  /**
   * An image that is in a file already.
   *
   * @param data says where; its descriptor is not needed any more then
   * @throws ResourceLimitException when the system has no room
   */
  public MemoryImage(FileData data) {
    offset = data.memoryOffset();
    size = data.size();
    fileOffset = data.fileOffset();
    claim();
    try {
      file = os.duplicateFile(data.descriptor());
      contents = mapToRead();
    } catch (SysException refused) {
      MappingBudget.process().cancel(1);
      throw new ResourceLimitException("no room for a memory image of " + size + " bytes", refused);
    }
  }

  private static void claim() {
    try {
      MappingBudget.process().claim(1);
    } catch (SysException refused) {
      throw new ResourceLimitException(
          "no room for a memory image: " + refused.getMessage(), refused);
    }
  }

  private long mapToRead() {
    try {
      return os.mapToRead(size, file, fileOffset);
    } catch (SysException refused) {
      os.closeFile(file);
      throw refused;
    }
  }

  /** Copies {@code count} of the contents, from {@code from} on, to the start of an array. */
  public void read(long from, byte[] to, int count) {
    NativeMemory.copy(contents + from, to, 0, count);
  }

  /** CRC-32 of the contents. */
  public int checksum() {
    CRC32 checksum = new CRC32();
    checksum.update(NativeMemory.view(contents, size).asByteBuffer());
    return (int) checksum.getValue();
  }

  private long fill(List<Piece> pieces) {
    try {
      os.resizeFile(file, size);
      long mapped = os.mapShared(size, Protection.READ_WRITE, file);
      for (Piece piece : pieces) {
        NativeMemory.copy(piece.bytes, piece.from, mapped + piece.offset - offset, piece.count);
      }
      os.protect(mapped, size, Protection.READ);
      return mapped;
    } catch (SysException refused) {
      os.closeFile(file);
      throw refused;
    }
  }

  /** Where in the memory the image begins; a multiple of the page size. */
  public long offset() {
    return offset;
  }

  /** Bytes, whole pages. */
  public long size() {
    return size;
  }

  /** Maps the image into the memory at {@code base}. */
  void map(long base) {
    os.mapPrivate(base + offset, size, Protection.READ_WRITE, file, fileOffset);
  }

  /** Copies the image into a memory of {@code length} bytes at {@code base}, which is not ours. */
  public void copyTo(long base, long length) {
    restore(base, offset, Math.min(offset + size, length));
  }

  /** Copies the image's bytes for {@code [from, to)}, offsets in the memory inside the image. */
  void restore(long base, long from, long to) {
    NativeMemory.copy(contents + from - offset, base + from, to - from);
  }

  /** Adds a use, which {@link #close} ends. */
  public void retain() {
    uses.incrementAndGet();
  }

  void release() {
    if (uses.decrementAndGet() == 0) {
      os.unmap(contents, size);
      MappingBudget.process().release(1);
      os.closeFile(file);
    }
  }

  /** Ends a use; memories made from the image keep their contents. Once for each use. */
  @Override
  public void close() {
    release();
  }
}
