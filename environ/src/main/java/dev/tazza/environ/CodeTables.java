package dev.tazza.environ;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known about single pcs of a compiled text. Offsets are from its start and ascend.
 *
 * @param symbols what stands where in the text
 * @param trapOffsets instructions that may trap
 * @param trapCodes for each a {@link TrapEntry}
 * @param locOffsets where the wasm position changes
 * @param locs the position from there on: a byte offset in the module, one in an inlined body as
 *     {@code inlined} knows it, or -1 for none
 * @param locals where debuggers find locals
 * @param sites calls of which there is anything to tell
 */
public record CodeTables(
    CodeSymbol[] symbols,
    int[] trapOffsets,
    int[] trapCodes,
    int[] locOffsets,
    int[] locs,
    InlinedCalls inlined,
    CallRecords sites,
    LocalPlaces locals)
    implements CodeMap {

  /** Tables without locals. */
  public CodeTables(
      CodeSymbol[] symbols,
      int[] trapOffsets,
      int[] trapCodes,
      int[] locOffsets,
      int[] locs,
      InlinedCalls inlined,
      CallRecords sites) {
    this(symbols, trapOffsets, trapCodes, locOffsets, locs, inlined, sites, LocalPlaces.NONE);
  }

  @Override
  public @Nullable CodeSymbol symbolAt(int offset) {
    int low = 0;
    int high = symbols.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (symbols[middle].offset() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : symbols[low - 1];
  }

  @Override
  public int trapAt(int offset) {
    int at = Arrays.binarySearch(trapOffsets, offset);
    return at < 0 ? 0 : TrapEntry.code(trapCodes[at]);
  }

  @Override
  public int fuelAt(int offset) {
    int at = Arrays.binarySearch(trapOffsets, offset);
    return at < 0 ? 0 : TrapEntry.fuel(trapCodes[at]);
  }

  @Override
  public int locAt(int offset) {
    int at = Arrays.binarySearch(locOffsets, offset);
    int index = at < 0 ? -at - 2 : at;
    return index < 0 ? -1 : locs[index];
  }

  @Override
  public @Nullable InlinedCall inlinedAt(int position) {
    int call = inlined.callAt(position);
    return call < 0
        ? null
        : new InlinedCall(
            inlined.functions()[call], inlined.offset(position), inlined.callers()[call]);
  }

  @Override
  public CodeTables tables() {
    return this;
  }
}
