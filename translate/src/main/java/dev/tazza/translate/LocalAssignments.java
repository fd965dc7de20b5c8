package dev.tazza.translate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import java.util.Arrays;

/**
 * Which locals are assigned in which constructs: found by one walk over the body before
 * translation.
 *
 * <p>Assignments are numbered in the order in which they stand in the body, and constructs in the
 * order in which they begin. So what is assigned in a construct is a range of an array, however
 * constructs nest.
 */
final class LocalAssignments {
  /** The local of each assignment. */
  private int[] locals = new int[32];

  private int count;

  /**
   * Three assignments for each construct: the first one in or behind it, the first one in or behind
   * its else part, the first one behind it.
   */
  private int[] bounds = new int[24];

  private int constructs;

  private final LegacyTries tries = new LegacyTries();

  /** The first assignment of each local in {@link #grouped}; empty until it is needed. */
  private int[] groupStart = {};

  /** The assignments, grouped by local. */
  private int[] grouped = {};

  /** Room for what is found where that is less than there are assignments. */
  private int[] distinct = {};

  /** What was found: from {@link #foundFrom} on. */
  private int[] found;

  private int foundFrom;
  private final int localCount;

  /** Walks the body that {@code reader} stands at the start of. */
  LocalAssignments(OperatorReader reader, int localCount) {
    this.localCount = localCount;
    collect(reader);
    found = locals;
  }

  /** The tries of the exceptions proposal's first version. */
  LegacyTries tries() {
    return tries;
  }

  private void collect(OperatorReader reader) {
    int[] open = new int[16];
    int depth = 1;
    while (depth > 0) {
      Operator operator = reader.nextLandmark();
      switch (operator) {
        case LOCAL_SET, LOCAL_TEE -> add(reader.localIndex());
        case BLOCK, IF, LOOP, TRY, TRY_TABLE -> {
          if (depth == open.length) {
            open = Arrays.copyOf(open, depth * 2);
          }
          open[depth++] = addConstruct();
          if (operator == Operator.TRY) {
            tries.begin(constructs - 1);
          }
        }
        case CATCH -> tries.addHandler(open[depth - 1], reader.tagIndex(), count);
        case CATCH_ALL -> tries.addHandler(open[depth - 1], CatchClause.ALL, count);
        case RETHROW -> tries.of(open[depth - 1 - reader.label()]).rethrows = true;
        case ELSE -> bounds[3 * open[depth - 1] + 1] = count;
        case END, DELEGATE -> {
          depth--;
          if (operator == Operator.DELEGATE) {
            tries.of(open[depth]).delegate = reader.label();
          }
          if (depth > 0) {
            bounds[3 * open[depth] + 2] = count;
          }
        }
        default -> {}
      }
    }
  }

  private int addConstruct() {
    int at = 3 * constructs;
    if (at == bounds.length) {
      bounds = Arrays.copyOf(bounds, at * 2);
    }
    bounds[at] = count;
    return constructs++;
  }

  private void add(int local) {
    if (count == locals.length) {
      locals = Arrays.copyOf(locals, count * 2);
    }
    locals[count++] = local;
  }

  /** The number of the first assignment in {@code construct} or behind it. */
  int first(int construct) {
    return bounds[3 * construct];
  }

  /** The number of the first assignment in the else part of {@code construct} or behind it. */
  int atElse(int construct) {
    return bounds[3 * construct + 1];
  }

  /** The number of the first assignment behind {@code construct}. */
  int end(int construct) {
    return bounds[3 * construct + 2];
  }

  /**
   * Finds the locals that the assignments from number {@code first} to below {@code end} assign,
   * some perhaps more than once.
   *
   * @return how many; {@link #found} gives them until the next call
   */
  int find(int first, int end) {
    if (end - first <= localCount) {
      found = locals;
      foundFrom = first;
      return end - first;
    }
    if (groupStart.length == 0) {
      group();
    }
    found = distinct;
    foundFrom = 0;
    int size = 0;
    for (int local = 0; local < localCount; local++) {
      int at = Arrays.binarySearch(grouped, groupStart[local], groupStart[local + 1], first);
      at = at < 0 ? -at - 1 : at;
      if (at < groupStart[local + 1] && grouped[at] < end) {
        found[size++] = local;
      }
    }
    return size;
  }

  /** A local that the last {@link #find} has found. */
  int found(int i) {
    return found[foundFrom + i];
  }

  private void group() {
    groupStart = new int[localCount + 1];
    grouped = new int[count];
    distinct = new int[localCount];
    for (int i = 0; i < count; i++) {
      groupStart[locals[i]]++;
    }
    // Counts become ends; filling moves them down to the starts.
    for (int local = 1; local < groupStart.length; local++) {
      groupStart[local] += groupStart[local - 1];
    }
    for (int i = count - 1; i >= 0; i--) {
      grouped[--groupStart[locals[i]]] = i;
    }
  }
}
