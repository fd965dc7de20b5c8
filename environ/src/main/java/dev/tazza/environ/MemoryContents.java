package dev.tazza.environ;

import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a module's active data segments put into one of its memories, where the module alone tells:
 * all of them lie at constant offsets inside of the initial size.
 */
public final class MemoryContents {
  /** The granularity by which it is counted how dense they are. */
  private static final long PAGE = 4096;

  /** {@code count} bytes of the module, from {@code start} on, at {@code offset}. */
  public record Piece(long offset, int start, int count) {}

  private final List<Piece> pieces;
  private long low = Long.MAX_VALUE;
  private long high;
  private long bytes;

  private MemoryContents(List<Piece> pieces) {
    this.pieces = pieces;
    for (Piece piece : pieces) {
      low = Math.min(low, piece.offset);
      high = Math.max(high, piece.offset + piece.count);
      bytes += piece.count;
    }
  }

  /**
   * The contents of a memory.
   *
   * @param memory index of one that the module defines
   * @return null when there are none, or an instance is needed to know
   */
  public static @Nullable MemoryContents of(WasmModule module, int memory) {
    long room = Tunables.minimumBytes(module.memory(memory));
    List<Piece> pieces = new ArrayList<>();
    for (int index : module.presentDataSegments()) {
      DataSegment segment = module.dataSegments().get(index);
      if (segment.mode() != SegmentMode.ACTIVE || segment.memoryIndex() != memory) {
        continue;
      }
      long offset = constantOffset(segment.memoryOffset());
      long end = offset + segment.size();
      if (offset < 0 || end < offset || end > room) {
        return null;
      }
      if (segment.size() > 0) {
        pieces.add(new Piece(offset, segment.start(), segment.size()));
      }
    }
    return pieces.isEmpty() ? null : new MemoryContents(pieces);
  }

  /** The offset of a segment if it is one constant; otherwise -1 or another negative number. */
  public static long constantOffset(@Nullable ConstExpr expression) {
    if (expression == null || expression.instructions().size() != 1) {
      return -1;
    }
    return switch (expression.instructions().get(0)) {
      case ConstInstr.I32(int value) -> Integer.toUnsignedLong(value);
      case ConstInstr.I64(long value) -> value;
      default -> -1;
    };
  }

  /** In the order in which they are applied; none is empty. */
  public List<Piece> pieces() {
    return pieces;
  }

  /** Where the first byte goes. */
  public long low() {
    return low;
  }

  /** One past where the last byte goes. */
  public long high() {
    return high;
  }

  /** How many bytes they are; those that are overwritten count again. */
  public long bytes() {
    return bytes;
  }

  /** Whether there is data in at least half of the pages from the first byte to the last. */
  public boolean isDense() {
    long first = low / PAGE;
    long all = (high - 1) / PAGE - first + 1;
    long most = 0;
    for (Piece piece : pieces) {
      most += piece.count / PAGE + 2;
    }
    if (2 * most < all) {
      return false; // and nothing is allocated that is larger than what the data would need
    }
    BitSet pages = new BitSet();
    for (Piece piece : pieces) {
      long end = piece.offset + piece.count - 1;
      pages.set((int) (piece.offset / PAGE - first), (int) (end / PAGE - first) + 1);
    }
    return 2L * pages.cardinality() >= all;
  }
}
