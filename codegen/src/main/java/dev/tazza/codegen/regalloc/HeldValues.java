package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;

/**
 * A state of {@link ValueFlow}: for each place, the virtual registers, ascending, whose current
 * value it surely holds. Sets are shared between states and never change; a place gets another one.
 */
final class HeldValues {
  private static final int[] EMPTY = {};

  private final VCode<?> code;

  /** By place. */
  private final int[][] sets;

  private HeldValues(VCode<?> code, int[][] sets) {
    this.code = code;
    this.sets = sets;
  }

  /** Nothing is known of any of {@code places} places. */
  static HeldValues none(VCode<?> code, int places) {
    int[][] sets = new int[places][];
    Arrays.fill(sets, EMPTY);
    return new HeldValues(code, sets);
  }

  int places() {
    return sets.length;
  }

  HeldValues copy() {
    return new HeldValues(code, sets.clone());
  }

  int[] in(int place) {
    return sets[place];
  }

  boolean holds(int place, int vreg) {
    return Arrays.binarySearch(sets[place], vreg) >= 0;
  }

  void clear(int place) {
    sets[place] = EMPTY;
  }

  /** Those of the values in {@code place} that a move of this kind moves as a whole. */
  int[] fitting(int place, VRegKind kind) {
    return fitting(sets[place], kind);
  }

  /** What a landing pad begins with: values that its first instruction uses in fixed registers. */
  void land(int first) {
    Arrays.fill(sets, 0, PReg.COUNT, EMPTY);
    for (int o = code.operandStart(first); o < code.operandEnd(first); o++) {
      long operand = code.operandAt(o);
      if (!Operand.isDef(operand) && Operand.constraint(operand) == Operand.FIXED) {
        sets[Operand.preg(operand)] = new int[] {Operand.vreg(operand)};
      }
    }
  }

  private int[] fitting(int[] set, VRegKind kind) {
    int[] out = new int[set.length];
    int n = 0;
    for (int v : set) {
      if (code.vregKind(v).bytes() <= kind.bytes()) {
        out[n++] = v;
      }
    }
    return n == set.length ? set : Arrays.copyOf(out, n);
  }

  /** {@code loc} holds {@code set} from now on, and nothing else. */
  void write(int loc, VRegKind kind, int[] set) {
    sets[loc] = set;
    if (Loc.isSlot(loc)) {
      if (kind.bytes() == 16) {
        sets[loc + 1] = EMPTY;
      } else if ((Loc.slotIndex(loc) & 1) != 0) {
        sets[loc - 1] = without16(sets[loc - 1]);
      }
    }
  }

  /** A set without its 16-byte members, whose second half was overwritten. */
  private int[] without16(int[] set) {
    return fitting(set, VRegKind.FLOAT);
  }

  /**
   * At a safepoint the references in the slots {@code listed} change, and no other place holds a
   * reference any more.
   */
  void moveReferences(int[] listed) {
    for (int p = 0; p < sets.length; p++) {
      if (Loc.isReg(p) || Arrays.binarySearch(listed, Loc.slotIndex(p)) < 0) {
        sets[p] = withoutRefs(sets[p]);
      }
    }
  }

  boolean holdsRef(int place) {
    return hasRef(sets[place]);
  }

  private boolean hasRef(int[] set) {
    for (int v : set) {
      if (code.vregKind(v) == VRegKind.REF) {
        return true;
      }
    }
    return false;
  }

  private int[] withoutRefs(int[] set) {
    if (!hasRef(set)) {
      return set;
    }
    int[] out = new int[set.length];
    int n = 0;
    for (int v : set) {
      if (code.vregKind(v) != VRegKind.REF) {
        out[n++] = v;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /** {@code vreg} gets a value, in {@code loc} only. */
  void define(int vreg, int loc) {
    forget(vreg);
    write(loc, code.vregKind(vreg), new int[] {vreg});
  }

  /** No place holds {@code vreg} any more. */
  void forget(int vreg) {
    for (int p = 0; p < sets.length; p++) {
      int[] set = sets[p];
      int at = Arrays.binarySearch(set, vreg);
      if (at >= 0) {
        int[] less = new int[set.length - 1];
        System.arraycopy(set, 0, less, 0, at);
        System.arraycopy(set, at + 1, less, at, less.length - at);
        sets[p] = less;
      }
    }
  }

  /** The sets behind an edge: parameters hold what their arguments do. */
  HeldValues renamed(int[] args, int[] params) {
    HeldValues result = copy();
    int[][] out = result.sets;
    if (params.length == 0) {
      return result;
    }
    for (int param : params) {
      result.forget(param);
    }
    for (int p = 0; p < sets.length; p++) {
      int[] set = out[p];
      for (int j = 0; j < params.length; j++) {
        if (Arrays.binarySearch(sets[p], args[j]) >= 0) {
          set = Arrays.copyOf(set, set.length + 1);
          set[set.length - 1] = params[j];
        }
      }
      if (set != out[p]) {
        Arrays.sort(set);
        out[p] = set;
      }
    }
    return result;
  }

  /** Intersects {@code other} into this; whether that changed anything. */
  boolean meet(HeldValues other) {
    boolean changed = false;
    for (int p = 0; p < sets.length; p++) {
      int[] a = sets[p];
      int[] b = other.sets[p];
      if (a == b || a.length == 0) {
        continue;
      }
      int n = 0;
      int[] both = new int[a.length];
      for (int v : a) {
        if (Arrays.binarySearch(b, v) >= 0) {
          both[n++] = v;
        }
      }
      if (n != a.length) {
        sets[p] = n == 0 ? EMPTY : Arrays.copyOf(both, n);
        changed = true;
      }
    }
    return changed;
  }
}
