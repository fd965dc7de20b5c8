package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import java.util.Arrays;

/**
 * Which values are live at the start of each block, and how far away the next use of each is.
 *
 * <p>Live-in sets are found one value at a time, upwards from its uses to its definition (Boissinot
 * et al. 2008), and kept as lists ordered by virtual register. Distances count instructions along
 * the shortest path; calls, and edges that leave a loop or enter a cold block, count more, so that
 * what a loop uses is always nearer than what it does not (Braun and Hack 2009).
 *
 * <p>The sum of the lists' lengths is limited. Values beyond the limit are {@linkplain #demoted}:
 * they live in memory between blocks and are in no list. That keeps time and space linear whatever
 * the input.
 */
final class Liveness {
  /** No further use. */
  static final int NEVER = 1 << 29;

  /** What a call adds to distances. */
  static final int CALL = 1 << 12;

  /** What an edge out of a loop or into a cold block adds to distances. */
  static final int FAR = 1 << 24;

  private static final int[] NO_BLOCKS = {};
  private static final int LIST_BUDGET_PER_BLOCK = 64;
  private static final int LIST_BUDGET = 1 << 20;

  /** An instruction that overwrites at least as many registers is a call. */
  private static final int CALL_CLOBBERS = 3;

  final VCode<?> code;
  final Flow flow;

  /** The block that defines each value, as parameter or by an instruction. */
  final int[] defBlock;

  /** The defining instruction, or -1 for a parameter. */
  final int[] defInst;

  /** The list of block b is {@code [listStart[b], listStart[b + 1])}. */
  final int[] listStart;

  int[] listValue = {};

  /** Distance from the start of the block to the next use. */
  int[] listNext = {};

  /** Values that live in memory between blocks. */
  final boolean[] demoted;

  /** Instruction index from which, and until which in block order, a value may be live. */
  final int[] from;

  final int[] until;

  /** Length of each block for distances. */
  final int[] length;

  private final int[] callLength;

  // Uses of values defined in other blocks: the first in each block.
  private int[] useValue = new int[64];
  private int[] useBlock = new int[64];
  private int[] usePosition = new int[64];
  private int useCount;
  private int[] useOrder = {};

  // Live-in entries in order of values.
  private int[] entryBlock = new int[64];
  private int[] entryValue = new int[64];
  private int[] entryNext = new int[64];
  private int entryCount;

  private final int[] stamp;

  /** Steps of the inner loops. */
  long work;

  /** The usual limit for the sum of the lists' lengths. */
  static int budget(int blocks) {
    return (int)
        Math.min(Integer.MAX_VALUE / 8, LIST_BUDGET + (long) LIST_BUDGET_PER_BLOCK * blocks);
  }

  Liveness(VCode<?> code, Flow flow, int budget) {
    this.code = code;
    this.flow = flow;
    int n = code.vregCount();
    this.defBlock = new int[n];
    this.defInst = new int[n];
    this.from = new int[n];
    this.until = new int[n];
    this.demoted = new boolean[n];
    this.length = new int[code.blockCount()];
    this.callLength = new int[code.blockCount()];
    this.listStart = new int[code.blockCount() + 1];
    this.stamp = new int[Math.max(n, code.blockCount())];
    findDefinitions();
    findUses();
    propagate(budget);
    makeLists();
    measure();
  }

  /** Whether an instruction overwrites so many registers that it must be a call. */
  boolean isCall(int inst) {
    return Long.bitCount(code.clobbers(inst)) >= CALL_CLOBBERS;
  }

  /** What an instruction of the block adds to distances. */
  int duration(int block, int inst) {
    return isCall(inst) ? callLength[block] : 1;
  }

  /** How many calls there are in a block. */
  int calls(VBlock block) {
    int calls = 0;
    for (int i = block.from; i < block.to; i++) {
      calls += isCall(i) ? 1 : 0;
    }
    return calls;
  }

