package dev.tazza.vm.instance;

import dev.tazza.environ.MemoryContents;
import dev.tazza.environ.MemoryPages;
import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a module's memories: that of its {@link ModuleData}, and others where its data
 * segments allow that: all those of a memory lie at constant offsets inside of its initial size.
 * Other segments are copied at instantiation, as are few bytes, which take less time than mapping
 * an image and the page faults in it.
 *
 * <p>An image is in place before the segments' turn. As with {@link InstanceTemplate}, nobody can
 * tell if no function gets into an imported table.
 */
final class InitialMemories implements AutoCloseable {
  /** Fewer bytes than this are copied. */
  private static final long COPIED = 16 << 10;

  private final WasmModule module;
  private final @Nullable ModuleData data;

  /** By defined memory. */
  private final @Nullable MemoryImage[] images;

  private final boolean[] droppedData;

  /** Active segments that are left to copy. */
  private final int[] pending;

  /** An image up to this size may be as sparse as it likes. */
  private final long guaranteedSize;

  /**
   * Makes the images.
   *
   * @param data what the segments do not have
   */
  InitialMemories(WasmModule module, Tunables tunables, @Nullable ModuleData data) {
    this.data = data;
    this.module = module;
    guaranteedSize = tunables.get(Tunable.MEMORY_GUARANTEED_DENSE_IMAGE_SIZE);
    images = new @Nullable MemoryImage[module.memoryCount() - module.importedMemoryCount()];
    droppedData = new boolean[module.dataSegments().size()];
    if (tunables.is(Tunable.MEMORY_INIT_COW) && !MemoryPages.fillsImportedTables(module)) {
      for (int i = 0; i < images.length; i++) {
        images[i] = make(module.importedMemoryCount() + i);
      }
    }
    pending = applyImages();
  }

  private @Nullable MemoryImage make(int memory) {
    if (data != null && data.memory() == memory) {
      MemoryImage image = data.image();
      if (image != null) {
        image.retain();
      }
      return image;
    }
    MemoryContents contents = MemoryContents.of(module, memory);
    if (contents == null || contents.bytes() < COPIED) {
      return null;
    }
    if (contents.high() - contents.low() > guaranteedSize && !contents.isDense()) {
      return null;
    }
    List<MemoryImage.Piece> pieces = new ArrayList<>();
    for (MemoryContents.Piece piece : contents.pieces()) {
      pieces.add(
          new MemoryImage.Piece(piece.offset(), module.bytes(), piece.start(), piece.count()));
    }
    try {
      return new MemoryImage(pieces);
    } catch (ResourceLimitException noFile) {
      return null; // out of descriptors, for example
    }
  }

  private int[] applyImages() {
    IntCollector left = new IntCollector();
    for (int i : module.presentDataSegments()) {
      DataSegment segment = module.dataSegments().get(i);
      if (segment.mode() == SegmentMode.ACTIVE) {
        int memory = segment.memoryIndex() - module.importedMemoryCount();
        droppedData[i] = memory >= 0 && images[memory] != null;
        if (!droppedData[i]) {
          left.add(i);
        }
      }
    }
    return left.toArray();
  }

  /** The image of defined memory {@code index}, or null. */
  @Nullable MemoryImage image(int index) {
    return images[index];
  }

  /** The active segments that are left to copy, in their order. */
  int[] pending() {
    return pending;
  }

  /** Contents that the segments do not have. */
  @Nullable ModuleData data() {
    return data;
  }

  /** By segment: whether it is dropped, not counting those left to copy. Not to be modified. */
  boolean[] droppedData() {
    return droppedData;
  }

  /** Ends the module's own use; memories with the images keep them. */
  @Override
  public void close() {
    for (MemoryImage image : images) {
      if (image != null) {
        image.close();
      }
    }
  }
}
