package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.AliasClass;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;

/** Which alias classes are written in each loop, the loops in it included. */
public final class LoopWrites {
  private static final int ALL = (1 << AliasClass.values().length) - 1;

  /** By loop, a bit for each class. */
  private final int[] written;

  public LoopWrites(ControlFlow flow, LoopForest loops) {
    written = new int[loops.count()];
    for (int i = 0; i < flow.size() && written.length > 0; i++) {
      int loop = loops.loopOf(i);
      if (loop >= 0 && written[loop] != ALL) {
        for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
          written[loop] |= writes(inst);
        }
      }
    }
    for (int loop = written.length - 1; loop > 0; loop--) {
      int parent = loops.parent(loop);
      if (parent >= 0) {
        written[parent] |= written[loop];
      }
    }
  }

  private static int writes(Inst inst) {
    if (inst.op.isCall()) {
      return ALL;
    }
    Access access = inst.access;
    return inst.op == Opcode.STORE && access != null ? 1 << access.alias().ordinal() : 0;
  }

  /** Whether the loop may change what a load of {@code alias} gives. */
  public boolean writes(int loop, AliasClass alias) {
    return alias != AliasClass.CONSTANT && (written[loop] >> alias.ordinal() & 1) != 0;
  }
}
