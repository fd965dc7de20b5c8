package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/**
 * Rules for the addresses of loads and stores, which are 64 bits wide and wrap around, and for the
 * values of narrow stores.
 */
final class MemoryAlgebra {
  private MemoryAlgebra() {}

  static @Nullable Inst simplify(Inst inst, Cursor at) {
    Inst base = inst.args[0];
    // [(x + c) + offset] => [x + (c + offset)]
    if (hasConstant(base, Opcode.ADD) && fits(inst.imm + constant(base))) {
      inst.imm += constant(base);
      inst.args[0] = base.args[0];
      return inst;
    }
    // [(x + (y + c)) + offset] => [(x + y) + (c + offset)]
    if (base.op == Opcode.ADD) {
      Inst x = base.args[0];
      Inst y = base.args[1];
      if (hasConstant(x, Opcode.ADD)) {
        x = base.args[1];
        y = base.args[0];
      }
      if (hasConstant(y, Opcode.ADD) && fits(inst.imm + constant(y))) {
        inst.imm += constant(y);
        inst.args[0] = Algebra.make(at, Opcode.ADD, Type.I64, x, y.args[0]);
        return inst;
      }
    }
    MemoryAccess access = inst.access;
    return inst.op == Opcode.STORE && access != null ? narrowStore(inst, access) : null;
  }

  /** Offsets that machine addressing modes can hold. */
  private static boolean fits(long offset) {
    return offset == (int) offset;
  }

  private static @Nullable Inst narrowStore(Inst inst, MemoryAccess access) {
    Inst value = inst.args[1];
    if (!value.type.isInt()) {
      return null;
    }
    long mask = BitAlgebra.lowMask(access.bytes() * 8);
    boolean onlyHigherBits =
        switch (value.op) {
          // store of wrap(x) => store of x
          case WRAP -> access.bytes() <= 4;
          // store32 of an extension => store of the operand
          case UEXTEND, SEXTEND, EXTEND32_S -> access.bytes() <= 4;
          case EXTEND8_S -> access.bytes() == 1;
          case EXTEND16_S -> access.bytes() <= 2;
          // store of x & c => store of x, when c keeps the bits that are stored
          case AND -> hasConstant(value, Opcode.AND) && (constant(value) & mask) == mask;
          default -> false;
        };
    if (!onlyHigherBits) {
      return null;
    }
    inst.args[1] = value.args[0];
    return inst;
  }
}
