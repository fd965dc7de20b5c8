package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/**
 * How a function returns right after its first test, having done nothing but compute: {@code if (n
 * < 2) return 1}. Callers may do the test in its place and often not call it.
 */
final class EarlyReturn {
  private static final int MAX_BLOCKS = InlinePolicy.EARLY_RETURN_BLOCKS;
  private static final int MAX_SIZE = InlinePolicy.EARLY_RETURN_SIZE;

  private final Block entry;
  private final Edge taken;
  private final int size;

  private EarlyReturn(Block entry, Edge taken, int size) {
    this.entry = entry;
    this.taken = taken;
    this.size = size;
  }

  /** The early return of a function, or null if it has none. */
  static @Nullable EarlyReturn find(Function function) {
    Block entry = function.entry();
    Inst test = entry.last;
    int size = costOfPure(entry);
    if (test == null || test.op != Opcode.BRANCH || size > MAX_SIZE) {
      return null;
    }
    for (Edge edge : test.targets) {
      int whole = size + costOfWay(edge.target);
      if (whole <= MAX_SIZE && !edge.target.cold) {
        return new EarlyReturn(entry, edge, whole);
      }
    }
    return null;
  }

  /** What computing costs from {@code block} to the return, too much if there is anything else. */
  private static int costOfWay(Block block) {
    int cost = 0;
    Block at = block;
    for (int i = 0; i < MAX_BLOCKS; i++) {
      cost += costOfPure(at);
      Inst end = at.last;
      if (end == null || cost > MAX_SIZE) {
        return MAX_SIZE + 1;
      }
      if (end.op == Opcode.RETURN) {
        return cost;
      }
      if (end.op != Opcode.JUMP) {
        return MAX_SIZE + 1;
      }
      at = end.targets[0].target;
    }
    return MAX_SIZE + 1;
  }

  private static int costOfPure(Block block) {
    int cost = 0;
    for (Inst inst = block.first; inst != null && inst != block.last; inst = inst.next) {
      boolean computes = inst.op.isPure() || inst.isPlainCharge();
      cost += computes ? InlineCost.of(inst) : MAX_SIZE + 1;
      if (cost > MAX_SIZE) {
        break;
      }
    }
    return cost;
  }

  /** The function's first block, which ends with the test. */
  Block entry() {
    return entry;
  }

  /** The way of the test that leads to the return, by jumps only. */
  Edge taken() {
    return taken;
  }

  /** About how many machine instructions it all is. */
  int size() {
    return size;
  }
}
