package dev.tazza.wasm.validate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/**
 * Which locals have a value (specification, section 3.1.6): those whose type has no default value
 * must be assigned before they are read, in the same block or one around it. What a block assigned
 * is forgotten at its end.
 */
final class LocalInitialization {
  private boolean[] unset = {};

  /** Locals assigned so far that had no value before, in the order of the assignments. */
  private int[] assigned = {};

  private int count;
  private boolean isTrivial = true;

  /** Starts a body whose local declarations were read. */
  void begin(OperatorReader in, int params) {
    count = 0;
    isTrivial = true;
    for (int i = params; i < in.localCount(); i++) {
      if (!TypeCode.isDefaultable(in.localType(i))) {
        isTrivial = false;
      }
    }
    if (isTrivial) {
      return;
    }
    if (unset.length < in.localCount()) {
      unset = new boolean[in.localCount()];
      assigned = new int[in.localCount()];
    }
    Arrays.fill(unset, false);
    for (int i = params; i < in.localCount(); i++) {
      unset[i] = !TypeCode.isDefaultable(in.localType(i));
    }
  }

  boolean isUnset(int local) {
    return !isTrivial && unset[local];
  }

  void assign(int local) {
    if (isUnset(local)) {
      unset[local] = false;
      assigned[count++] = local;
    }
  }

  /** The state at the start of a block, for {@link #forget}. */
  int mark() {
    return count;
  }

  /** Forgets all assignments since a mark. */
  void forget(int mark) {
    while (count > mark) {
      unset[assigned[--count]] = true;
    }
  }
}
