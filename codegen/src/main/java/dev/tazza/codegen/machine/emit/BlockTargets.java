package dev.tazza.codegen.machine.emit;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.VCode;

/**
 * Which blocks are nothing but a jump after register allocation, and where jumps to them end up.
 */
public final class BlockTargets {
  // In place of targets, while they are looked for.
  private static final int UNKNOWN = -1;
  private static final int ON_PATH = -2;

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
      targets[b] = empty[b] ? UNKNOWN : b;
    }
    int[] path = new int[count];
    for (int b = count - 1; b >= 0; b--) {
      if (targets[b] == UNKNOWN) {
        resolve(code, b, path);
      }
    }
  }

  /**
   * Follows the jumps from {@code start} to a block whose target is known, which is then that of
   * all on the way: each block is passed once, however the jumps lead to and fro. A cycle of empty
   * blocks has no target: the one where it closes keeps its jump.
   */
  private void resolve(VCode<?> code, int start, int[] path) {
    int length = 0;
    int at = start;
    while (targets[at] == UNKNOWN) {
      targets[at] = ON_PATH;
      path[length++] = at;
      at = code.block(at).succs[0];
    }
    if (targets[at] == ON_PATH) {
      empty[at] = false;
      targets[at] = at;
    }
    int target = targets[at];
    for (int i = 0; i < length; i++) {
      targets[path[i]] = target;
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
