package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;

/**
 * Dead store elimination: removes stores whose bytes are all stored again before anybody can look:
 * no load of the region that may overlap, no call, nothing atomic and, since memory outlives a
 * trap, nothing that may trap in between. Works within a block, backwards.
 *
 * <p>Requires nothing. Preserves all analyses. Invalidates nothing.
 */
public final class EliminateDeadStores {
  /** Stores remembered at a time; the oldest is forgotten first. */
  private static final int WINDOW = 8;

  /** Later stores of the block that cover what they store, newest last. */
  private final Inst[] later = new Inst[WINDOW];

  private int count;

  private EliminateDeadStores() {}

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    EliminateDeadStores pass = new EliminateDeadStores();
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      if ((block.writes() & ~Block.CALLS) != 0) {
        pass.block(block);
      }
    }
  }

  private void block(Block block) {
    count = 0;
    Inst previous;
    for (Inst inst = block.last; inst != null; inst = previous) {
      previous = inst.prev;
      MemoryAccess access = inst.access;
      if (inst.op == Opcode.STORE && access != null) {
        store(block, inst, access);
      } else if (inst.op.isCall()
          || inst.op == Opcode.POLL
          || inst.op == Opcode.LOAD_FIELD
          || inst.op.effect() == Opcode.Effect.SYNCHRONIZES
          || inst.canTrap()) {
        count = 0;
      } else if (inst.op == Opcode.LOAD && access != null) {
        forget(inst, access);
      }
    }
  }

  private void store(Block block, Inst store, MemoryAccess access) {
    for (int i = 0; i < count; i++) {
      // One that may trap must not do so after a store that came between.
      boolean inOrder = i == count - 1 || !store.canTrap();
      if (inOrder && covers(later[i], store, access)) {
        if (store.canTrap()) {
          // Where the later one traps, the earlier did.
          later[i].loc = store.loc;
          later[i].setFuel(store.fuel() - charged(store, later[i]));
        }
        block.remove(store);
        return;
      }
    }
    if (store.canTrap()) {
      count = 0;
    }
    if (count == WINDOW) {
      System.arraycopy(later, 1, later, 0, --count);
    }
    later[count++] = store;
  }

  /** What is charged between two instructions of a block. */
  private static int charged(Inst from, Inst to) {
    int sum = 0;
    for (Inst inst = from; inst != null && inst != to; inst = inst.next) {
      sum += inst.op == Opcode.CHARGE ? (int) inst.imm : 0;
    }
    return sum;
  }

  /** If the later store traps, the earlier would have done so: it must touch no byte more. */
  private static boolean covers(Inst later, Inst store, MemoryAccess access) {
    MemoryAccess over = later.access;
    if (over == null || over.region() != access.region() || later.args[0] != store.args[0]) {
      return false;
    }
    boolean same = later.imm == store.imm && over.bytes() == access.bytes();
    boolean around =
        later.imm <= store.imm && store.imm + access.bytes() <= later.imm + over.bytes();
    return same || around && !later.canTrap() && !store.canTrap();
  }

  /** Stores before the load may be seen by it. */
  private void forget(Inst load, MemoryAccess access) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      MemoryAccess stored = later[i].access;
      boolean apart =
          stored == null
              || stored.region() != access.region()
              || later[i].args[0] == load.args[0]
                  && (load.imm + access.bytes() <= later[i].imm
                      || later[i].imm + stored.bytes() <= load.imm);
      if (apart) {
        later[kept++] = later[i];
      }
    }
    count = kept;
  }
}
