package dev.tazza.vm.instance;

import dev.tazza.environ.Tunable;
import dev.tazza.environ.Tunables;
import dev.tazza.vm.memory.MemoryImage;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.MemoryType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a module's memories, where its data segments allow that: all those of a memory lie
 * at constant offsets inside of its initial size. Other segments are copied at instantiation, as
 * are few bytes, which take less time than mapping an image and the page faults in it.
 *
 * <p>An image is in place before the segments' turn. As with {@link InstanceTemplate}, nobody can
 * tell if no function gets into an imported table.
 */
final class InitialMemories implements AutoCloseable {
  /** Fewer bytes than this are copied. */
  private static final long COPIED = 16 << 10;

  /** The granularity by which it is counted how dense an image is. */
  private static final long PAGE = 4096;

  private final WasmModule module;

  /** By defined memory. */
  private final @Nullable MemoryImage[] images;

  private final boolean[] droppedData;

  /** Active segments that are left to copy. */
  private final int[] pending;

  /** An image up to this size may be as sparse as it likes. */
  private final long guaranteedSize;

  InitialMemories(WasmModule module, Tunables tunables) {
    this.module = module;
    guaranteedSize = tunables.get(Tunable.MEMORY_GUARANTEED_DENSE_IMAGE_SIZE);
    images = new @Nullable MemoryImage[module.memoryCount() - module.importedMemoryCount()];
    droppedData = new boolean[module.dataSegments().size()];
    if (tunables.is(Tunable.MEMORY_INIT_COW) && !InstanceTemplate.fillsImportedTables(module)) {
      for (int i = 0; i < images.length; i++) {
        images[i] = make(module.importedMemoryCount() + i);
      }
    }
    pending = applyImages();
  }

  private @Nullable MemoryImage make(int memory) {
    List<MemoryImage.Piece> pieces = pieces(memory);
    long low = Long.MAX_VALUE;
    long high = 0;
    long bytes = 0;
    for (MemoryImage.Piece piece : pieces) {
      low = Math.min(low, piece.offset());
      high = Math.max(high, piece.offset() + piece.count());
      bytes += piece.count();
    }
    if (bytes < COPIED || high - low > guaranteedSize && !isDense(pieces, low, high)) {
      return null;
    }
    try {
      return new MemoryImage(pieces);
    } catch (ResourceLimitException noFile) {
      return null; // out of descriptors, for example
    }
  }

  /** Whether there is data in at least half of the pages from {@code low} to {@code high}. */
  private static boolean isDense(List<MemoryImage.Piece> pieces, long low, long high) {
    long first = low / PAGE;
    long all = (high - 1) / PAGE - first + 1;
    long most = 0;
    for (MemoryImage.Piece piece : pieces) {
      most += piece.count() / PAGE + 2;
    }
    if (2 * most < all) {
      return false; // and nothing is allocated that is larger than what the data would need
    }
    BitSet pages = new BitSet();
    for (MemoryImage.Piece piece : pieces) {
      long end = piece.offset() + piece.count() - 1;
      pages.set((int) (piece.offset() / PAGE - first), (int) (end / PAGE - first) + 1);
    }
    return 2L * pages.cardinality() >= all;
  }

  private int[] applyImages() {
    IntCollector left = new IntCollector();
    for (int i = 0; i < droppedData.length; i++) {
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

  /** The active segments of a memory that have contents; none when one of them does not qualify. */
  private List<MemoryImage.Piece> pieces(int memory) {
    MemoryType type = module.memory(memory);
    List<MemoryImage.Piece> pieces = new ArrayList<>();
    for (DataSegment segment : module.dataSegments()) {
      if (segment.mode() != SegmentMode.ACTIVE || segment.memoryIndex() != memory) {
        continue;
      }
      long offset = ConstantExpressions.constantOffset(segment.memoryOffset());
      long end = offset + segment.size();
      if (offset < 0 || end < offset || end > Tunables.minimumBytes(type)) {
        return List.of();
      }
      if (segment.size() > 0) {
        pieces.add(new MemoryImage.Piece(offset, module.bytes(), segment.start(), segment.size()));
      }
    }
    return pieces;
  }

  /** The image of defined memory {@code index}, or null. */
  @Nullable MemoryImage image(int index) {
    return images[index];
  }

  /** The active segments that are left to copy, in their order. */
  int[] pending() {
    return pending;
  }

  /** By segment: whether it is dropped, not counting those left to copy. */
  boolean[] droppedData() {
    return droppedData.clone();
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
