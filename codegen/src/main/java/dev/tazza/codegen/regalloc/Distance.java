package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;

/**
 * How far apart points of the program are, for the choice of what to spill. Distances count
 * instructions; calls, and edges that leave a loop or enter a cold block, count more, so that what
 * a loop uses is always nearer than what it does not (Braun and Hack 2009).
 */
final class Distance {
  /** To the next use of a value that has none. */
  static final int NEVER = 1 << 29;

  /** What a call adds. */
  static final int CALL = 1 << 12;

  /** What an edge out of a loop or into a cold block adds. */
  static final int FAR = 1 << 24;

  private final VCode<?> code;
  private final Flow flow;

  /** From the start of each block to its end. */
  final int[] length;

  /** What a call adds in a block with calls, such that their sum is no more than {@link #FAR}. */
  private final int[] call;

  Distance(VCode<?> code, Flow flow) {
    this.code = code;
    this.flow = flow;
    this.length = new int[code.blockCount()];
    this.call = new int[code.blockCount()];
    for (int b = 0; b < length.length; b++) {
      VBlock block = code.block(b);
      int calls = flow.calls(b) ? calls(block) : 0;
      call[b] = calls > CALL ? 1 : CALL;
      length[b] = block.to - block.from + calls * (call[b] - 1);
    }
  }

  /** How many calls there are in a block. */
  int calls(VBlock block) {
    int calls = 0;
    for (int i = block.from; i < block.to; i++) {
      calls += code.isCall(i) ? 1 : 0;
    }
    return calls;
  }

  /** From the start of an instruction of the block to its end. */
  int over(int block, int inst) {
    return flow.calls(block) && code.isCall(inst) ? call[block] : 1;
  }

  /** From the end of a block to the start of its successor. */
  int edge(int from, int to) {
    boolean cools = code.block(to).cold && !code.block(from).cold;
    return cools || flow.exits(from, to) > 0 ? FAR : 0;
  }

  /** A distance and one to a use behind that: at most one below {@link #NEVER}. */
  static int add(int distance, int next) {
    return Math.min(NEVER - 1, distance + next);
  }
}
