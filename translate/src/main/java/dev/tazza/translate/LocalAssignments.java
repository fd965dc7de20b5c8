package dev.tazza.translate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;

/**
 * Which locals are assigned where, and where each construct ends: found by one walk over the body
 * before translation.
 *
 * <p>Assignments are kept in the order of their positions, and once more grouped by local. So "is
 * it assigned between these two positions" is a binary search, and "what is assigned there" a range
 * of an array, however constructs nest.
 */
final class LocalAssignments {
  private int[] positions = new int[32];
  private int[] locals = new int[32];
  private int count;

  /** The positions of the assignments of local l: {@code [groupStart[l], groupStart[l + 1])}. */
  private final int[] groupStart;

  private final int[] grouped;
  private final int[] found;
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int constructs;
  private int nextConstruct;

  /** Walks the body that {@code reader} stands at the start of. */
  LocalAssignments(OperatorReader reader, int localCount) {
    collect(reader);
    groupStart = new int[localCount + 1];
    grouped = new int[count];
    found = new int[localCount];
    group();
  }

  private void collect(OperatorReader reader) {
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
          open[depth++] = addConstruct(position);
        }
        case END -> {
          int construct = open[--depth];
          if (construct >= 0) {
            ends[construct] = position;
          }
        }
        default -> {}
      }
    }
  }

  private int addConstruct(int position) {
    if (constructs == starts.length) {
      starts = Arrays.copyOf(starts, constructs * 2);
      ends = Arrays.copyOf(ends, constructs * 2);
    }
    starts[constructs] = position;
    return constructs++;
  }

  private void add(int local, int position) {
    if (count == locals.length) {
      locals = Arrays.copyOf(locals, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
    }
    positions[count] = position;
    locals[count++] = local;
  }

  private void group() {
    for (int i = 0; i < count; i++) {
      groupStart[locals[i]]++;
    }
    // Counts become ends; filling moves them down to the starts.
    for (int local = 1; local < groupStart.length; local++) {
      groupStart[local] += groupStart[local - 1];
    }
    for (int i = count - 1; i >= 0; i--) {
      grouped[--groupStart[locals[i]]] = positions[i];
    }
  }

  /**
   * Where the construct that starts at {@code position} ends. Constructs are asked for in the order
   * of their positions; some may be left out.
   */
  int endOf(int position) {
    while (starts[nextConstruct] != position) {
      nextConstruct++;
    }
    return ends[nextConstruct];
  }

  /** Whether {@code local} is assigned between the positions {@code from} and {@code to}. */
  boolean assigns(int local, int from, int to) {
    int end = groupStart[local + 1];
    int first = search(grouped, groupStart[local], end, from);
    return first < end && grouped[first] < to;
  }

  /**
   * Finds the locals that are assigned between the positions {@code from} and {@code to}, some
   * perhaps more than once.
   *
   * @return how many; {@link #found} gives them until the next call
   */
  int find(int from, int to) {
    int first = search(positions, 0, count, from);
    int size = search(positions, first, count, to) - first;
    if (size <= found.length) {
      System.arraycopy(locals, first, found, 0, size);
      return size;
    }
    size = 0;
    for (int local = 0; local < found.length; local++) {
      if (assigns(local, from, to)) {
        found[size++] = local;
      }
    }
    return size;
  }

  /** A local that the last {@link #find} has found. */
  int found(int i) {
    return found[i];
  }

  private static int search(int[] sorted, int from, int to, int position) {
    int at = Arrays.binarySearch(sorted, from, to, position);
    return at < 0 ? -at - 1 : at;
  }
}
