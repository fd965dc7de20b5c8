package dev.tazza.wasm.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where each part of a binary came from in the text it was made of: an error at a byte offset of
 * the binary can name line and column.
 */
public final class TextPositions {
  /** The map of a module that was binary to begin with. */
  public static final TextPositions EMPTY =
      new TextPositions(new SourceText(new byte[0]), new int[0], new int[0], 0);

  private final SourceText source;
  private final int[] binaryOffsets;
  private final int[] sourceOffsets;

  /** Takes pairs in ascending order of their offset in the binary. */
  TextPositions(SourceText source, int[] binaryOffsets, int[] sourceOffsets, int count) {
    this.source = source;
    this.binaryOffsets = Arrays.copyOf(binaryOffsets, count);
    this.sourceOffsets = Arrays.copyOf(sourceOffsets, count);
  }

  /**
   * The place in the text of the instruction or definition that a byte belongs to, or null if the
   * byte comes from none.
   */
  public @Nullable Position position(long binaryOffset) {
    if (binaryOffset < 0 || binaryOffset > Integer.MAX_VALUE) {
      return null;
    }
    int index = Arrays.binarySearch(binaryOffsets, (int) binaryOffset);
    if (index < 0) {
      index = -index - 2;
    }
    return index < 0 ? null : source.position(sourceOffsets[index]);
  }
}
