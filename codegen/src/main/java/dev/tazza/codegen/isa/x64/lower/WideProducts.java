package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.MulWide;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Both halves of a product by one instruction, which stands where the first of them is asked for.
 */
final class WideProducts {
  /** How many instructions the halves may be apart. */
  private static final int DISTANCE = 16;

  private final Selection<X64Inst> selection;
  private final MemorySelector memory;

  /** By instruction id, the other half of its product, which comes later; empty until needed. */
  private @Nullable Inst[] others = new Inst[0];

  WideProducts(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
  }

  /** Selects {@code inst} together with its other half, now or later; false if there is none. */
  boolean select(Inst inst) {
    if (inst.type != Type.I64) {
      return false;
    }
    Inst later = inst.id < others.length ? others[inst.id] : null;
    if (later != null) {
      Inst low = inst.op == Opcode.MUL ? inst : later;
      Inst high = inst.op == Opcode.MUL ? later : inst;
      both(high, selection.def(low), selection.def(high));
      return true;
    }
    Inst earlier = findEarlier(inst);
    if (earlier == null) {
      return false;
    }
    if (others.length == 0) {
      others = new Inst[selection.function.instCount()];
    }
    others[earlier.id] = inst;
    // From now on it is asked for, whoever else does.
    selection.reg(earlier);
    return true;
  }

  private @Nullable Inst findEarlier(Inst inst) {
    Inst at = inst.prev;
    for (int i = 0; i < DISTANCE && at != null; i++) {
      boolean isOther = isHigh(at) != isHigh(inst) && isProduct(at) && isOfSame(at, inst);
      // There are two high halves, signed and unsigned: the one that comes last has the low one.
      if (isOther && !(at.id < others.length && others[at.id] != null)) {
        return at;
      }
      at = at.prev;
    }
    return null;
  }

  private static boolean isHigh(Inst inst) {
    return inst.op == Opcode.MULHI_S || inst.op == Opcode.MULHI_U;
  }

  private static boolean isProduct(Inst inst) {
    return inst.type == Type.I64 && (inst.op == Opcode.MUL || isHigh(inst));
  }

  private static boolean isOfSame(Inst a, Inst b) {
    return a.args[0] == b.args[0] && a.args[1] == b.args[1]
        || a.args[0] == b.args[1] && a.args[1] == b.args[0];
  }

  /** Puts the halves of what {@code high} is one of into registers. */
  void both(Inst high, int low, int highRegister) {
    Source source = memory.loadOrReg(high.args[1], high.type);
    int left = selection.reg(high.args[0]);
    boolean signed = high.op == Opcode.MULHI_S;
    boolean wide = high.type == Type.I64;
    selection.buffer.add(new MulWide(signed, wide, low, highRegister, left, source));
  }
}
