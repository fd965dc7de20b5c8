package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.CodeLimitException;
import dev.tazza.codegen.machine.LiveRefs;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * Finds which references live over which safepoints, which are calls and polls. One value at a
 * time, upwards from its uses to its definition (Boissinot et al. 2008); in each block on the way,
 * the safepoints in between. Nothing is done for code without references.
 *
 * <p>Values have slots if they are in memory at any time; a reference that lives over a safepoint
 * is. A value that is only handed on to parameters that nobody uses is not live: its slot may be
 * another's by then.
 */
final class RefMaps {
  /** Pairs of a safepoint and a reference that a function of any size may have. */
  private static final int LEAST_PAIRS = 1 << 14;

  /** How many more for each instruction. */
  private static final int PAIRS_PER_INST = 32;

  /** Blocks looked at for one value each: they take no space. */
  private static final int STEPS_PER_PAIR = 64;

  private final VCode<?> code;

  /** By value: its slot, as a {@link Loc}, or -1. */
  private final int[] slotOf;

  private final int[] defBlock;
  private final int[] defInst;

  /** Of parameters: their number in the block. */
  private final int[] paramIndex;

  /** Values that an instruction uses, if only as the parameter that they become. */
  private final boolean[] needed;

  // Uses of references by value: block and instruction, or the block's end.
  private final int[] firstUse;
  private int[] useBlock = {};
  private int[] useAt = {};

  /** The safepoints of the code, ascending. */
  private int[] safepoints = new int[64];

  private int safepointCount;

  // By block, valid if equal to the value: that it is live at the start, and at the end.
  private final int[] liveIn;
  private final int[] liveOut;

  // By block on the way, valid if seen says so: the last use.
  private final int[] seen;
  private final int[] lastUse;
  private final int[] visited;
  private int visitedCount;
  private final int[] stack;
  private long steps;

  /** How many pairs there may be. */
  private final long limit;

  private long[] pairs = new long[64];
  private int pairCount;

  private RefMaps(VCode<?> code, int[] slotOf) {
    this.code = code;
    this.slotOf = slotOf;
    int blocks = code.blockCount();
    defBlock = new int[code.vregCount()];
    defInst = new int[code.vregCount()];
    paramIndex = new int[code.vregCount()];
    needed = new boolean[code.vregCount()];
    firstUse = new int[code.vregCount() + 1];
    liveIn = Assigner.minusOnes(blocks);
    liveOut = Assigner.minusOnes(blocks);
    seen = Assigner.minusOnes(blocks);
    lastUse = new int[blocks];
    visited = new int[blocks];
    stack = new int[blocks];
    limit = LEAST_PAIRS + (long) PAIRS_PER_INST * code.instCount();
  }

  /**
   * Finds them.
   *
   * @param slotOf by value: the {@link Loc} of its slot, or -1
   * @throws CodeLimitException when there are too many of them
   */
  static LiveRefs find(VCode<?> code, int[] slotOf) {
    return code.hasRefs() ? new RefMaps(code, slotOf).run() : LiveRefs.NONE;
  }

  private LiveRefs run() {
    collect();
    for (int v = 0; safepointCount > 0 && v < slotOf.length; v++) {
      if (firstUse[v] < firstUse[v + 1]) {
        spread(v);
        for (int k = 0; k < visitedCount; k++) {
          cross(v, visited[k]);
        }
      }
    }
    return maps();
  }

  private boolean counts(int v) {
    return slotOf[v] >= 0 && code.vregKind(v) == VRegKind.REF;
  }

  /** Finds safepoints, definitions and uses. */
  private void collect() {
    findNeeded();
    eachUse(false);
    for (int v = 0; v < slotOf.length; v++) {
      firstUse[v + 1] += firstUse[v];
    }
    int uses = firstUse[slotOf.length];
    useBlock = new int[uses];
    useAt = new int[uses];
    eachUse(true);
    // Filling has moved each start to the end: back again.
    System.arraycopy(firstUse, 0, firstUse, 1, slotOf.length);
    firstUse[0] = 0;
  }

