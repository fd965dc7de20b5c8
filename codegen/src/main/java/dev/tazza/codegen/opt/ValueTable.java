package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from computations to the values that are known to hold them. Entries are taken out
 * in the reverse order in which they came in, which gives the table the scopes of a walk over the
 * dominator tree.
 */
public final class ValueTable {
  /** By hash: the newest entry, from 1; 0: none. */
  private final int[] buckets;

  /** By entry: the value; the first is not used. */
  private Inst[] insts = new Inst[64];

  /** By entry, together: hash, version of memory, and the entry before in the same bucket. */
  private int[] keys = new int[64 * KEY];

  private static final int KEY = 3;

  private int count;

  public ValueTable(int expected) {
    buckets = new int[Integer.highestOneBit(Math.max(expected, 16)) * 2];
  }

  /** How many entries there are, to come back to with {@link #truncate}. */
  int size() {
    return count;
  }

  /** Takes out all entries that came in after there were {@code size}. */
  public void truncate(int size) {
    for (; count > size; count--) {
      int key = count * KEY;
      buckets[keys[key] & buckets.length - 1] = keys[key + 2];
    }
  }

  /** A value that holds what {@code inst} would compute in a version of memory, or null. */
  public @Nullable Inst find(Inst inst, int version) {
    return find(inst, version, hash(inst, inst.op, version));
  }

  private @Nullable Inst find(Inst inst, int version, int hash) {
    for (int at = buckets[hash & buckets.length - 1]; at > 0; at = keys[at * KEY + 2]) {
      if (keys[at * KEY] == hash
          && keys[at * KEY + 1] == version
          && insts[at].op == inst.op
          && isSame(insts[at], inst)) {
        return insts[at];
      }
    }
    return null;
  }

  /**
   * Adds {@code inst} unless there is a value that holds what it would compute in a version of
   * memory, which is given back then; otherwise null.
   */
  @Nullable Inst findOrAdd(Inst inst, int version) {
    int hash = hash(inst, inst.op, version);
    Inst found = find(inst, version, hash);
    if (found == null) {
      add(inst, version, hash);
    }
    return found;
  }

  /** A comparison of the same operands by {@code op}, or null. */
  @Nullable Inst findCompare(Inst inst, Opcode op) {
    int hash = hash(inst, op, 0);
    for (int at = buckets[hash & buckets.length - 1]; at > 0; at = keys[at * KEY + 2]) {
      if (keys[at * KEY] == hash && insts[at].op == op && sameArgs(insts[at].args, inst.args)) {
        return insts[at];
      }
    }
    return null;
  }

  public void add(Inst inst, int version) {
    add(inst, version, hash(inst, inst.op, version));
  }

  private void add(Inst inst, int version, int hash) {
    if (++count == insts.length) {
      insts = Arrays.copyOf(insts, count * 2);
      keys = Arrays.copyOf(keys, count * 2 * KEY);
    }
    int bucket = hash & buckets.length - 1;
    insts[count] = inst;
    keys[count * KEY] = hash;
    keys[count * KEY + 1] = version;
    keys[count * KEY + 2] = buckets[bucket];
    buckets[bucket] = count;
  }

  private static int hash(Inst inst, Opcode op, int version) {
    int hash = op.ordinal() * 31 + inst.type.ordinal() + version * 0x3C6EF372;
    hash = hash * 31 + Long.hashCode(inst.imm);
    if (op.isVector()) {
      hash = (hash * 31 + Long.hashCode(inst.immHigh())) * 31 + Objects.hashCode(inst.shape());
    }
    Inst[] args = inst.args;
    if (args.length == 2 && op.isCommutative()) {
      hash = hash * 31 + (args[0].id + args[1].id) * 0x5bd1e995;
    } else {
      for (Inst arg : args) {
        hash = (hash + arg.id) * 0x5bd1e995;
      }
    }
    return hash ^ hash >>> 15;
  }

  private static boolean isSame(Inst a, Inst b) {
    if (a.type != b.type
        || a.imm != b.imm
        || a.immHigh() != b.immHigh()
        || a.shape() != b.shape()
        || !isSameAccess(a.access, b.access)) {
      return false;
    }
    return sameArgs(a.args, b.args)
        || a.args.length == 2
            && a.args[0] == b.args[1]
            && a.args[1] == b.args[0]
            && a.op.isCommutative();
  }

  private static boolean isSameAccess(@Nullable MemoryAccess a, @Nullable MemoryAccess b) {
    return a == b || Objects.equals(a, b);
  }

  private static boolean sameArgs(Inst[] a, Inst[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }
}
