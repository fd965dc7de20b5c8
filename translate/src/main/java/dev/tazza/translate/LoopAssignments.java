package dev.tazza.translate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;

/**
 * Which locals a loop assigns, and where each loop ends: found by one walk over the body before
 * translation.
 *
 * <p>For each local the positions of its assignments are kept in ascending order, so "is it
 * assigned between these two positions" is a binary search, however loops nest.
 */
final class LoopAssignments {
  private final int[][] positions;
  private final int[] counts;
  private int[] loopStarts = new int[8];
  private int[] loopEnds = new int[8];
  private int loopCount;
  private int nextLoop;

  /** Walks the body that {@code reader} stands at the start of. */
  LoopAssignments(OperatorReader reader, int localCount) {
    positions = new int[localCount][];
    counts = new int[localCount];
    int[] open = new int[16];
    int depth = 1;
    open[0] = -1;
    while (depth > 0) {
      int position = reader.position();
      Operator operator = reader.next();
      switch (operator) {
        case LOCAL_SET, LOCAL_TEE -> add(reader.localIndex(), position);
        case BLOCK, IF, LOOP -> {
          if (depth == open.length) {
            open = Arrays.copyOf(open, depth * 2);
          }
          open[depth++] = operator == Operator.LOOP ? addLoop(position) : -1;
        }
        case END -> {
          int loop = open[--depth];
          if (loop >= 0) {
            loopEnds[loop] = position;
          }
        }
        default -> {}
      }
    }
  }

  private int addLoop(int position) {
    if (loopCount == loopStarts.length) {
      loopStarts = Arrays.copyOf(loopStarts, loopCount * 2);
      loopEnds = Arrays.copyOf(loopEnds, loopCount * 2);
    }
    loopStarts[loopCount] = position;
    return loopCount++;
  }

  private void add(int local, int position) {
    int[] list = positions[local];
    if (list == null) {
      list = new int[4];
    } else if (counts[local] == list.length) {
      list = Arrays.copyOf(list, list.length * 2);
    }
    list[counts[local]++] = position;
    positions[local] = list;
  }

  /**
   * Where the loop that starts at {@code position} ends. Loops are asked for in the order of their
   * positions; some may be left out.
   */
  int loopEnd(int position) {
    while (loopStarts[nextLoop] != position) {
      nextLoop++;
    }
    return loopEnds[nextLoop++];
  }

  /** Whether {@code local} is assigned between the positions {@code from} and {@code to}. */
  boolean assigns(int local, int from, int to) {
    int[] list = positions[local];
    if (list == null) {
      return false;
    }
    int at = Arrays.binarySearch(list, 0, counts[local], from);
    int first = at < 0 ? -at - 1 : at;
    return first < counts[local] && list[first] < to;
  }
}
