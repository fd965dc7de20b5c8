package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.AluOp;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Imm;
import dev.tazza.codegen.isa.x64.inst.UnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.CompareExchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Const;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Exchange;
import dev.tazza.codegen.isa.x64.inst.X64Inst.ExchangeOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Rmw;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.isa.x64.inst.X64Inst.UpdateLoop;
import dev.tazza.codegen.machine.lower.MachineBuffer;
import dev.tazza.codegen.machine.lower.Selection;

/**
 * Selects atomic accesses, sequentially consistent ones. Loads are plain ones: they wait for no
 * store to become visible, so stores have to, and are exchanges.
 */
final class AtomicSelector {
  private final Selection<X64Inst> selection;
  private final MachineBuffer<X64Inst> buffer;
  private final MemorySelector memory;

  AtomicSelector(Selection<X64Inst> selection, MemorySelector memory) {
    this.selection = selection;
    this.memory = memory;
    buffer = selection.buffer;
  }

  void store(Inst inst) {
    exchange(ExchangeOp.XCHG, inst, selection.newInt(), value(inst));
  }

  void exchange(Inst inst) {
    if (selection.isAskedFor(inst)) {
      extend(inst, exchange(ExchangeOp.XCHG, inst, result(inst), value(inst)));
    } else {
      store(inst);
    }
  }

  /** Arithmetic on memory; if nobody wants to know what was there, in one instruction. */
  void update(Inst inst) {
    AluOp op =
        switch (inst.op) {
          case ATOMIC_ADD -> AluOp.ADD;
          case ATOMIC_SUB -> AluOp.SUB;
          case ATOMIC_AND -> AluOp.AND;
          case ATOMIC_OR -> AluOp.OR;
          default -> AluOp.XOR;
        };
    if (!selection.isAskedFor(inst)) {
      int bytes = MemorySelector.bytes(inst);
      buffer.add(new Rmw(op, bytes, memory.address(inst), source(inst), true));
    } else if (op == AluOp.ADD) {
      extend(inst, exchange(ExchangeOp.XADD, inst, result(inst), value(inst)));
    } else if (op == AluOp.SUB) {
      extend(inst, exchange(ExchangeOp.XADD, inst, result(inst), negated(inst)));
    } else {
      loop(inst, op);
    }
  }

  private void loop(Inst inst, AluOp op) {
    int bytes = MemorySelector.bytes(inst);
    int guess = selection.newInt();
    int result = selection.def(inst);
    Source source = source(inst);
    Source.Amode address = memory.address(inst);
    // Extends what it loads, and what is compared is not touched above that any more.
    // This clears what is above, and nothing sets it: the result needs no extension.
    buffer.add(new Unary(load(bytes), guess, address));
    buffer.add(new UpdateLoop(op, bytes, result, guess, source, selection.newInt(), address));
  }

  void compareExchange(Inst inst) {
    int bytes = MemorySelector.bytes(inst);
    int expected = selection.reg(inst.args[1]);
    int value = selection.reg(memory.lowBits(selection.value(inst.args[2]), bytes));
    int found = isCovered(inst) ? selection.def(inst) : selection.newInt();
    buffer.add(new CompareExchange(bytes, found, expected, value, memory.address(inst)));
    if (!isCovered(inst)) {
      buffer.add(new Unary(load(bytes), selection.def(inst), new Source.Reg(found)));
    }
  }

  /** Whether a compare-and-exchange sets all of its result, or leaves there what is right. */
  private static boolean isCovered(Inst inst) {
    return MemorySelector.bytes(inst) == inst.type.bytes();
  }

  private int exchange(ExchangeOp op, Inst inst, int dst, int src) {
    buffer.add(new Exchange(op, MemorySelector.bytes(inst), dst, src, memory.address(inst)));
    return dst;
  }

  /** The register for what is read: that of the result, unless zeros have to come above it. */
  private int result(Inst inst) {
    return MemorySelector.bytes(inst) < 4 ? selection.newInt() : selection.def(inst);
  }

  /** Instructions on 8 and 16 bits leave the rest of a register as it was. */
  private void extend(Inst inst, int narrow) {
    int bytes = MemorySelector.bytes(inst);
    if (bytes < 4) {
      buffer.add(new Unary(load(bytes), selection.def(inst), new Source.Reg(narrow)));
    }
  }

  /** What reads so many bytes and sets all of a register. */
  private static UnaryOp load(int bytes) {
    return switch (bytes) {
      case 1 -> UnaryOp.MOVZX8;
      case 2 -> UnaryOp.MOVZX16;
      case 4 -> UnaryOp.MOV32;
      default -> UnaryOp.MOV64;
    };
  }

  /** The register of the second operand, of which the low bytes count. */
  private int value(Inst inst) {
    Inst value = selection.value(inst.args[1]);
    return selection.reg(memory.lowBits(value, MemorySelector.bytes(inst)));
  }

  private Source source(Inst inst) {
    Inst value = selection.value(inst.args[1]);
    return Selection.isInt32(value) ? new Imm((int) value.imm) : new Source.Reg(value(inst));
  }

  private int negated(Inst inst) {
    Inst value = selection.value(inst.args[1]);
    int negated = selection.newInt();
    boolean isWide = inst.type == Type.I64;
    if (value.op == Opcode.ICONST) {
      long bits = isWide ? -value.imm : -value.imm & 0xffff_ffffL;
      buffer.add(new Const(Const.Kind.INT, negated, bits));
    } else {
      UnaryOp op = isWide ? UnaryOp.NEG64 : UnaryOp.NEG32;
      buffer.add(new Unary(op, negated, new Source.Reg(value(inst))));
    }
    return negated;
  }
}
