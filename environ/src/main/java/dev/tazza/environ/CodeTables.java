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
 * @param sites calls of which there is anything to tell
 */
public record CodeTables(
    CodeSymbol[] symbols,
    int[] trapOffsets,
    int[] trapCodes,
    int[] locOffsets,
    int[] locs,
    InlinedCalls inlined,
    CallRecords sites) {

  /** The piece of code that covers {@code offset}, or null when it is before the first. */
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

  /** The code of the trap at exactly {@code offset}, or 0 when there is none. */
  public int trapAt(int offset) {
    int at = Arrays.binarySearch(trapOffsets, offset);
    return at < 0 ? 0 : TrapEntry.code(trapCodes[at]);
  }

  /** What a trap at exactly {@code offset} has used up of the fuel in the register. */
  public int fuelAt(int offset) {
    int at = Arrays.binarySearch(trapOffsets, offset);
    return at < 0 ? 0 : TrapEntry.fuel(trapCodes[at]);
  }

  /**
   * The position of the instruction that covers {@code offset}, or -1. Look up a return address
   * minus one.
   */
  public int locAt(int offset) {
    int at = Arrays.binarySearch(locOffsets, offset);
    int index = at < 0 ? -at - 2 : at;
    return index < 0 ? -1 : locs[index];
  }
}