  private void findDefinitions() {
    Arrays.fill(defInst, -1);
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      for (int p : block.params) {
        define(p, b, block.from);
      }
      for (int i = block.from; i < block.to; i++) {
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          long operand = code.operandAt(o);
          if (Operand.isDef(operand)) {
            define(Operand.vreg(operand), b, i);
            defInst[Operand.vreg(operand)] = i;
          }
        }
      }
    }
  }

  private void define(int v, int block, int inst) {
    defBlock[v] = block;
    from[v] = inst;
    until[v] = inst + 1;
  }

  private void findUses() {
    Arrays.fill(stamp, -1);
    for (int b = 0; b < code.blockCount(); b++) {
      VBlock block = code.block(b);
      int time = 0;
      callLength[b] = flow.calls(b) && calls(block) > CALL ? 1 : CALL;
      for (int i = block.from; i < block.to; i++) {
        for (int o = code.operandStart(i), end = code.operandEnd(i); o < end; o++) {
          long operand = code.operandAt(o);
          if (!Operand.isDef(operand)) {
            use(Operand.vreg(operand), b, time, i + 1);
          }
        }
        time += duration(b, i);
      }
      length[b] = time;
      for (int s = 0; s < block.succs.length; s++) {
        for (int arg : block.args[s]) {
          use(arg, b, time, block.to);
        }
      }
    }
  }

  private void use(int v, int block, int time, int end) {
    until[v] = Math.max(until[v], end);
    if (defBlock[v] == block || stamp[v] == block) {
      return;
    }
    stamp[v] = block;
    if (useCount == useValue.length) {
      useValue = Arrays.copyOf(useValue, useCount * 2);
      useBlock = Arrays.copyOf(useBlock, useCount * 2);
      usePosition = Arrays.copyOf(usePosition, useCount * 2);
    }
    useValue[useCount] = v;
    useBlock[useCount] = block;
    usePosition[useCount++] = time;
  }

  private int[] groupUses() {
    int[] start = new int[code.vregCount() + 1];
    for (int u = 0; u < useCount; u++) {
      start[useValue[u] + 1]++;
    }
    for (int v = 0; v < code.vregCount(); v++) {
      start[v + 1] += start[v];
    }
    useOrder = new int[useCount];
    int[] at = start.clone();
    for (int u = 0; u < useCount; u++) {
      useOrder[at[useValue[u]]++] = u;
    }
    return start;
  }

  private void propagate(int limit) {
    int[] start = groupUses();
    int[] stack = new int[code.blockCount()];
    Arrays.fill(stamp, -1);
    for (int v = 0; v < code.vregCount(); v++) {
      if (start[v] == start[v + 1]) {
        continue;
      }
      int rollback = entryCount;
      int top = -1;
      for (int k = start[v]; k < start[v + 1]; k++) {
        int b = useBlock[useOrder[k]];
        stamp[b] = v;
        enter(b, v, usePosition[useOrder[k]]);
        stack[++top] = b;
      }
      spread(v, stack, top, limit);
      if (entryCount > limit) {
        entryCount = rollback;
        demoted[v] = true;
        from[v] = 0;
        until[v] = code.instCount();
      }
    }
    useValue = useBlock = usePosition = useOrder = new int[0];
  }

  private void spread(int v, int[] stack, int top, int limit) {
    int home = defBlock[v];
    int first = from[v];
    int last = until[v];
    while (top >= 0 && entryCount <= limit) {
      int b = stack[top--];
      first = Math.min(first, code.block(b).from);
      work += code.block(b).preds.length;
      for (int p : code.block(b).preds) {
        last = Math.max(last, code.block(p).to);
        if (p != home && stamp[p] != v) {
          stamp[p] = v;
          enter(p, v, NEVER);
          stack[++top] = p;
        }
      }
    }
    from[v] = first;
    until[v] = last;
  }

  private void enter(int block, int v, int next) {
    if (entryCount == entryBlock.length) {
      entryBlock = Arrays.copyOf(entryBlock, entryCount * 2);
      entryValue = Arrays.copyOf(entryValue, entryCount * 2);
      entryNext = Arrays.copyOf(entryNext, entryCount * 2);
    }
    entryBlock[entryCount] = block;
    entryValue[entryCount] = v;
    entryNext[entryCount++] = next;
  }

  private void makeLists() {
    for (int e = 0; e < entryCount; e++) {
      listStart[entryBlock[e] + 1]++;
    }
    for (int b = 0; b < code.blockCount(); b++) {
      listStart[b + 1] += listStart[b];
    }
    int[] at = listStart.clone();
    listValue = new int[entryCount];
    listNext = new int[entryCount];
    for (int e = 0; e < entryCount; e++) {
      int to = at[entryBlock[e]]++;
      listValue[to] = entryValue[e];
      listNext[to] = entryNext[e];
    }
    entryBlock = entryValue = entryNext = new int[0];
  }

  /**
   * Distances of what a block only passes on: one sweep upwards, and more over the blocks in loops
   * to go around them and around nested loops; from a header, all that the loop uses is found
   * without going around. What is not found then is very far, but not dead.
   */
  private void measure() {
    boolean[] local = new boolean[listNext.length];
    for (int e = 0; e < local.length; e++) {
      local[e] = listNext[e] != NEVER;
    }
    for (int sweep = 0; sweep <= Math.min(flow.deepest, 2); sweep++) {
      for (int k = flow.order.length - 1; k >= 0; k--) {
        int b = flow.order[k];
        for (int s : flow.depth[b] >= sweep ? code.block(b).succs : NO_BLOCKS) {
          measureEdge(b, s, local);
        }
      }
    }
    for (int e = 0; e < local.length; e++) {
      listNext[e] = Math.min(listNext[e], NEVER - 1);
    }
  }

  private void measureEdge(int b, int s, boolean[] local) {
    int distance = length[b] + edgeLength(b, s);
    int e = listStart[b];
    int end = listStart[b + 1];
    work += listStart[s + 1] - listStart[s];
    for (int f = listStart[s]; f < listStart[s + 1]; f++) {
      int v = listValue[f];
      while (e < end && listValue[e] < v) {
        e++;
      }
      if (e == end) {
        return;
      }
      if (listValue[e] == v && !local[e]) {
        listNext[e] = Math.min(listNext[e], add(distance, listNext[f]));
      }
    }
  }

  /** What an edge adds to distances. */
  int edgeLength(int b, int s) {
    boolean cools = code.block(s).cold && !code.block(b).cold;
    return flow.exits(b, s) > 0 || cools ? FAR : 0;
  }

  /** A distance, at most one below {@link #NEVER} unless it is that. */
  static int add(int distance, int next) {
    return next == NEVER ? NEVER : Math.min(NEVER - 1, distance + next);
  }

  /** Whether the value is in the list of the block. */
  boolean isLiveIn(int block, int v) {
    return Arrays.binarySearch(listValue, listStart[block], listStart[block + 1], v) >= 0;
  }

  /**
   * For each header, how many values of a class are live at once at the worst place of its loop
   * that is not cold, where registers that an instruction takes for itself count as values.
   *
   * @param all the registers of the class
   */
  int[] loopPressure(byte[] classOf, int cls, long all) {
    int[] pressure = new int[code.blockCount()];
    Arrays.fill(stamp, -1);
    for (int k = flow.order.length - 1; k >= 0; k--) {
      int b = flow.order[k];
      if (flow.depth[b] > 0 && !code.block(b).cold) {
        int most = blockPressure(b, classOf, cls, all);
        int header = flow.loop[b];
        pressure[header] = Math.max(pressure[header], most);
      }
      if (flow.isHeader(b) && flow.outer[b] >= 0) {
        int up = flow.outer[b];
        pressure[up] = Math.max(pressure[up], pressure[b]);
      }
    }
    return pressure;
  }

  private int blockPressure(int b, byte[] classOf, int cls, long all) {
    VBlock block = code.block(b);
    int live = 0;
    for (int s = 0; s < block.succs.length; s++) {
      int succ = block.succs[s];
      for (int e = listStart[succ]; e < listStart[succ + 1]; e++) {
        live += mark(listValue[e], b, classOf, cls);
      }
      for (int arg : block.args[s]) {
        live += mark(arg, b, classOf, cls);
      }
    }
    int most = live;
    work += live + block.to - block.from;
    for (int i = block.to - 1; i >= block.from; i--) {
      long taken = code.clobbers(i) & all;
      int start = code.operandStart(i);
      int end = code.operandEnd(i);
      for (int o = start; o < end; o++) {
        long operand = code.operandAt(o);
        int v = Operand.vreg(operand);
        if (Operand.isDef(operand) && classOf[v] == cls) {
          if (Operand.constraint(operand) == Operand.FIXED) {
            taken |= 1L << Operand.preg(operand) & all;
          }
          if (stamp[v] == b) {
            live--;
          }
        }
      }
      most = Math.max(most, live + Long.bitCount(taken));
      for (int o = start; o < end; o++) {
        long operand = code.operandAt(o);
        if (!Operand.isDef(operand)) {
          live += mark(Operand.vreg(operand), b, classOf, cls);
        }
      }
      most = Math.max(most, live);
    }
    return most;
  }

  private int mark(int v, int b, byte[] classOf, int cls) {
    if (classOf[v] != cls || stamp[v] == b) {
      return 0;
    }
    stamp[v] = b;
    return 1;
  }
}
