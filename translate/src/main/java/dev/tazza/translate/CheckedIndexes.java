package dev.tazza.translate;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The 64-bit indexes that were found to be inside of their memory on all ways to where the
 * translation is. An access a little behind such an index needs no check of its own: the guard
 * covers it, as it covers an offset. Memories never shrink, so nothing that was found becomes
 * wrong; what belongs to one arm of a construct is forgotten at its end.
 */
final class CheckedIndexes {
  /** How many are looked at. */
  private static final int RECENT = 16;

  /** How many sums with a constant are looked through. */
  private static final int DEEPEST = 8;

  private static final long FARTHEST = 1L << 40;

  /** Memories, each with the way in which the index was compared. */
  private int[] ways = new int[16];

  private Inst[] roots = new Inst[16];
  private long[] constants = new long[16];
  private Inst[] inside = new Inst[16];
  private int count;

  /** Whether no access does without a check of its own. */
  private final boolean forgets;

  /**
   * @param forgets whether nothing is ever found, so that each access has its check beside it
   */
  CheckedIndexes(boolean forgets) {
    this.forgets = forgets;
  }

  int size() {
    return count;
  }

  void truncate(int size) {
    count = size;
  }

  /** {@code index} is {@code root + constant}. */
  private record Sum(Inst root, long constant) {
    static Sum of(Inst index) {
      Inst root = index;
      long constant = 0;
      for (int i = 0; i < DEEPEST; i++) {
        boolean adds = root.op == Opcode.ADD;
        if (!adds && root.op != Opcode.SUB || !root.args[1].isConst()) {
          break;
        }
        long number = root.args[1].imm;
        if (Math.abs(number) > FARTHEST) {
          break;
        }
        constant += adds ? number : -number;
        root = root.args[0];
      }
      return new Sum(root, constant);
    }
  }

  /**
   * An index that is inside and at most {@code room} before {@code index}, with the distance from
   * it; null if none is known.
   */
  MemoryBounds.@Nullable Inside find(int way, Inst index, long room) {
    Sum sum = Sum.of(index);
    for (int i = count - 1; i >= 0 && i >= count - RECENT; i--) {
      long distance = sum.constant - constants[i];
      if (ways[i] == way && roots[i] == sum.root && distance >= 0 && distance <= room) {
        return new MemoryBounds.Inside(inside[i], distance);
      }
    }
    return null;
  }

  /** Notes that {@code index} is inside, as {@code checked}. */
  void add(int way, Inst index, Inst checked) {
    if (forgets) {
      return;
    }
    if (count == ways.length) {
      ways = Arrays.copyOf(ways, 2 * count);
      roots = Arrays.copyOf(roots, 2 * count);
      constants = Arrays.copyOf(constants, 2 * count);
      inside = Arrays.copyOf(inside, 2 * count);
    }
    Sum sum = Sum.of(index);
    ways[count] = way;
    roots[count] = sum.root;
    constants[count] = sum.constant;
    inside[count++] = checked;
  }
}
