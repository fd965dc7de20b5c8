package dev.tazza;

import dev.tazza.environ.artifact.MappedArtifact;
import dev.tazza.sys.MappingBudget;
import dev.tazza.sys.NativeMemory;
import dev.tazza.sys.Os;
import dev.tazza.sys.SysException;
import dev.tazza.wasm.ResourceLimitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file of at most 2 GiB, open and mapped to be read. The mapping lasts as long as anybody can
 * reach its bytes; nobody must cut the file short meanwhile.
 */
final class MappedFile implements AutoCloseable {
  private final Os os;
  private final int descriptor;
  private final long address;
  private final ByteBuffer bytes;

  private MappedFile(Os os, int descriptor, long address, long size) {
    this.os = os;
    this.descriptor = descriptor;
    this.address = address;
    bytes =
        (size == 0
                ? ByteBuffer.allocate(0)
                : NativeMemory.readOnlyView(address, size, () -> unmap(os, address, size))
                    .asByteBuffer())
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Opens a file of the system's own.
   *
   * @throws IOException when it cannot be read or mapped
   * @throws ResourceLimitException when the process has as many mappings as it may have
   */
  static MappedFile open(Path file) throws IOException {
    Os os = Os.host();
    int descriptor = -1;
    try {
      descriptor = os.openFile(file.toString());
      long size = Math.min(os.fileSize(descriptor), Integer.MAX_VALUE);
      MappedFile mapped =
          new MappedFile(os, descriptor, size == 0 ? 0 : map(os, descriptor, size), size);
      descriptor = -1;
      return mapped;
    } catch (SysException e) {
      if (Files.notExists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      throw new IOException(file + ": " + e.getMessage(), e);
    } finally {
      if (descriptor >= 0) {
        os.closeFile(descriptor);
      }
    }
  }

  private static long map(Os os, int descriptor, long size) {
    claim();
    try {
      return os.mapToRead(size, descriptor, 0);
    } catch (SysException refused) {
      MappingBudget.process().cancel(1);
      throw refused;
    }
  }

  private static void claim() {
    try {
      MappingBudget.process().claim(1);
    } catch (SysException refused) {
      throw new ResourceLimitException("no room to map a file: " + refused.getMessage(), refused);
    }
  }

  private static void unmap(Os os, long address, long size) {
    os.unmap(address, os.roundToPages(size));
    MappingBudget.process().release(1);
  }

  /** The contents, little-endian; read at absolute places only. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** The artifact that begins at {@code offset}, a page, and ends with the file. */
  MappedArtifact artifact(int offset) {
    return new MappedArtifact(
        bytes.slice(offset, bytes.capacity() - offset).order(ByteOrder.LITTLE_ENDIAN),
        descriptor,
        offset);
  }

  /** Closes the file. What was read of it need not stay in memory, but can still be reached. */
  @Override
  public void close() {
    if (bytes.capacity() > 0) {
      os.discard(address, os.roundToPages(bytes.capacity()));
    }
    os.closeFile(descriptor);
  }
}
