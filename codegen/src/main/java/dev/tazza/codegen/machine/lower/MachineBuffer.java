package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.machine.InstSet;
import dev.tazza.codegen.machine.Labels;
import dev.tazza.codegen.machine.VCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

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

  /** Labels of the backward walk: each stands behind so many groups. */
  private final List<Inst> labels = new ArrayList<>();

  private int[] labelGroups = new int[16];

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

  /** Debuggers are to be told this here. */
  void label(Inst label) {
    int count = labels.size();
    if (count == labelGroups.length) {
      labelGroups = Arrays.copyOf(labelGroups, count * 2);
    }
    labelGroups[count] = groupCount;
    labels.add(label);
  }

  /** Number of labels so far. */
  int labelCount() {
    return labels.size();
  }

  /** Number of groups so far. */
  int groupCount() {
    return groupCount;
  }

  /** Makes room in the code for what is here and for {@code more} instructions. */
  void reserve(int more) {
    code.reserve(count + more);
  }

  /**
   * Appends groups {@code [from, to)} to the code, the last one first.
   *
   * @param told the labels among them: from the last one before this on
   * @param values what becomes of labels
   */
  @SuppressWarnings("unchecked") // only I came in
  void copy(int from, int to, int firstLabel, int told, Function<Inst, Labels.Label> values) {
    int label = told - 1;
    for (int group = to - 1; group >= from; group--) {
      // A label that stands behind so many groups comes before this one.
      while (label >= firstLabel && labelGroups[label] > group) {
        code.labels.add(values.apply(labels.get(label--)).at(code.instCount()));
      }
      int start = group == 0 ? 0 : groups[group - 1];
      for (int i = start; i < groups[group]; i++) {
        set.append(code, (I) insts[i], locs[group]);
      }
    }
  }
}
