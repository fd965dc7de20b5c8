package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.ShiftOp;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Amode;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.Source.Reg;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Feature;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Alu;
import dev.tazza.codegen.isa.x64.inst.X64Inst.AndNot;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Div;
import dev.tazza.codegen.isa.x64.inst.X64Inst.DivOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ImulImm;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Lea;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Sequence;
import dev.tazza.codegen.isa.x64.inst.X64Inst.SequenceOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Shift;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ShiftX;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/** Selects integer arithmetic. */
final class IntSelector {
  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final AddressSelector addresses;
  private final MemorySelector memory;
  private final WideProducts products;
  private final Carries carries;

  IntSelector(
      Selection<X64Inst> selection,
      AddressSelector addresses,
      MemorySelector memory,
      Carries carries) {
    this.selection = selection;
    this.addresses = addresses;
    this.memory = memory;
    products = new WideProducts(selection, memory);
    this.carries = carries;
    buffer = selection.buffer;
  }

  private static boolean wide(Inst inst) {
    return inst.type == Type.I64;
  }

  private boolean isInt(Inst inst, long value) {
    return selection.value(inst).isInt(value);
  }

  void add(Inst inst) {
    if (carries.select(inst)) {
      return;
    }
    Inst left = inst.args[0];
    Inst right = inst.args[1];
    if (Selection.isInt32(selection.value(right)) || !addFromMemory(inst, left, right)) {
      Amode sum = addresses.sum(inst);
      buffer.add(new Lea(wide(inst), selection.def(inst), sum));
    }
  }

  private boolean addFromMemory(Inst inst, Inst left, Inst right) {
    Amode amode = memory.load(right, inst.type);
    Inst other = left;
    if (amode == null) {
      amode = memory.load(left, inst.type);
      other = right;
    }
    if (amode == null) {
      return false;
    }
    buffer.add(new Alu(AluOp.ADD, wide(inst), selection.def(inst), selection.reg(other), amode));
    return true;
  }

  void sub(Inst inst) {
    if (carries.select(inst)) {
      return;
    }
    Inst right = selection.value(inst.args[1]);
    if (isInt(inst.args[0], 0)) {
      UnaryOp op = wide(inst) ? UnaryOp.NEG64 : UnaryOp.NEG32;
      buffer.add(new Unary(op, selection.def(inst), new Source.Reg(selection.reg(right))));
    } else if (Selection.isInt32(right) && right.imm != Integer.MIN_VALUE) {
      Amode sum = Amode.of(selection.reg(inst.args[0]), (int) -right.imm);
      buffer.add(new Lea(wide(inst), selection.def(inst), sum));
    } else {
      alu(AluOp.SUB, inst, inst.args[0], right);
    }
  }

  /** {@code left op right} with what {@code right} can be taken from. */
  private void alu(AluOp op, Inst inst, Inst left, Inst right) {
    Source source = memory.source(right, inst.type);
    buffer.add(new Alu(op, wide(inst), selection.def(inst), selection.reg(left), source));
  }

  /** A commutative operation: a constant or a load may be on either side. */
  private void commutative(AluOp op, Inst inst) {
    Inst left = inst.args[0];
    Inst right = inst.args[1];
    boolean exchange =
        !Selection.isInt32(selection.value(right))
            && selection.movableLoad(right) == null
            && (Selection.isInt32(selection.value(left)) || selection.movableLoad(left) != null);
    if (exchange) {
      alu(op, inst, right, left);
    } else {
      alu(op, inst, left, right);
    }
  }

  void mul(Inst inst) {
    if (!products.select(inst)) {
      product(inst);
    }
  }

  private void product(Inst inst) {
    Inst left = selection.value(inst.args[0]);
    Inst right = selection.value(inst.args[1]);
    if (Selection.isInt32(left)) {
      Inst exchange = left;
      left = right;
      right = exchange;
    }
    if (!Selection.isInt32(right)) {
      commutative(AluOp.IMUL, inst);
      return;
    }
    int factor = (int) right.imm;
    if (factor == 3 || factor == 5 || factor == 9) {
      int reg = selection.reg(left);
      int shift = Integer.numberOfTrailingZeros(factor - 1);
      buffer.add(new Lea(wide(inst), selection.def(inst), new Amode(reg, reg, shift, 0, 0)));
    } else if (factor > 0 && Integer.bitCount(factor) == 1) {
      shiftBy(ShiftOp.SHL, inst, left, Integer.numberOfTrailingZeros(factor));
    } else {
      Amode amode = memory.load(left, inst.type);
      Source source = amode == null ? new Source.Reg(selection.reg(left)) : amode;
      buffer.add(new ImulImm(wide(inst), selection.def(inst), source, factor));
    }
  }

