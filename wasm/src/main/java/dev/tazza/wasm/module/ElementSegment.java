package dev.tazza.wasm.module;

import dev.tazza.wasm.type.RefType;
import org.jspecify.annotations.Nullable;

/**
 * An element segment.
 *
 * @param mode what happens at instantiation
 * @param tableIndex the table of an active segment, otherwise 0
 * @param tableOffset where an active segment goes, otherwise null
 * @param type the type of the elements
 * @param items the elements
 * @param start the offset of the segment's first byte
 */
public record ElementSegment(
    SegmentMode mode,
    int tableIndex,
    @Nullable ConstExpr tableOffset,
    RefType type,
    Items items,
    int start) {

  /** The elements, in one of the two forms of the binary format. Do not modify the arrays. */
  public sealed interface Items {

    int count();
  }

  /** Elements given as function indexes. */
  @SuppressWarnings("ArrayRecordComponent") // millions of elements; never compared
  public record Functions(int[] indexes) implements Items {

    @Override
    public int count() {
      return indexes.length;
    }
  }

  /** Elements given as constant expressions. */
  @SuppressWarnings("ArrayRecordComponent") // millions of elements; never compared
  public record Expressions(ConstExpr[] expressions) implements Items {

    @Override
    public int count() {
      return expressions.length;
    }
  }
}
