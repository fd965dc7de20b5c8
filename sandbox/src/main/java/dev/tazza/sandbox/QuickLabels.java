package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The instructions of a function that control jumps to, numbered from 1, and which of them are the
 * heads of loops: those to which control goes back.
 *
 * <p>Not every jump to a lower address ends a round of a loop. What is rarely done is put at the
 * end of the function, and jumps back; where such code is only jumped to from before the place that
 * it jumps back to, it is a detour, and walked at once.
 */
final class QuickLabels {
  /** No label. */
  static final int NONE = 0;

  /** So many instructions are looked at for what a label belongs to. */
  private static final int NEAR = 32;

  /** Control does not go back there. */
  private static final int NO_HEAD = -1;

  /** It does, but a loop begins with the next label, see {@link #moveHeads}. */
  private static final int BEFORE_HEAD = -2;

  private final Machine machine;
  private final Instructions code;

  /** By instruction: its label, or {@link #NONE}. */
  int[] at = new int[256];

  /** The greatest label. */
  int count;

  // By label:

  /** Where it is. */
  int[] instruction = new int[64];

  /** The last instruction from which control goes back there, or one of the above. */
  private int[] lastBack = new int[64];

  /** The first instruction of the loop whose head it is. */
  private int[] firstOfLoop = new int[64];

  /** How many jumps lead there, and one of them. */
  private int[] jumpCount = new int[64];

  private int[] jump = new int[64];
  private boolean[] isEntered = new boolean[64];
  private boolean[] isDetour = new boolean[64];

  // Detours, in the order of their addresses: first and last instruction.
  private int[] detourStart = new int[8];
  private int[] detourEnd = new int[8];
  private int detourCount;

  /** Whether there are heads. */
  boolean hasHeads;

  QuickLabels(Machine machine) {
    this.machine = machine;
    code = machine.code;
  }

  /**
   * Finds those of the function that was decoded.
   *
   * @param isCareful whether to look where loops are entered
   */
  void find(boolean isCareful) {
    if (at.length < code.count) {
      at = new int[Math.max(code.count, 2 * at.length)];
    } else {
      Arrays.fill(at, 0, code.count, NONE);
    }
    count = 0;
    detourCount = 0;
    hasHeads = false;
    boolean hasBacks = false;
    for (int k = 0; k < code.jumpCount; k++) {
      int i = code.jumps[k];
      int kind = code.kind(i);
      if (kind == Kind.JUMP_RM) {
        findCases(i);
        continue;
      }
      int target = code.numberAt(code.imm[i]);
      if (target < 0) {
        throw new Unclear("a jump to where no instruction begins");
      }
      if (kind == Kind.JUMP || code.kind(target) != Kind.TRAP) {
        noteJump(i, target);
        hasBacks |= target <= i;
      }
    }
    if (hasBacks) {
      findHeads();
    }
    if (isCareful) {
      moveHeads();
    }
  }

  private void findCases(int jump) {
    JumpTables tables = machine.tables;
    int cases = tables.size(jump);
    for (int entry = 0; entry < cases; entry++) {
      int target = code.numberAt(tables.target(tables.of(jump), entry));
      if (target >= 0) {
        noteJump(jump, target);
        if (target <= jump) {
          noteBack(at[target], jump);
        }
      }
    }
  }

  private void noteJump(int from, int target) {
    int label = label(target);
    jumpCount[label]++;
    jump[label] = from;
    isEntered[label] |= target > from;
  }

  private void noteBack(int label, int from) {
    lastBack[label] = Math.max(lastBack[label], from);
    hasHeads = true;
  }

  private void findHeads() {
    for (int k = 0; k < code.jumpCount; k++) {
      int i = code.jumps[k];
      int target = code.kind(i) == Kind.JUMP_RM ? -1 : code.numberAt(code.imm[i]);
      int label = target < 0 || target > i ? NONE : at[target];
      if (label != NONE && !isEndOfDetour(i, target)) {
        noteBack(label, i);
      }
    }
  }

  /** Whether a jump back ends code that is only jumped to from before {@code target}. */
  private boolean isEndOfDetour(int end, int target) {
    if (code.kind(end) != Kind.JUMP) {
      return false;
    }
    int start = end;
    while (at[start] == NONE && start > 0 && end - start < NEAR && isPlain(start - 1)) {
      start--;
    }
    int label = at[start];
    boolean isDetour =
        label != NONE
            && jumpCount[label] == 1
            && jump[label] < target
            && code.kind(jump[label]) == Kind.JUMP_IF
            && !isFallenTo(start);
    if (isDetour) {
      this.isDetour[label] = true;
      addDetour(start, end);
    }
    return isDetour;
  }

