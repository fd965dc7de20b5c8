package dev.tazza.sandbox;

/** Instructions as text, for messages. */
final class Listing {
  private static final String[] REGISTERS = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15"
  };
  private static final String[] CONDITIONS = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };
  private static final String[] OPERATIONS = {
    "add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test", "imul"
  };
  private static final String[] SHIFTS = {"rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"};

  private final Instructions code;

  Listing(Instructions code) {
    this.code = code;
  }

  /** One instruction in the manner of the manuals, sizes in bits behind registers. */
  String text(int i) {
    String size = "." + 8 * code.size(i);
    String reg = register(code.reg(i));
    String rm = operand(i);
    return switch (code.kind(i)) {
      case Kind.NOP -> "nop";
      case Kind.MOVE -> "mov" + size + " " + reg + ", " + rm;
      case Kind.STORE -> "mov" + size + " " + rm + ", " + reg;
      case Kind.MOVE_IMM -> "mov" + size + " " + reg + ", " + code.imm[i];
      case Kind.STORE_IMM -> "mov" + size + " " + rm + ", " + code.imm[i];
      case Kind.LEA -> "lea" + size + " " + reg + ", " + rm;
      case Kind.MOVE_ZERO -> "movzx" + size + " " + reg + ", " + rm;
      case Kind.MOVE_SIGN -> "movsx" + size + " " + reg + ", " + rm;
      case Kind.ALU_REG -> OPERATIONS[code.sub(i)] + size + " " + reg + ", " + rm;
      case Kind.ALU_RM -> OPERATIONS[code.sub(i)] + size + " " + rm + ", " + reg;
      case Kind.ALU_IMM -> OPERATIONS[code.sub(i)] + size + " " + rm + ", " + code.imm[i];
      case Kind.EXCHANGE ->
          (code.sub(i) == Kind.LOCKED ? "xadd" : "xchg") + size + " " + rm + ", " + reg;
      case Kind.COMPARE_EXCHANGE -> "cmpxchg" + size + " " + rm + ", " + reg;
      case Kind.IMUL_IMM -> "imul" + size + " " + reg + ", " + rm + ", " + code.imm[i];
      case Kind.SHIFT_IMM -> SHIFTS[code.sub(i)] + size + " " + rm + ", " + code.imm[i];
      case Kind.SHIFT_CL -> SHIFTS[code.sub(i)] + size + " " + rm + ", cl";
      case Kind.SHIFT_X ->
          SHIFTS[code.sub(i)] + "x" + size + " " + reg + ", " + rm + ", " + register(code.third(i));
      case Kind.SET_IF -> "set" + CONDITIONS[code.sub(i)] + " " + rm;
      case Kind.MOVE_IF -> "cmov" + CONDITIONS[code.sub(i)] + size + " " + reg + ", " + rm;
      case Kind.JUMP_IF -> "j" + CONDITIONS[code.sub(i)] + " " + hex(code.imm[i]);
      case Kind.JUMP -> "jmp " + hex(code.imm[i]);
      case Kind.JUMP_RM -> "jmp " + rm;
      case Kind.CALL -> "call " + hex(code.imm[i]);
      case Kind.CALL_RM -> "call " + rm;
      case Kind.RETURN -> "ret " + code.imm[i];
      case Kind.PUSH -> "push " + reg;
      case Kind.POP -> "pop " + reg;
      case Kind.PUSH_RM -> "push " + rm;
      case Kind.PUSH_IMM -> "push " + code.imm[i];
      case Kind.POP_RM -> "pop " + rm;
      case Kind.LEAVE -> "jmp " + hex(code.imm[i]);
      case Kind.TRAP -> code.base(i) == Machine.R15 ? "call " + rm : "ud2";
      case Kind.NONE -> "?";
      default -> "kind " + code.kind(i) + size + " " + reg + ", " + rm;
    };
  }

  private static String hex(long offset) {
    return "0x" + Long.toHexString(offset);
  }

  private static String register(int number) {
    if (number >= Instructions.VECTOR) {
      return "xmm" + (number - Instructions.VECTOR);
    }
    return number < 0 ? "?" : REGISTERS[number];
  }

  private String operand(int i) {
    if (!code.isMemory(i)) {
      return register(code.rm(i));
    }
    StringBuilder text = new StringBuilder("[");
    if (code.base(i) == Instructions.PC) {
      return text.append("pc ").append(hex(code.disp[i])).append(']').toString();
    }
    if (code.base(i) >= 0) {
      text.append(register(code.base(i)));
    }
    if (code.index(i) >= 0) {
      text.append(" + ").append(register(code.index(i))).append(" * ").append(1 << code.shift(i));
    }
    return text.append(code.disp[i] < 0 ? " - " : " + ")
        .append(Math.abs((long) code.disp[i]))
        .append(']')
        .toString();
  }
}
