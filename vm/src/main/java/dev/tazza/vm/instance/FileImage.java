package dev.tazza.vm.instance;

import dev.tazza.environ.CodeText;
import dev.tazza.environ.FileData;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.sys.Os;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.wasm.ArtifactException;
import dev.tazza.wasm.ResourceLimitException;
import org.jspecify.annotations.Nullable;

/**
 * Initial contents of a memory that lie as pages in the file which the module was loaded from.
 *
 * @param memory index of the memory
 */
record FileImage(int memory, MemoryImage image) implements AutoCloseable {
  /**
   * That of the file with the module's code.
   *
   * @return null if there is none, it is not wanted, or there is no room to map it
   * @throws ArtifactException when it is damaged
   */
  static @Nullable FileImage of(CodeText text, Tunables tunables) {
    FileData data = text instanceof CodeText.InFile file ? file.data() : null;
    if (data == null
        || !tunables.is(Tunable.MEMORY_INIT_COW)
        || tunables.is(Tunable.FORCE_MEMORY_INIT_MEMFD)) {
      return null;
    }
    if (Os.host().fileSize(data.descriptor()) < data.fileOffset() + data.size()) {
      throw new ArtifactException("damaged artifact: its file was cut short");
    }
    MemoryImage image;
    try {
      image = new MemoryImage(data);
    } catch (ResourceLimitException noRoom) {
      return null; // the module has the contents, too
    }
    if (image.checksum() != data.checksum()) {
      image.close();
      throw new ArtifactException("damaged artifact: the checksum of its data does not match");
    }
    return new FileImage(data.memory(), image);
  }

  /** Ends the module's own use. */
  @Override
  public void close() {
    image.close();
  }
}
