package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The basic blocks of a function and their order. A guess as far as jumps through tables go: {@link
 * Proof} finds out by itself where they lead and asks whether a block begins there.
 */
final class Blocks {
  private final Instructions code;

  /** By instruction: number of the block that begins there plus one, 0 for none. */
  private int[] blockAt = new int[256];

  int count;

  /** How many blocks something leads to. */
  int reached;

  /** By block: its first instruction; the one behind its last is that of the next block. */
  int[] first = new int[64];

  /** By block: whether some jump goes back to it, in the order below. */
  boolean[] isLoop = new boolean[64];

  /** By block: whether just one way leads there, and not through a table. */
  boolean[] hasOnePredecessor = new boolean[64];

  /** By block: whether all that it does is to trap. */
  boolean[] isTrap = new boolean[64];

  private int[] predecessors = new int[64];

  /** By place in the order: the last place from which control goes back there, or -1. */
  int[] lastBack = new int[64];

  /** By place: whether a loop goes around there, so that more than one visit may be needed. */
  boolean[] isRepeated = new boolean[64];

  /** Block numbers in reverse postorder. */
  int[] order = new int[64];

  /** By block: its place in the order, -1 when nothing leads there. */
  int[] place = new int[64];

  private int[] stack = new int[64];
  private int[] nextSuccessor = new int[64];

  /** The successors of all blocks, one block's behind those of the one before. */
  int[] successors = new int[64];

  /** By block: where its successors begin, and where those of the last one end. */
  int[] firstSuccessor = new int[64];

  private int successorCount;

  private final Records records;
  private final JumpTables tables;

  Blocks(Instructions code, Records records, JumpTables tables) {
    this.code = code;
    this.records = records;
    this.tables = tables;
  }

  /** Finds the blocks of the decoded function. */
  void find() {
    int n = code.count;
    if (blockAt.length <= n) {
      blockAt = new int[Math.max(n + 1, blockAt.length * 2)];
    } else {
      Arrays.fill(blockAt, 0, n + 1, 0);
    }
    blockAt[0] = 1;
    for (int i = 0; i < n; i++) {
      switch (code.kind(i)) {
        case Kind.JUMP -> {
          lead(i, code.imm[i]);
          blockAt[i + 1] = 1;
        }
        case Kind.JUMP_IF -> {
          lead(i, code.imm[i]);
          blockAt[i + 1] = 1;
        }
        case Kind.JUMP_RM -> {
          blockAt[i + 1] = 1;
          if (!isCall(i)) {
            leadToTable(i);
          }
        }
        case Kind.RETURN, Kind.LEAVE, Kind.TRAP -> blockAt[i + 1] = 1;
        case Kind.NOP -> {
          if (code.sub(i) == Kind.RECORD) {
            leadToPads(i);
          }
        }
        default -> {}
      }
    }
    number(n);
    sort();
  }

  private void number(int n) {
    count = 0;
    for (int i = 0; i < n; i++) {
      if (blockAt[i] != 0) {
        if (count + 1 >= first.length) {
          grow();
        }
        first[count] = i;
        blockAt[i] = ++count;
      }
    }
    first[count] = n;
    blockAt[n] = 0;
  }

  private void grow() {
    int room = first.length * 2;
    first = Arrays.copyOf(first, room);
    isLoop = new boolean[room];
    hasOnePredecessor = new boolean[room];
    isTrap = new boolean[room];
    lastBack = new int[room];
    isRepeated = new boolean[room];
    firstSuccessor = new int[room];
    predecessors = new int[room];
    order = new int[room];
    place = new int[room];
    stack = new int[room];
    nextSuccessor = new int[room];
  }

  private void lead(int from, long target) {
    int i = code.numberAt(target);
    if (i < 0) {
      throw new Rejection(from, "a jump to where no instruction begins");
    }
    blockAt[i] = 1;
  }

  private void leadToPads(int nop) {
    int record = (int) code.imm[nop];
    for (int i = 0; i < records.handlers(record); i++) {
      lead(nop, records.pad(record, i));
      blockAt[nop + 1] = 1;
    }
  }

  /** Whether the jump is a call: its return address has just been pushed. */
  boolean isCall(int jump) {
    return jump > 0 && code.kind(jump - 1) == Kind.PUSH;
  }

  /** Whether the jump through a register goes through no table, as far as is known. */
  boolean isWayOut(int jump) {
    return tables.size(jump) == 0;
  }

