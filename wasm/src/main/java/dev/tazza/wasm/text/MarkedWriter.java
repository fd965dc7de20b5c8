package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import java.util.Arrays;

/**
 * A {@link BinaryWriter} with marks: which place in the source the bytes written next come from.
 */
final class MarkedWriter {
  final BinaryWriter out = new BinaryWriter();
  private int[] offsets = new int[16];
  private int[] sources = new int[16];
  private int count;

  void mark(int sourceOffset) {
    mark(out.size(), sourceOffset);
  }

  private void mark(int offset, int sourceOffset) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      sources = Arrays.copyOf(sources, 2 * count);
    }
    offsets[count] = offset;
    sources[count++] = sourceOffset;
  }

  /** The size of another writer's bytes, then those bytes with their marks. */
  void sized(MarkedWriter other) {
    out.u32(other.out.size());
    append(other);
  }

  void append(MarkedWriter other) {
    int base = out.size();
    out.append(other.out);
    for (int i = 0; i < other.count; i++) {
      mark(base + other.offsets[i], other.sources[i]);
    }
  }

  int markCount() {
    return count;
  }

  /** Where what comes from {@link #markedSource} begins; ascending. */
  int markedOffset(int mark) {
    return offsets[mark];
  }

  int markedSource(int mark) {
    return sources[mark];
  }

  void clear() {
    out.clear();
    count = 0;
  }

  TextPositions map(SourceText source) {
    return new TextPositions(source, offsets, sources, count);
  }
}
