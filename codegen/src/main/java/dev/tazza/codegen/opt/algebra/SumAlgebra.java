package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import org.jspecify.annotations.Nullable;

/** Rules for addition and subtraction, modulo the width. */
final class SumAlgebra {
  private SumAlgebra() {}

  static @Nullable Inst add(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    if (y.op == Opcode.ICONST) {
      return addConstant(inst, at, x, y.imm);
    }
    // x + (0 - y) => x - y
    if (isNegation(y)) {
      return edit(inst, Opcode.SUB, x, y.args[1]);
    }
    // (0 - x) + y => y - x
    if (isNegation(x)) {
      return edit(inst, Opcode.SUB, y, x.args[1]);
    }
    // (x - y) + y => x
    if (x.op == Opcode.SUB && x.args[1] == y) {
      return x.args[0];
    }
    // y + (x - y) => x
    if (y.op == Opcode.SUB && y.args[1] == x) {
      return y.args[0];
    }
    return WideProductAlgebra.add(inst, at);
  }

  private static @Nullable Inst addConstant(Inst inst, Cursor at, Inst x, long c) {
    // x + 0 => x
    if (c == 0) {
      return x;
    }
    // (x + c1) + c2 => x + (c1 + c2)
    if (hasConstant(x, Opcode.ADD)) {
      return edit(at, inst, Opcode.ADD, x.args[0], constant(x) + c);
    }
    // (c1 - x) + c2 => (c1 + c2) - x
    if (x.op == Opcode.SUB && x.args[0].op == Opcode.ICONST) {
      return edit(inst, Opcode.SUB, at.iconst(inst.type, x.args[0].imm + c), x.args[1]);
    }
    return null;
  }

  static @Nullable Inst sub(Inst inst, Cursor at) {
    Inst x = inst.args[0];
    Inst y = inst.args[1];
    // x - x => 0
    if (x == y) {
      return at.iconst(inst.type, 0);
    }
    // x - c => x + (-c)
    if (y.op == Opcode.ICONST) {
      return edit(at, inst, Opcode.ADD, x, -y.imm);
    }
    // x - (0 - y) => x + y
    if (isNegation(y)) {
      return edit(inst, Opcode.ADD, x, y.args[1]);
    }
    if (x.op == Opcode.ADD) {
      // (x + y) - y => x
      if (x.args[1] == y) {
        return x.args[0];
      }
      // (y + x) - y => x
      if (x.args[0] == y) {
        return x.args[1];
      }
    }
    // x - (x - y) => y
    if (y.op == Opcode.SUB && y.args[0] == x) {
      return y.args[1];
    }
    return x.op == Opcode.ICONST ? fromConstant(inst, at, x.imm, y) : null;
  }

  private static @Nullable Inst fromConstant(Inst inst, Cursor at, long c, Inst y) {
    // c1 - (y + c2) => (c1 - c2) - y
    if (hasConstant(y, Opcode.ADD)) {
      return edit(inst, Opcode.SUB, at.iconst(inst.type, c - constant(y)), y.args[0]);
    }
    // c1 - (c2 - y) => y + (c1 - c2)
    if (y.op == Opcode.SUB && y.args[0].op == Opcode.ICONST) {
      return edit(at, inst, Opcode.ADD, y.args[1], c - y.args[0].imm);
    }
    return null;
  }

  private static boolean isNegation(Inst inst) {
    return inst.op == Opcode.SUB && inst.args[0].isInt(0);
  }
}
