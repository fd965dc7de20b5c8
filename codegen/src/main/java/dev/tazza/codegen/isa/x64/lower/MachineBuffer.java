package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.isa.x64.inst.Operands;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.VCode;
import java.util.Arrays;

/**
 * Takes the instructions of a backward walk: in order within a group (what one SSA instruction
 * becomes), the groups from last to first. {@link #copy} gives them in order to the code.
 */
final class MachineBuffer {
  final VCode<X64Inst> code = new VCode<>();
  private X64Inst[] insts = new X64Inst[256];
  private int count;
  private int[] groups = new int[256];
  private int[] locs = new int[256];
  private int groupCount;
  private int loc;

  /** Starts a group at a source position. */
  void startGroup(int position) {
    loc = position;
  }

  /** Changes the current group's source position. */
  void setLoc(int position) {
    loc = position;
  }

  int loc() {
    return loc;
  }

  void add(X64Inst inst) {
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
  void copy(int from, int to) {
    for (int group = to - 1; group >= from; group--) {
      int start = group == 0 ? 0 : groups[group - 1];
      for (int i = start; i < groups[group]; i++) {
        int index = Operands.add(code, insts[i], locs[group]);
        if (insts[i] instanceof X64Inst.Const constant) {
          code.setRemat(constant.dst(), index);
        }
      }
    }
  }
}