  private void leadToTable(int jump) {
    int cases = tables.size(jump);
    for (int i = 0; i < cases; i++) {
      int target = code.numberAt(tables.target(tables.of(jump), i));
      if (target >= 0) {
        blockAt[target] = 1;
      }
    }
  }

  /** Whether ways go to the entries of a table up to {@code last}, which the jump goes through. */
  boolean hasSeen(int jump, int table, long last) {
    return tables.of(jump) == table && last < tables.size(jump);
  }

  /** The block that begins at an offset, or -1. */
  int blockAtOffset(long offset) {
    int i = code.numberAt(offset);
    return i < 0 ? -1 : blockAt[i] - 1;
  }

  int blockAtInstruction(int i) {
    return blockAt[i] - 1;
  }

  private boolean isTable(int block) {
    int last = first[block + 1] - 1;
    return code.kind(last) == Kind.JUMP_RM && !isCall(last);
  }

  private void findSuccessors() {
    successorCount = 0;
    for (int block = 0; block < count; block++) {
      firstSuccessor[block] = successorCount;
      findSuccessors(block);
    }
    firstSuccessor[count] = successorCount;
  }

  private void findSuccessors(int block) {
    int last = first[block + 1] - 1;
    isTrap[block] = code.kind(last) == Kind.TRAP && last == first[block];
    switch (code.kind(last)) {
      case Kind.JUMP -> add(blockAtOffset(code.imm[last]));
      case Kind.JUMP_IF -> {
        add(blockAtOffset(code.imm[last]));
        add(block + 1);
      }
      case Kind.JUMP_RM -> {
        if (isCall(last)) {
          add(block + 1);
        } else {
          int cases = tables.size(last);
          for (int i = 0; i < cases; i++) {
            add(blockAtOffset(tables.target(tables.of(last), i)));
          }
        }
      }
      case Kind.RETURN, Kind.LEAVE, Kind.TRAP -> {}
      default -> {
        add(block + 1);
        if (code.kind(last) == Kind.NOP && code.sub(last) == Kind.RECORD) {
          addPads((int) code.imm[last]);
        }
      }
    }
  }

  private void addPads(int record) {
    for (int i = 0; i < records.handlers(record); i++) {
      add(blockAtOffset(records.pad(record, i)));
    }
  }

  private void add(int block) {
    if (block < 0 || block >= count) {
      return;
    }
    if (successorCount == successors.length) {
      successors = Arrays.copyOf(successors, successorCount * 2);
    }
    successors[successorCount++] = block;
  }

  private void sort() {
    findSuccessors();
    Arrays.fill(place, 0, count, -1);
    Arrays.fill(predecessors, 0, count, 0);
    predecessors[0] = 2;
    // place: -1 not seen, -2 on the stack
    int depth = 0;
    int at = count;
    stack[0] = 0;
    nextSuccessor[0] = firstSuccessor[0];
    place[0] = -2;
    while (depth >= 0) {
      int block = stack[depth];
      int next = -1;
      int end = firstSuccessor[block + 1];
      while (nextSuccessor[depth] < end && next < 0) {
        int successor = successors[nextSuccessor[depth]++];
        if (place[successor] == -1) {
          next = successor;
        }
      }
      if (next >= 0) {
        place[next] = -2;
        depth++;
        stack[depth] = next;
        nextSuccessor[depth] = firstSuccessor[next];
      } else {
        place[block] = --at;
        order[at] = block;
        depth--;
      }
    }
    // The order ends at count: move it to the front.
    reached = count - at;
    System.arraycopy(order, at, order, 0, reached);
    for (int i = 0; i < reached; i++) {
      place[order[i]] = i;
    }
    findLoops();
  }

  private void findLoops() {
    Arrays.fill(isLoop, 0, count, false);
    Arrays.fill(lastBack, 0, reached, -1);
    for (int i = 0; i < reached; i++) {
      int block = order[i];
      int ways = isTable(block) ? 2 : 1;
      for (int k = firstSuccessor[block]; k < firstSuccessor[block + 1]; k++) {
        int successor = successors[k];
        predecessors[successor] += ways;
        if (place[successor] <= i) {
          isLoop[successor] = true;
          lastBack[place[successor]] = i;
        }
      }
    }
    int last = -1;
    for (int i = 0; i < reached; i++) {
      last = Math.max(last, lastBack[i]);
      isRepeated[i] = i <= last;
      hasOnePredecessor[order[i]] = predecessors[order[i]] == 1;
    }
  }
}