  private void addDetour(int start, int end) {
    if (detourCount == detourEnd.length) {
      detourStart = Arrays.copyOf(detourStart, 2 * detourCount);
      detourEnd = Arrays.copyOf(detourEnd, 2 * detourCount);
    }
    detourStart[detourCount] = start;
    detourEnd[detourCount++] = end;
  }

  /**
   * Where an instruction is in the order in which all jumps back lead to heads: it itself, or the
   * jump to the detour that it belongs to.
   */
  int inOrder(int instruction) {
    int found = Arrays.binarySearch(detourEnd, 0, detourCount, instruction);
    int next = found < 0 ? -1 - found : found;
    boolean isInside = next < detourCount && detourStart[next] <= instruction;
    return isInside ? jump[at[detourStart[next]]] : instruction;
  }

  /** How many detours there are. */
  int detours() {
    return detourCount;
  }

  /** The first instruction of a detour. */
  int startOfDetour(int detour) {
    return detourStart[detour];
  }

  int endOfDetour(int detour) {
    return detourEnd[detour];
  }

  /** Whether control goes nowhere else than to the next instruction, but for traps. */
  private boolean isPlain(int i) {
    return switch (code.kind(i)) {
      case Kind.JUMP, Kind.RETURN, Kind.TRAP, Kind.LEAVE, Kind.JUMP_RM -> false;
      case Kind.JUMP_IF -> code.kind(code.numberAt(code.imm[i])) == Kind.TRAP;
      default -> true;
    };
  }

  private boolean isFallenTo(int i) {
    int before = i - 1;
    while (before >= 0 && code.kind(before) == Kind.NOP) {
      before--;
    }
    int kind = before < 0 ? Kind.NONE : code.kind(before);
    return kind != Kind.JUMP && kind != Kind.RETURN && kind != Kind.TRAP;
  }

  /**
   * Where only ways back lead to a label, and a few instructions on the loop is entered, that is
   * where the loop is taken to begin.
   */
  private void moveHeads() {
    int last = count;
    for (int label = 1; label <= last; label++) {
      int next = isHead(label) && !isEntered[label] ? fallsTo(instruction[label]) : NONE;
      if (next != NONE) {
        noteBack(next, lastBack[label]);
        firstOfLoop[next] = Math.min(firstOfLoop[next], firstOfLoop[label]);
        lastBack[label] = BEFORE_HEAD;
      }
    }
  }

  /** The label to which control falls from another one without a choice, or none. */
  private int fallsTo(int from) {
    int i = from;
    while (!isFallenTo(from) && i - from < NEAR && isPlain(i) && i + 1 < code.count) {
      i++;
      if (at[i] != NONE) {
        return at[i];
      }
    }
    return NONE;
  }

  /** The label of an instruction, which gets one if it has none. */
  int label(int i) {
    int label = at[i];
    if (label != NONE) {
      return label;
    }
    label = ++count;
    if (label == instruction.length) {
      grow(2 * label);
    }
    instruction[label] = i;
    lastBack[label] = NO_HEAD;
    firstOfLoop[label] = i;
    jumpCount[label] = 0;
    isEntered[label] = false;
    isDetour[label] = false;
    at[i] = label;
    return label;
  }

  private void grow(int room) {
    instruction = Arrays.copyOf(instruction, room);
    lastBack = Arrays.copyOf(lastBack, room);
    firstOfLoop = Arrays.copyOf(firstOfLoop, room);
    jumpCount = Arrays.copyOf(jumpCount, room);
    jump = Arrays.copyOf(jump, room);
    isEntered = Arrays.copyOf(isEntered, room);
    isDetour = Arrays.copyOf(isDetour, room);
  }

  boolean isHead(int label) {
    return lastBack[label] >= 0;
  }

  /** Whether control goes back to the label, which may be just before a head. */
  boolean isBack(int label) {
    return lastBack[label] != NO_HEAD;
  }

  /** Whether a detour begins there, which ends with the first jump. */
  boolean isDetour(int label) {
    return isDetour[label];
  }

  /** The first instruction of the loop whose head {@code label} is. */
  int firstOfLoop(int label) {
    return firstOfLoop[label];
  }

  /** The last instruction of the loop from which control goes back. */
  int lastOfLoop(int label) {
    return lastBack[label];
  }
}
