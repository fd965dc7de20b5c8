package dev.tazza.codegen.machine;

import java.util.Arrays;

/**
 * Where the references are that live over each safepoint, a call or a poll: the slots listed for it
 * hold one each, and no other place is read after it as a reference from before it.
 *
 * @param safepoints the instructions over which any reference lives, ascending
 * @param starts for each where its slots start in {@code slots}, and where the last one's end
 * @param slots numbers of spill slots, of one instruction ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LiveRefs(int[] safepoints, int[] starts, int[] slots) {
  /** Of code without references, or in which none lives over a safepoint. */
  public static final LiveRefs NONE = new LiveRefs(new int[0], new int[1], new int[0]);

  /** The slots that hold live references during an instruction. */
  public int[] over(int safepoint) {
    int at = Arrays.binarySearch(safepoints, safepoint);
    return at < 0 ? new int[0] : Arrays.copyOfRange(slots, starts[at], starts[at + 1]);
  }
}
