package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.algebra.CompareAlgebra;
import dev.tazza.codegen.opt.algebra.TerminatorAlgebra;
import dev.tazza.codegen.opt.edit.Replacements;
import org.jspecify.annotations.Nullable;

/**
 * Global value numbering: replaces each computation by an equal one that dominates it, in one walk
 * over the dominator tree (P. Briggs, K. Cooper, L. Simpson, "Value numbering", 1997). Operands are
 * replaced on the way, so {@link Algebra} is applied again. Loads take part through {@link
 * MemoryVersions}: those of a value that was loaded or stored before go. Conditions that a
 * dominating branch or check has decided become constants. Each use, also one on an edge, is
 * visited after what it uses, so all of them know what has become of that.
 *
 * <p>An operation that may trap is as good as its dominating twin, which did not trap.
 *
 * <p>Requires nothing. Preserves the analyses unless a branch turns out to be decided. Invalidates
 * all of them then, and removes what cannot be reached any more.
 */
public final class NumberValues {
  private final Analyses analyses;
  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final Replacements replacements;
  private final Cursor cursor;
  private final ValueTable table;
  private final KnownConditions known;
  private final MemoryVersions memory;
  private boolean edgesChanged;

  private NumberValues(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    replacements = new Replacements(analyses.function());
    cursor = new Cursor(analyses.function());
    table = new ValueTable(analyses.function().instCount());
    known = new KnownConditions(analyses.function());
    memory = new MemoryVersions(analyses);
  }

  public static void run(Analyses analyses) {
    new NumberValues(analyses).run();
  }

  private void run() {
    int size = flow.size();
    // By depth in the tree, how much was known when the block of that depth on the current path
    // began.
    int[] tableSizes = new int[size + 1];
    int[] knownSizes = new int[size + 1];
    for (int i = 0; i < size; i++) {
      int number = dominators.preorder(i);
      int depth = dominators.depth(number);
      table.truncate(tableSizes[depth]);
      known.truncate(knownSizes[depth]);
      block(number);
      tableSizes[depth + 1] = table.size();
      knownSizes[depth + 1] = known.size();
    }
    if (edgesChanged) {
      analyses.invalidate();
      RemoveUnreachable.run(analyses);
    }
  }

  private void block(int number) {
    Block block = flow.block(number);
    memory.enter(number);
    known.learnFromBranch(flow, number);
    Inst next;
    for (Inst inst = block.first; inst != null; inst = next) {
      next = inst.next;
      replacements.resolveArgs(inst);
      switch (inst.op.effect()) {
        case CALL -> {
          memory.call();
          replacements.resolveEdges(inst);
        }
        case WRITES -> store(block, inst);
        case SYNCHRONIZES -> memory.synchronize(inst);
        case TERMINATES -> terminator(inst);
        case POLLS, CHARGES, KEEPS, TELLS -> {}
        default -> {
          if (inst.op == Opcode.TRAP_IF || inst.op == Opcode.TRAP_UNLESS) {
            if (check(block, inst)) {
              next = null;
            }
          } else if (inst.op != Opcode.RESULT) {
            value(block, inst);
          }
        }
      }
    }
    memory.leave(number);
  }

  private void terminator(Inst end) {
    replacements.resolveEdges(end);
    if (end.op == Opcode.BRANCH) {
      Inst condition = end.args[0];
      if (known.isKnown(condition)) {
        cursor.before(end);
        end.args[0] = cursor.iconst(Type.I32, known.isNotZero(condition) ? 1 : 0);
      }
    }
    edgesChanged |= TerminatorAlgebra.simplify(end);
  }

  /** Returns true when the block ends here now. */
  private boolean check(Block block, Inst inst) {
    if (known.isKnown(inst.args[0])) {
      cursor.before(inst);
      inst.args[0] = cursor.iconst(Type.I32, known.isNotZero(inst.args[0]) ? 1 : 0);
    }
    switch (TerminatorAlgebra.check(inst)) {
      case NEVER -> block.remove(inst);
      case ALWAYS -> {
        TerminatorAlgebra.trapAt(block, inst);
        edgesChanged = true;
        return true;
      }
      case UNKNOWN -> known.learn(inst.args[0], inst.op == Opcode.TRAP_UNLESS);
    }
    return false;
  }

  private void store(Block block, Inst inst) {
    Inst before = inst.prev;
    cursor.before(inst);
    Algebra.INSTANCE.fold(inst, cursor);
    numberInserted(block, before, inst);
    memory.store(inst);
  }

  private void value(Block block, Inst inst) {
    Inst before = inst.prev;
    cursor.before(inst);
    Inst value = decided(inst);
    if (value == inst) {
      value = Algebra.INSTANCE.fold(inst, cursor);
    }
    numberInserted(block, before, inst);
    if (value == inst) {
      number(block, inst);
    } else {
      replaceBy(block, inst, value);
    }
  }

  /** A select whose condition is known. */
  private Inst decided(Inst inst) {
    if (inst.op == Opcode.SELECT && known.isKnown(inst.args[0])) {
      return inst.args[known.isNotZero(inst.args[0]) ? 1 : 2];
    }
    return inst;
  }

  /** Numbers what folding put between {@code before} and {@code inst}. */
  private void numberInserted(Block block, @Nullable Inst before, Inst inst) {
    Inst at = before == null ? block.first : before.next;
    if (at == inst) {
      return;
    }
    while (at != null && at != inst) {
      Inst following = at.next;
      replacements.resolveArgs(at);
      number(block, at);
      at = following;
    }
    replacements.resolveArgs(inst);
  }

  private void number(Block block, Inst inst) {
    if (inst.op == Opcode.LOAD) {
      load(block, inst);
      return;
    }
    if (inst.op == Opcode.LOAD_FIELD) {
      return;
    }
    Inst twin = table.findOrAdd(inst, MemoryVersions.UNCHANGING);
    if (twin != null) {
      replaceBy(block, inst, twin);
    } else if (CompareAlgebra.canInvert(inst.op)) {
      Inst opposite = table.findCompare(inst, CompareAlgebra.inverse(inst.op));
      if (opposite != null && known.isKnown(opposite)) {
        // Decided, and so is this one.
        known.learn(inst, !known.isNotZero(opposite));
      }
    }
  }

  private void load(Block block, Inst inst) {
    MemoryAccess access = inst.access;
    if (access == null) {
      return;
    }
    int version = memory.versionFor(inst, access);
    Inst twin = table.find(inst, version);
    if (twin != null) {
      replaceBy(block, inst, twin);
      return;
    }
    Inst store = memory.storeOf(version);
    if (store != null) {
      Inst before = inst.prev;
      cursor.before(inst);
      Inst value = ForwardStore.forward(store, inst, cursor);
      numberInserted(block, before, inst);
      if (value != null) {
        replaceBy(block, inst, value);
        return;
      }
    }
    table.add(inst, version);
  }

  private void replaceBy(Block block, Inst inst, Inst value) {
    replacements.replace(inst, value);
    block.remove(inst);
  }
}