  /** Finds definitions, and what is needed. */
  private void findNeeded() {
    int[] found = new int[code.vregCount()];
    int count = 0;
    Arrays.fill(paramIndex, -1);
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      for (int j = 0; j < block.params.length; j++) {
        defBlock[block.params[j]] = b;
        defInst[block.params[j]] = block.from - 1;
        paramIndex[block.params[j]] = j;
      }
      for (int i = block.from; i < block.to; i++) {
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          int v = Operand.vreg(code.operandAt(o));
          if (Operand.isDef(code.operandAt(o))) {
            defBlock[v] = b;
            defInst[v] = i;
          } else if (!needed[v]) {
            needed[v] = true;
            found[count++] = v;
          }
        }
      }
    }
    while (count > 0) {
      int v = found[--count];
      int[] preds = paramIndex[v] < 0 ? new int[0] : code.block(defBlock[v]).preds;
      for (int p : preds) {
        VBlock block = code.block(p);
        for (int s = 0; s < block.succs.length; s++) {
          if (block.succs[s] == defBlock[v] && !needed[block.args[s][paramIndex[v]]]) {
            needed[block.args[s][paramIndex[v]]] = true;
            found[count++] = block.args[s][paramIndex[v]];
          }
        }
      }
    }
  }

  private void eachUse(boolean fill) {
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      for (int i = block.from; i < block.to; i++) {
        if (fill && code.isSafepoint(i)) {
          addSafepoint(i);
        }
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          if (!Operand.isDef(code.operandAt(o))) {
            use(Operand.vreg(code.operandAt(o)), b, i, fill);
          }
        }
      }
      for (int s = 0; s < block.succs.length; s++) {
        int[] params = code.block(block.succs[s]).params;
        for (int j = 0; j < params.length; j++) {
          if (needed[params[j]]) {
            use(block.args[s][j], b, block.to, fill);
          }
        }
      }
    }
  }

  private void addSafepoint(int inst) {
    if (safepointCount == safepoints.length) {
      safepoints = Arrays.copyOf(safepoints, safepointCount * 2);
    }
    safepoints[safepointCount++] = inst;
  }

  private void use(int v, int block, int at, boolean fill) {
    if (!counts(v)) {
      return;
    }
    if (fill) {
      useBlock[firstUse[v]] = block;
      useAt[firstUse[v]++] = at;
    } else {
      firstUse[v + 1]++;
    }
  }

  /** Finds the blocks in which a value is live, and up to where. */
  private void spread(int v) {
    visitedCount = 0;
    int top = 0;
    for (int u = firstUse[v]; u < firstUse[v + 1]; u++) {
      int b = useBlock[u];
      visit(v, b);
      lastUse[b] = Math.max(lastUse[b], useAt[u]);
      if (b != defBlock[v] && liveIn[b] != v) {
        liveIn[b] = v;
        stack[top++] = b;
      }
    }
    while (top > 0) {
      for (int p : code.block(stack[--top]).preds) {
        if (++steps > STEPS_PER_PAIR * limit) {
          throw tooMany();
        }
        visit(v, p);
        liveOut[p] = v;
        if (p != defBlock[v] && liveIn[p] != v) {
          liveIn[p] = v;
          stack[top++] = p;
        }
      }
    }
  }

  private void visit(int v, int b) {
    if (seen[b] != v) {
      seen[b] = v;
      lastUse[b] = -1;
      visited[visitedCount++] = b;
    }
  }

  /** Adds the safepoints of a block that a value lives over. */
  private void cross(int v, int b) {
    int from = b == defBlock[v] ? defInst[v] + 1 : code.block(b).from;
    int to = liveOut[b] == v ? code.block(b).to : lastUse[b];
    int at = Arrays.binarySearch(safepoints, 0, safepointCount, from);
    for (int c = at < 0 ? -at - 1 : at; c < safepointCount && safepoints[c] < to; c++) {
      if (pairCount >= limit) {
        throw tooMany();
      }
      if (pairCount == pairs.length) {
        pairs = Arrays.copyOf(pairs, pairCount * 2);
      }
      pairs[pairCount++] = (long) safepoints[c] << 32 | Loc.slotIndex(slotOf[v]);
    }
  }

  private CodeLimitException tooMany() {
    return new CodeLimitException(
        "references live over calls and polls more than " + limit + " times, all taken together");
  }

  private LiveRefs maps() {
    if (pairCount == 0) {
      return LiveRefs.NONE;
    }
    Arrays.sort(pairs, 0, pairCount);
    int[] at = new int[pairCount];
    int[] starts = new int[pairCount + 1];
    int[] slots = new int[pairCount];
    int count = 0;
    int slotCount = 0;
    for (int k = 0; k < pairCount; k++) {
      if (k > 0 && pairs[k] == pairs[k - 1]) {
        continue; // two values in one slot
      }
      int safepoint = (int) (pairs[k] >> 32);
      if (count == 0 || at[count - 1] != safepoint) {
        starts[count] = slotCount;
        at[count++] = safepoint;
      }
      slots[slotCount++] = (int) pairs[k];
    }
    starts[count] = slotCount;
    return new LiveRefs(
        Arrays.copyOf(at, count),
        Arrays.copyOf(starts, count + 1),
        Arrays.copyOf(slots, slotCount));
  }
}
