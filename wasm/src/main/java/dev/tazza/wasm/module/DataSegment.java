package dev.tazza.wasm.module;

import org.jspecify.annotations.Nullable;

/**
 * A data segment, whose contents are the range {@code [start, end)} of the module's bytes.
 *
 * @param mode what happens at instantiation
 * @param memoryIndex the memory of an active segment, otherwise 0
 * @param memoryOffset where an active segment goes, otherwise null
 */
public record DataSegment(
    SegmentMode mode, int memoryIndex, @Nullable ConstExpr memoryOffset, int start, int end) {
  /**
   * An active segment that has no contents any more, because they are part of what a memory begins
   * with: as good as dropped. Only modules without bodies have such.
   */
  public static final DataSegment APPLIED = new DataSegment(SegmentMode.ACTIVE, 0, null, 0, 0);

  /** The size in bytes. */
  public int size() {
    return end - start;
  }
}