  void mulHigh(Inst inst) {
    if (!products.select(inst)) {
      products.both(inst, selection.newInt(), selection.def(inst));
    }
  }

  void divide(Inst inst) {
    boolean signed = inst.op == Opcode.DIV_S || inst.op == Opcode.REM_S;
    boolean remainder = inst.op == Opcode.REM_S || inst.op == Opcode.REM_U;
    Inst divisor = selection.value(inst.args[1]);
    boolean guarded = signed && remainder && (divisor.op != Opcode.ICONST || divisor.imm == -1);
    DivOp op;
    if (guarded) {
      op = wide(inst) ? DivOp.IREM64 : DivOp.IREM32;
    } else if (signed) {
      op = wide(inst) ? DivOp.IDIV64 : DivOp.IDIV32;
    } else {
      op = wide(inst) ? DivOp.DIV64 : DivOp.DIV32;
    }
    int result = selection.def(inst);
    int other = selection.newInt();
    buffer.add(
        new Div(
            op,
            remainder ? other : result,
            remainder ? result : other,
            selection.reg(inst.args[0]),
            selection.reg(divisor),
            inst.trapEntry()));
  }

  void and(Inst inst) {
    Inst left = selection.value(inst.args[0]);
    Inst right = selection.value(inst.args[1]);
    if (right.op == Opcode.ICONST) {
      andConstant(inst, left, right);
    } else if (!selection.has(X64Feature.BMI1)
        || !andBmi(inst, left, right) && !andBmi(inst, right, left)) {
      commutative(AluOp.AND, inst);
    }
  }

  private void andConstant(Inst inst, Inst left, Inst right) {
    long mask = wide(inst) ? right.imm : right.imm & 0xffff_ffffL;
    if (mask == 0xff) {
      buffer.add(
          new Unary(UnaryOp.MOVZX8, selection.def(inst), new Source.Reg(selection.reg(left))));
    } else if (mask == 0xffff) {
      buffer.add(
          new Unary(UnaryOp.MOVZX16, selection.def(inst), new Source.Reg(selection.reg(left))));
    } else if (mask == 0xffff_ffffL && wide(inst)) {
      buffer.add(
          new Unary(UnaryOp.MOV32, selection.def(inst), new Source.Reg(selection.reg(left))));
    } else if (mask >>> 32 == 0) {
      // Also for I64: the 32-bit form clears the rest.
      buffer.add(
          new Alu(AluOp.AND, false, selection.def(inst), selection.reg(left), new Imm((int) mask)));
    } else {
      alu(AluOp.AND, inst, left, right);
    }
  }

  /**
   * Whether {@code left & right} is one of the BMI1 instructions by the form of {@code right}; adds
   * that.
   */
  private boolean andBmi(Inst inst, Inst left, Inst right) {
    if (selection.isAskedFor(right) || right.type != inst.type) {
      return false;
    }
    boolean wide = wide(inst);
    if (right.op == Opcode.XOR && isInt(right.args[1], -1)) {
      Source source = memory.loadOrReg(left, inst.type);
      buffer.add(new AndNot(wide, selection.def(inst), selection.reg(right.args[0]), source));
      return true;
    }
    UnaryOp op = lowestBit(left, right, wide);
    if (op == null) {
      return false;
    }
    buffer.add(new Unary(op, selection.def(inst), new Source.Reg(selection.reg(left))));
    return true;
  }

  private @Nullable UnaryOp lowestBit(Inst left, Inst right, boolean wide) {
    if (isLess1(right, left)) {
      return wide ? UnaryOp.BLSR64 : UnaryOp.BLSR32;
    }
    boolean negated =
        right.op == Opcode.SUB && isInt(right.args[0], 0) && selection.value(right.args[1]) == left;
    if (negated) {
      return wide ? UnaryOp.BLSI64 : UnaryOp.BLSI32;
    }
    return null;
  }

  private boolean isLess1(Inst inst, Inst of) {
    return (inst.op == Opcode.SUB && isInt(inst.args[1], 1)
            || inst.op == Opcode.ADD && isInt(inst.args[1], -1))
        && selection.value(inst.args[0]) == of;
  }

  void or(Inst inst) {
    commutative(AluOp.OR, inst);
  }

