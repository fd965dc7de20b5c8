package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.wasm.operator.Operator;

/**
 * The wide arithmetic proposal: 128-bit integers are two I64, the lower half first. Sums carry by a
 * comparison, which the target is to find.
 */
final class WideTranslator {
  private final FunctionState state;

  WideTranslator(FunctionState state) {
    this.state = state;
  }

  /** Translates {@code operator} if it is one of these; else gives false. */
  boolean translate(Operator operator) {
    switch (operator) {
      case I64_ADD128 -> add();
      case I64_SUB128 -> subtract();
      case I64_MUL_WIDE_S -> multiply(Opcode.MULHI_S);
      case I64_MUL_WIDE_U -> multiply(Opcode.MULHI_U);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void add() {
    Inst rightHigh = state.stack.pop();
    Inst right = state.stack.pop();
    Inst leftHigh = state.stack.pop();
    Inst left = state.stack.pop();
    Inst low = binary(Opcode.ADD, left, right);
    Inst carry = extended(state.builder.compare(Opcode.ICMP_LT_U, low, left));
    give(low, binary(Opcode.ADD, binary(Opcode.ADD, leftHigh, rightHigh), carry));
  }

  private void subtract() {
    Inst rightHigh = state.stack.pop();
    Inst right = state.stack.pop();
    Inst leftHigh = state.stack.pop();
    Inst left = state.stack.pop();
    Inst low = binary(Opcode.SUB, left, right);
    Inst borrow = extended(state.builder.compare(Opcode.ICMP_LT_U, left, right));
    give(low, binary(Opcode.SUB, binary(Opcode.SUB, leftHigh, rightHigh), borrow));
  }

  private void multiply(Opcode high) {
    Inst right = state.stack.pop();
    Inst left = state.stack.pop();
    give(binary(Opcode.MUL, left, right), binary(high, left, right));
  }

  private Inst binary(Opcode op, Inst left, Inst right) {
    Builder builder = state.builder;
    return builder.binary(op, Type.I64, left, right);
  }

  private Inst extended(Inst bit) {
    return state.builder.unary(Opcode.UEXTEND, Type.I64, bit);
  }

  private void give(Inst low, Inst high) {
    state.stack.push(low);
    state.stack.push(high);
  }
}
