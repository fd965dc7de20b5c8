package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.Algebra;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from computations to the values that are known to hold them. Entries are taken out
 * in the reverse order in which they came in, which gives the table the scopes of a walk over the
 * dominator tree.
 */
public final class ValueTable {
  private int[] buckets;
  private Inst[] insts = new Inst[64];
  private int[] hashes = new int[64];
  private int[] versions = new int[64];
  private int[] next = new int[64];
  private int count;

  public ValueTable(int expected) {
    int size = Integer.highestOneBit(Math.max(expected, 16)) * 2;
    buckets = new int[size];
    Arrays.fill(buckets, -1);
  }

  /** How many entries there are, to come back to with {@link #truncate}. */
  int size() {
    return count;
  }

  /** Takes out all entries that came in after there were {@code size}. */
  public void truncate(int size) {
    while (count > size) {
      count--;
      buckets[hashes[count] & buckets.length - 1] = next[count];
    }
  }

  /** A value that holds what {@code inst} would compute in a version of memory, or null. */
  public @Nullable Inst find(Inst inst, int version) {
    int hash = hash(inst, inst.op, version);
    for (int at = buckets[hash & buckets.length - 1]; at >= 0; at = next[at]) {
      if (hashes[at] == hash
          && versions[at] == version
          && insts[at].op == inst.op
          && isSame(insts[at], inst)) {
        return insts[at];
      }
    }
    return null;
  }

  /** A comparison of the same operands by {@code op}, or null. */
  @Nullable Inst findCompare(Inst inst, Opcode op) {
    int hash = hash(inst, op, 0);
    for (int at = buckets[hash & buckets.length - 1]; at >= 0; at = next[at]) {
      if (hashes[at] == hash && insts[at].op == op && sameArgs(insts[at].args, inst.args)) {
        return insts[at];
      }
    }
    return null;
  }

  public void add(Inst inst, int version) {
    if (count == insts.length) {
      int size = count * 2;
      insts = Arrays.copyOf(insts, size);
      hashes = Arrays.copyOf(hashes, size);
      versions = Arrays.copyOf(versions, size);
      next = Arrays.copyOf(next, size);
    }
    int hash = hash(inst, inst.op, version);
    int bucket = hash & buckets.length - 1;
    insts[count] = inst;
    hashes[count] = hash;
    versions[count] = version;
    next[count] = buckets[bucket];
    buckets[bucket] = count++;
  }

  private static int hash(Inst inst, Opcode op, int version) {
    int hash = op.ordinal() * 31 + inst.type.ordinal() + version * 0x3C6EF372;
    hash = hash * 31 + Long.hashCode(inst.imm);
    Inst[] args = inst.args;
    if (args.length == 2 && Algebra.isCommutative(op)) {
      hash = hash * 31 + (args[0].id + args[1].id) * 0x5bd1e995;
    } else {
      for (Inst arg : args) {
        hash = (hash + arg.id) * 0x5bd1e995;
      }
    }
    return hash ^ hash >>> 15;
  }

  private static boolean isSame(Inst a, Inst b) {
    if (a.type != b.type || a.imm != b.imm || !isSameAccess(a.access, b.access)) {
      return false;
    }
    return sameArgs(a.args, b.args)
        || a.args.length == 2
            && a.args[0] == b.args[1]
            && a.args[1] == b.args[0]
            && Algebra.isCommutative(a.op);
  }

  private static boolean isSameAccess(@Nullable Access a, @Nullable Access b) {
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