  void xor(Inst inst) {
    boolean wide = wide(inst);
    if (isInt(inst.args[1], -1)) {
      UnaryOp op = wide ? UnaryOp.NOT64 : UnaryOp.NOT32;
      buffer.add(new Unary(op, selection.def(inst), new Source.Reg(selection.reg(inst.args[0]))));
    } else {
      commutative(AluOp.XOR, inst);
    }
  }

  void shift(Inst inst) {
    ShiftOp op = shiftOp(inst.op);
    int bits = inst.type.bits();
    Inst count = selection.value(inst.args[1]);
    if (count.op == Opcode.ICONST) {
      shiftBy(op, inst, inst.args[0], (int) count.imm & bits - 1);
      return;
    }
    count = withoutMask(count, bits - 1);
    if (selection.has(X64Feature.BMI2) && op.vex != 0) {
      Source source = memory.loadOrReg(inst.args[0], inst.type);
      buffer.add(new ShiftX(op, wide(inst), selection.def(inst), source, selection.reg(count)));
    } else {
      int src = selection.reg(inst.args[0]);
      buffer.add(
          new Shift(
              op, wide(inst), selection.def(inst), src, new Source.Reg(selection.reg(count))));
    }
  }

  /** A mask of the count that the processor applies on its own is left out. */
  private Inst withoutMask(Inst count, int mask) {
    if (count.op != Opcode.AND) {
      return count;
    }
    Inst right = selection.value(count.args[1]);
    boolean redundant = right.op == Opcode.ICONST && (right.imm & mask) == mask;
    return redundant ? selection.value(count.args[0]) : count;
  }

  private void shiftBy(ShiftOp op, Inst inst, Inst value, int count) {
    int src = selection.reg(value);
    if (op == ShiftOp.SHL && count == 1) {
      buffer.add(new Lea(wide(inst), selection.def(inst), new Amode(src, src, 0, 0, 0)));
    } else {
      buffer.add(new Shift(op, wide(inst), selection.def(inst), src, new Imm(count)));
    }
  }

  static ShiftOp shiftOp(Opcode op) {
    return switch (op) {
      case SHL -> ShiftOp.SHL;
      case SHR_S -> ShiftOp.SAR;
      case SHR_U -> ShiftOp.SHR;
      case ROTL -> ShiftOp.ROL;
      case ROTR -> ShiftOp.ROR;
      default -> throw new IllegalArgumentException(op.text());
    };
  }

  void clz(Inst inst) {
    if (selection.has(X64Feature.LZCNT)) {
      count(inst, wide(inst) ? UnaryOp.LZCNT64 : UnaryOp.LZCNT32);
    } else {
      sequence(wide(inst) ? SequenceOp.CLZ64 : SequenceOp.CLZ32, inst);
    }
  }

  void ctz(Inst inst) {
    if (selection.has(X64Feature.BMI1)) {
      count(inst, wide(inst) ? UnaryOp.TZCNT64 : UnaryOp.TZCNT32);
    } else {
      sequence(wide(inst) ? SequenceOp.CTZ64 : SequenceOp.CTZ32, inst);
    }
  }

  void popcnt(Inst inst) {
    count(inst, wide(inst) ? UnaryOp.POPCNT64 : UnaryOp.POPCNT32);
  }

  private void count(Inst inst, UnaryOp op) {
    Source source = memory.loadOrReg(inst.args[0], inst.type);
    buffer.add(new Unary(op, selection.def(inst), source));
  }

  private void sequence(SequenceOp op, Inst inst) {
    buffer.add(new Sequence(op, selection.def(inst), selection.reg(inst.args[0]), -1));
  }

  /** Sign extension of the low {@code bytes}. */
  void extend(Inst inst, int bytes) {
    boolean wide = wide(inst);
    UnaryOp op =
        switch (bytes) {
          case 1 -> wide ? UnaryOp.MOVSX8_64 : UnaryOp.MOVSX8_32;
          case 2 -> wide ? UnaryOp.MOVSX16_64 : UnaryOp.MOVSX16_32;
          default -> UnaryOp.MOVSX32_64;
        };
    Amode amode = memory.loadOfBytes(inst.args[0], bytes);
    Source source = amode == null ? new Source.Reg(selection.reg(inst.args[0])) : amode;
    buffer.add(new Unary(op, selection.def(inst), source));
  }

  /** Clears the high half. */
  void wrap(Inst inst) {
    Amode amode = memory.lowHalf(inst.args[0]);
    Source source = amode == null ? new Reg(selection.reg(inst.args[0])) : amode;
    buffer.add(new Unary(UnaryOp.MOV32, selection.def(inst), source));
  }
}
