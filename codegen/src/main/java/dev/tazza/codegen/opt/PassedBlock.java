package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/** Blocks that do nothing but take fuel, and perhaps make and tell constants, before they jump. */
final class PassedBlock {
  private PassedBlock() {}

  /**
   * The end of such a block without parameters, or null if {@code block} is none.
   *
   * @param mayHaveConstants also those of variables: debuggers do not know such a variable where it
   *     has been left out ({@link dev.tazza.codegen.ir.LabelPositions})
   */
  static @Nullable Inst end(Block block, boolean mayHaveConstants) {
    Inst end = block.last;
    if (end == null || end.op != Opcode.JUMP || !block.params.isEmpty()) {
      return null;
    }
    for (Inst inst = block.first; inst != end && inst != null; inst = inst.next) {
      boolean isOfConstants = inst.isConst() || inst.op == Opcode.LABEL;
      if (!inst.isPlainCharge() && !(mayHaveConstants && isOfConstants)) {
        return null;
      }
    }
    return end;
  }

  /** What it takes. */
  static int charge(Block block) {
    int sum = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      sum += inst.isPlainCharge() ? (int) inst.imm : 0;
    }
    return sum;
  }

  /** Takes what is the same on all ways, and what depends on the way, a signed I64. */
  static void insertCharge(Cursor cursor, int same, @Nullable Inst more) {
    if (same == 0 && more == null) {
      return;
    }
    Inst charge =
        more == null
            ? cursor.insert(Opcode.CHARGE, Type.NONE)
            : cursor.insert(Opcode.CHARGE, Type.NONE, more);
    charge.imm = same;
  }
}
