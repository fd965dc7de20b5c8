package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.LoopForest;

/** Which regions are written in each loop, the loops in it included. */
public final class WrittenRegions {
  /** By loop, as {@link Block#writes}. */
  private final int[] written;

  public WrittenRegions(ControlFlow flow, LoopForest loops) {
    written = new int[loops.count()];
    for (int i = 0; i < flow.size() && written.length > 0; i++) {
      int loop = loops.loopOf(i);
      if (loop >= 0) {
        written[loop] |= flow.block(i).writes();
      }
    }
    for (int loop = written.length - 1; loop > 0; loop--) {
      int parent = loops.parent(loop);
      if (parent >= 0) {
        written[parent] |= written[loop];
      }
    }
  }

  /** Whether the loop may change what a load of {@code region} gives. */
  public boolean writes(int loop, AliasRegion region) {
    int writers = Block.CALLS | 1 << region.id();
    return !region.isConstant() && (written[loop] & writers) != 0;
  }
}
