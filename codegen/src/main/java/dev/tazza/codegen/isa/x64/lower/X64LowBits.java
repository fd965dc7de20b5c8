package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.lower.LowBits;

/** What x86-64 code does with the high halves of registers. */
final class X64LowBits implements LowBits {
  static final X64LowBits INSTANCE = new X64LowBits();

  private X64LowBits() {}

  @Override
  public boolean readsLow32(Inst user, int index) {
    return switch (user.op) {
      case ADD, SUB, MUL, AND, OR, XOR, SHL, SHR_S, SHR_U, ROTL, ROTR -> user.type == Type.I32;
      case CLZ, CTZ, POPCNT, EXTEND8_S, EXTEND16_S, SEXTEND -> true;
      case ICMP_EQ,
          ICMP_NE,
          ICMP_LT_S,
          ICMP_LT_U,
          ICMP_GT_S,
          ICMP_GT_U,
          ICMP_LE_S,
          ICMP_LE_U,
          ICMP_GE_S,
          ICMP_GE_U ->
          user.args[0].type == Type.I32;
      case CONVERT_S, BITCAST, BRANCH, TRAP_IF, TRAP_UNLESS -> true;
      // What is clamped has to be, for all to see, the number that was compared.
      case CLAMP_LT, CLAMP_LE, CLAMP_MIN -> false;
      case SELECT -> index == 0 || user.type == Type.I32;
      case STORE -> index == 1;
      case ATOMIC_STORE,
          ATOMIC_ADD,
          ATOMIC_SUB,
          ATOMIC_AND,
          ATOMIC_OR,
          ATOMIC_XOR,
          ATOMIC_EXCHANGE ->
          index == 1;
      // What is compared stays in the register of the result.
      case ATOMIC_COMPARE_EXCHANGE -> index == 2;
      case VSPLAT -> user.args[0].type == Type.I32;
      case VREPLACE_LANE, VSHL, VSHR_S, VSHR_U -> index == 1 && user.args[1].type == Type.I32;
      default -> false;
    };
  }

  @Override
  public boolean highIsZero(Inst inst) {
    return switch (inst.op) {
      case UEXTEND -> true;
      case SHR_U -> inst.args[1].op == Opcode.ICONST && (inst.args[1].imm & 63) >= 32;
      case AND -> inst.args[1].op == Opcode.ICONST && inst.args[1].imm >>> 32 == 0;
      case LOAD -> inst.access != null && !inst.access.signed() && inst.access.bytes() <= 4;
      default -> inst.op.isAtomic() && inst.access != null && inst.access.bytes() <= 4;
    };
  }
}
