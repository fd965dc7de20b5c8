package dev.tazza.vm.instance;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FileData;
import dev.tazza.environ.InitialData;
import dev.tazza.environ.MemoryPages;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.sys.Os;
import dev.tazza.vm.memory.LinearMemory;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.ResourceLimitException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@link InitialData} of a loaded module: as an image that instances map, from the file that
 * the module is from or from one in memory, or as an array that they copy.
 */
final class ModuleData implements InitialData, AutoCloseable {
  private static final int PIECE = 1 << 16;

  private final int memory;
  private final long offset;
  private final int size;
  private final @Nullable MemoryImage image;

  /** If there is no image. */
  private final @Nullable MemoryPages copied;

  private ModuleData(FileData data, MemoryImage image) {
    memory = data.memory();
    offset = data.memoryOffset();
    size = (int) data.size();
    this.image = image;
    copied = null;
  }

  private ModuleData(MemoryPages pages, @Nullable MemoryImage image) {
    memory = pages.memory();
    offset = pages.offset();
    size = pages.size();
    this.image = image;
    copied = image == null ? pages : null;
  }

  /**
   * That of a module.
   *
   * @return null if it has none
   * @throws ArtifactException when it is damaged
   * @throws ResourceLimitException when there is no room to map the file
   */
  static @Nullable ModuleData of(CompiledModule compiled, Tunables tunables) {
    boolean isMapped = tunables.is(Tunable.MEMORY_INIT_COW);
    FileData inFile = compiled.text() instanceof CodeText.InFile file ? file.data() : null;
    if (inFile != null) {
      MemoryImage image = map(inFile);
      if (isMapped && !tunables.is(Tunable.FORCE_MEMORY_INIT_MEMFD)) {
        return new ModuleData(inFile, image);
      }
      try (image) {
        return of(read(inFile, image), isMapped);
      }
    }
    InitialData data = compiled.data();
    return data == null
        ? null
        : of(new MemoryPages(data.memory(), data.offset(), data.bytes()), isMapped);
  }

  private static MemoryImage map(FileData data) {
    if (Os.host().fileSize(data.descriptor()) < data.fileOffset() + data.size()) {
      throw new ArtifactException("damaged artifact: its file was cut short");
    }
    MemoryImage image = new MemoryImage(data);
    if (image.checksum() != data.checksum()) {
      image.close();
      throw new ArtifactException("damaged artifact: the checksum of its data does not match");
    }
    return image;
  }

  private static MemoryPages read(FileData data, MemoryImage image) {
    byte[] bytes = new byte[(int) data.size()];
    image.read(0, bytes, bytes.length);
    return new MemoryPages(data.memory(), data.memoryOffset(), bytes);
  }

  private static ModuleData of(MemoryPages pages, boolean isMapped) {
    MemoryImage image = null;
    if (isMapped) {
      try {
        image =
            new MemoryImage(
                List.of(new MemoryImage.Piece(pages.offset(), pages.bytes(), 0, pages.size())));
      } catch (ResourceLimitException noFile) {
        // Out of descriptors, for example.
      }
    }
    return new ModuleData(pages, image);
  }

  /** What instances map; null: {@link #copyTo}. */
  @Nullable MemoryImage image() {
    return image;
  }

  /** Writes the contents to the memory of a new instance, if they are not mapped there. */
  void copyTo(LinearMemory storage) {
    if (copied != null) {
      storage.write(offset, copied.bytes(), 0, size);
    }
  }

  @Override
  public int memory() {
    return memory;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public int size() {
    return size;
  }

  /** {@inheritDoc} Not after {@link #close}. */
  @Override
  public void writeTo(CodeText.Sink sink) {
    if (image == null) {
      if (copied != null) {
        copied.writeTo(sink);
      }
      return;
    }
    byte[] piece = new byte[Math.min(size, PIECE)];
    for (int at = 0; at < size; at += PIECE) {
      int count = Math.min(size - at, PIECE);
      image.read(at, piece, count);
      sink.write(at, piece, count);
    }
  }

  /** Ends the module's own use; memories with the image keep it. */
  @Override
  public void close() {
    if (image != null) {
      image.close();
    }
  }
}
