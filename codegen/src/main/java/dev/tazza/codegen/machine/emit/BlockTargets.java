package dev.tazza.codegen.machine.emit;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.VCode;

/**
 * Which blocks are nothing but a jump after register allocation, and where jumps to them end up.
 */
public final class BlockTargets {
  private final boolean[] empty;
  private final int[] targets;

  /**
   * @param jump the instruction that only jumps
   */
  public BlockTargets(VCode<?> code, Allocation allocation, Object jump) {
    int count = code.blockCount();
    empty = new boolean[count];
    targets = new int[count];
    int edit = allocation.editCount();
    for (int b = count - 1; b >= 0; b--) {
      VCode.VBlock block = code.block(b);
      while (edit > 0 && allocation.editPoint()[edit - 1] >= 2 * block.to) {
        edit--;
      }
      boolean edited = edit > 0 && allocation.editPoint()[edit - 1] >= 2 * block.from;
      empty[b] = b > 0 && !edited && block.to - block.from == 1 && code.inst(block.from) == jump;
      targets[b] = b;
    }
    for (int b = count - 1; b >= 0; b--) {
      if (empty[b]) {
        resolve(code, b);
      }
    }
  }

  /**
   * Blocks that were resolved before have their final target already; a cycle of empty blocks has
   * none.
   */
  private void resolve(VCode<?> code, int start) {
    int target = start;
    for (int hops = 0; empty[target] && hops <= empty.length; hops++) {
      target = targets[target] != target ? targets[target] : code.block(target).succs[0];
      if (target == start) {
        break;
      }
    }
    if (empty[target]) {
      empty[start] = false;
    } else {
      targets[start] = target;
    }
  }

  /** Whether the block needs no code. */
  public boolean isEmpty(int block) {
    return empty[block];
  }

  /** Where a jump to {@code block} has to go. */
  public int target(int block) {
    return targets[block];
  }
}
