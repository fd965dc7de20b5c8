package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.machine.InstSet;
import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/**
 * Takes the instructions of a backward walk: in order within a group (what one SSA instruction
 * becomes), the groups from last to first. {@link #copy} gives them in order to the code.
 *
 * @param <I> the target's instructions
 */
public final class MachineBuffer<I> {
  public final VCode<I> code = new VCode<>();
  private final InstSet<I> set;
  private Object[] insts = new Object[256];
  private int count;
  private int[] groups = new int[256];
  private int[] locs = new int[256];
  private int groupCount;
  private int loc;

  MachineBuffer(InstSet<I> set) {
    this.set = set;
  }

  /** Starts a group at a source position. */
  void startGroup(int position) {
    loc = position;
  }

  /** Changes the current group's source position. */
  public void setLoc(int position) {
    loc = position;
  }

  public int loc() {
    return loc;
  }

  public void add(I inst) {
    if (count == insts.length) {
      insts = Arrays.copyOf(insts, count * 2);
    }
    insts[count++] = inst;
  }

  void endGroup() {
    int start = groupCount == 0 ? 0 : groups[groupCount - 1];
    if (count == start) {
      return;
    }
    if (groupCount == groups.length) {
      groups = Arrays.copyOf(groups, groupCount * 2);
      locs = Arrays.copyOf(locs, groupCount * 2);
    }
    locs[groupCount] = loc;
    groups[groupCount++] = count;
  }

  /** Number of groups so far. */
  int groupCount() {
    return groupCount;
  }

  /** Appends groups {@code [from, to)} to the code, the last one first. */
  @SuppressWarnings("unchecked") // only I came in
  void copy(int from, int to) {
    for (int group = to - 1; group >= from; group--) {
      int start = group == 0 ? 0 : groups[group - 1];
      for (int i = start; i < groups[group]; i++) {
        set.append(code, (I) insts[i], locs[group]);
      }
    }
  }
}
