package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.assembler.x64.Cond;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.isa.x64.inst.Compare;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.lower.ConditionSelector.Condition;
import dev.tazza.codegen.machine.lower.Selection;

/** Selects {@code test} and {@code bt} for "these bits are zero". */
final class BitTests {
  private final Selection<X64Inst> selection;
  private final MemorySelector memory;

  BitTests(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
  }

  /**
   * That the result of {@code and} is zero or not.
   *
   * @param cond E or NE
   */
  Condition test(Inst and, Cond cond) {
    Inst left = selection.value(and.args[0]);
    Inst right = selection.value(and.args[1]);
    int bytes = and.type.bytes();
    if (right.op == Opcode.ICONST) {
      return testConstant(left, right.imm, bytes, cond);
    }
    if (isOneShifted(right)) {
      return testBit(left, right.args[1], bytes, cond);
    }
    if (isOneShifted(left)) {
      return testBit(right, left.args[1], bytes, cond);
    }
    Amode amode = memory.load(right, and.type);
    if (amode == null) {
      amode = memory.load(left, and.type);
      left = right;
      if (amode == null) {
        left = selection.value(and.args[0]);
      }
    }
    Source source = amode == null ? new Source.Reg(selection.reg(right)) : amode;
    return new Condition(
        cond, new Compare(Compare.Op.TEST, bytes, new Source.Reg(selection.reg(left)), source));
  }

  /** {@code 1 << n}. */
  private boolean isOneShifted(Inst inst) {
    return inst.op == Opcode.SHL
        && selection.value(inst.args[0]).isInt(1)
        && !selection.isAskedFor(inst);
  }

  private Condition testBit(Inst value, Inst number, int bytes, Cond cond) {
    return new Condition(
        cond == Cond.E ? Cond.AE : Cond.B,
        new Compare(
            Compare.Op.BT,
            bytes,
            new Source.Reg(selection.reg(value)),
            new Source.Reg(selection.reg(number))));
  }

  private Condition testConstant(Inst left, long mask, int bytes, Cond cond) {
    if (mask == 1 && left.op == Opcode.SHR_U && !selection.isAskedFor(left)) {
      Inst number = selection.value(left.args[1]);
      if (number.op != Opcode.ICONST) {
        return testBit(left.args[0], number, bytes, cond);
      }
    }
    if (bytes == 8 && mask != (int) mask) {
      if (Long.bitCount(mask) == 1) {
        return new Condition(
            cond == Cond.E ? Cond.AE : Cond.B,
            new Compare(
                Compare.Op.BT,
                8,
                new Source.Reg(selection.reg(left)),
                new Imm(Long.numberOfTrailingZeros(mask))));
      }
      if (mask >>> 32 != 0) {
        return new Condition(
            cond,
            new Compare(Compare.Op.TEST, 8, new Source.Reg(selection.reg(left)), constant(mask)));
      }
    }
    // A load is done as a whole: only half of it may be in memory.
    Amode amode = bytes < 8 || mask == (int) mask ? memory.loadOfBytes(left, bytes) : null;
    // A mask without high half needs no 64-bit test of a register.
    int width = amode == null && bytes == 8 && mask >>> 32 == 0 ? 4 : bytes;
    Source source = amode == null ? new Source.Reg(selection.reg(left)) : amode;
    return new Condition(cond, new Compare(Compare.Op.TEST, width, source, new Imm((int) mask)));
  }

  private Source constant(long value) {
    int reg = selection.newInt();
    selection.buffer.add(new X64Inst.Const(X64Inst.Const.Kind.INT, reg, value));
    return new Source.Reg(reg);
  }
}
