package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import org.jspecify.annotations.Nullable;

/**
 * Rematerialization of constants: makes constants anew right before the calls, returns and edges
 * that take them, for those need them in a register of their own anyway; one constant for all of a
 * function's uses would occupy a register all the way.
 *
 * <p>Requires that critical edges are split, or a constant may be made for an edge that is not
 * taken. Preserves all analyses. Invalidates nothing, but undoes a part of value numbering.
 */
public final class LocalizeConstants {
  private final Function function;
  private final Cursor cursor;

  /** By instruction id: the last copy of a constant, valid for the current user only. */
  private final @Nullable Inst[] copies;

  private final int[] copiedFor;

  private LocalizeConstants(Function function) {
    this.function = function;
    cursor = new Cursor(function);
    copies = new Inst[function.instCount()];
    copiedFor = new int[function.instCount()];
  }

  public static void run(Analyses analyses) {
    new LocalizeConstants(analyses.function()).run();
  }

  private void run() {
    for (Block block : function.blocks) {
      // The terminator is all that there is to do in a block without calls.
      Inst start = block.hasCalls() ? block.first : block.last;
      for (Inst inst = start; inst != null; inst = inst.next) {
        if (inst.op.isCall() || inst.op.isTerminator()) {
          localize(inst);
        }
      }
    }
  }

  private void localize(Inst user) {
    if (user.targets.length <= 1 || user.op.isCall()) {
      copyAll(user, user.args);
    }
    for (Edge edge : user.targets) {
      copyAll(user, edge.args);
    }
  }

  private void copyAll(Inst user, Inst[] values) {
    for (int i = 0; i < values.length; i++) {
      Inst value = values[i];
      if (value.isConst() && value.next != user) {
        values[i] = copy(user, value);
      }
    }
  }

  private Inst copy(Inst user, Inst value) {
    Inst copy = value.id < copies.length ? copies[value.id] : value;
    if (copy == null || value.id < copies.length && copiedFor[value.id] != user.id) {
      cursor.before(user);
      copy = function.newCopy(value);
      cursor.insert(copy);
      copies[value.id] = copy;
      copiedFor[value.id] = user.id;
    }
    return copy;
  }
}
