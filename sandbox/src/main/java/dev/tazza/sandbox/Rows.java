package dev.tazza.sandbox;

/**
 * The table of instructions that may occur: a row, packed into an int, by opcode map, mandatory
 * prefix and opcode byte. What has no row is rejected. To allow another instruction, add a row and,
 * if it is of a new kind, its effect in {@link Proof}.
 *
 * <pre>
 *   bits 0–7    {@link Kind}
 *   bits 8–15   its operation
 *   bits 16–18  width of a memory operand: 0 operand size, else log2 + 1
 *   bits 19–20  immediate: 0 none, 1 one byte, 2 four bytes (two with a prefix of 66)
 *   from 21     flags
 * </pre>
 *
 * Opcodes that mean eight instructions by a field of ModRM are rows of kind {@code NONE} with
 * {@link #GROUP} and a group's place in a table of theirs.
 */
final class Rows {
  static final int SUB_SHIFT = 8;
  static final int WIDTH_SHIFT = 16;
  static final int IMM_SHIFT = 19;

  static final int MODRM = 1 << 21;

  /** The reg field is a vector register. */
  static final int REG_VECTOR = 1 << 22;

  /** The r/m field, when it is a register, is a vector register. */
  static final int RM_VECTOR = 1 << 23;

  /** May have a VEX prefix, and then does the same with one operand more. */
  static final int VEX_TOO = 1 << 24;

  /** Has to have a VEX prefix. */
  static final int VEX_ONLY = 1 << 25;

  /** See the class. */
  static final int GROUP = 1 << 26;

  /** One-byte operation on registers. */
  static final int BYTE = 1 << 27;

  /** The register is in the low bits of the opcode. */
  static final int REG_IN_OPCODE = 1 << 28;

  /** Cannot take a memory operand. */
  static final int REGISTER_ONLY = 1 << 29;

  /** Cannot take a register in the r/m field. */
  static final int MEMORY_ONLY = 1 << 30;

  static final int NP = 0;
  static final int P66 = 1;
  static final int PF3 = 2;
  static final int PF2 = 3;

  static final int W1 = 1 << WIDTH_SHIFT;
  static final int W2 = 2 << WIDTH_SHIFT;
  static final int W4 = 3 << WIDTH_SHIFT;
  static final int W8 = 4 << WIDTH_SHIFT;
  static final int W16 = 5 << WIDTH_SHIFT;
  static final int IMM8 = 1 << IMM_SHIFT;
  private static final int IMM_FULL = 2 << IMM_SHIFT;
  static final int VECTORS = MODRM | REG_VECTOR | RM_VECTOR | VEX_TOO;

  /** By map (none, 0F, 0F 38, 0F 3A), prefix and opcode. */
  private static final int[] TABLE = new int[4 * 4 * 256];

  /** By opcode of the group, in the order of {@link #GROUPS}, and digit. */
  private static final int[] GROUP_TABLE = new int[16 * 8];

  private static final int[] GROUPS = {
    0x80, 0x81, 0x83, 0xc1, 0xd1, 0xd3, 0xf6, 0xf7, 0xff, 0x8f, 0xc6, 0xc7, 0x1ba, 0x171, 0x172,
    0x173,
  };

  static {
    integers();
    control();
    bits();
    atomics();
    floats();
    VectorRows.put();
    groups();
  }

  private Rows() {}

  static int row(int map, int prefix, int opcode) {
    return TABLE[(map << 2 | prefix) << 8 | opcode];
  }

  /** The row of the member {@code digit} of the group that {@code row} stands for. */
  static int member(int row, int digit) {
    return GROUP_TABLE[row >> SUB_SHIFT & 0xff | digit];
  }

  static void put(int map, int prefix, int opcode, int row) {
    TABLE[(map << 2 | prefix) << 8 | opcode] = row;
  }

  static int op(int kind, int sub) {
    return kind | sub << SUB_SHIFT;
  }

  /** One-byte map, with and without the operand size prefix. */
  private static void sized(int opcode, int row) {
    put(0, NP, opcode, row);
    put(0, P66, opcode, row);
  }

  private static void integers() {
    for (int operation = Kind.ADD; operation <= Kind.CMP; operation++) {
      int first = operation << 3;
      put(0, NP, first, op(Kind.ALU_RM, operation) | MODRM | BYTE | W1);
      sized(first | 1, op(Kind.ALU_RM, operation) | MODRM);
      put(0, NP, first | 2, op(Kind.ALU_REG, operation) | MODRM | BYTE | W1);
      sized(first | 3, op(Kind.ALU_REG, operation) | MODRM);
    }
    put(0, NP, 0x84, op(Kind.ALU_RM, Kind.TEST) | MODRM | BYTE | W1);
    sized(0x85, op(Kind.ALU_RM, Kind.TEST) | MODRM);
    put(0, NP, 0x88, Kind.STORE | MODRM | BYTE | W1);
    sized(0x89, Kind.STORE | MODRM);
    put(0, NP, 0x8b, Kind.MOVE | MODRM);
    put(0, NP, 0x8d, Kind.LEA | MODRM | MEMORY_ONLY);
    put(0, NP, 0x63, Kind.MOVE_SIGN | MODRM | W4);
    put(0, NP, 0x69, Kind.IMUL_IMM | MODRM | IMM_FULL);
    put(0, NP, 0x6b, Kind.IMUL_IMM | MODRM | IMM8);
    put(0, NP, 0xc6, groupRow(0xc6));
    group(0xc6, 0, Kind.STORE_IMM | MODRM | BYTE | W1 | IMM8);
    sized(0xc7, groupRow(0xc7));
    group(0xc7, 0, Kind.STORE_IMM | MODRM | IMM_FULL);
    for (int i = 0; i < 8; i++) {
      put(0, NP, 0xb8 | i, Kind.MOVE_IMM | REG_IN_OPCODE);
      put(0, NP, 0x50 | i, Kind.PUSH | REG_IN_OPCODE);
      put(0, NP, 0x58 | i, Kind.POP | REG_IN_OPCODE);
    }
    put(0, NP, 0x99, Kind.SIGN);
    put(1, NP, 0xaf, op(Kind.ALU_REG, Kind.IMUL) | MODRM);
    put(1, NP, 0xb6, Kind.MOVE_ZERO | MODRM | W1);
    put(1, NP, 0xb7, Kind.MOVE_ZERO | MODRM | W2);
    put(1, NP, 0xbe, Kind.MOVE_SIGN | MODRM | W1);
    put(1, NP, 0xbf, Kind.MOVE_SIGN | MODRM | W2);
  }

  private static void control() {
    sized(0x90, Kind.NOP);
    put(1, NP, 0x1f, Kind.NOP | MODRM);
    put(1, P66, 0x1f, Kind.NOP | MODRM);
    put(1, NP, 0x0b, Kind.TRAP);
    put(0, NP, 0x68, Kind.PUSH_IMM | IMM_FULL);
    put(0, NP, 0x8f, groupRow(0x8f));
    group(0x8f, 0, Kind.POP_RM | MODRM | W8 | MEMORY_ONLY);
    group(0xff, 6, Kind.PUSH_RM | MODRM | W8 | MEMORY_ONLY);
    put(0, NP, 0xc3, Kind.RETURN);
    put(0, NP, 0xc2, Kind.RETURN | IMM_FULL);
    put(0, NP, 0xe8, Kind.CALL | IMM_FULL);
    put(0, NP, 0xe9, Kind.JUMP | IMM_FULL);
    put(0, NP, 0xeb, Kind.JUMP | IMM8);
    for (int cond = 0; cond < 16; cond++) {
      put(0, NP, 0x70 | cond, op(Kind.JUMP_IF, cond) | IMM8);
      put(1, NP, 0x80 | cond, op(Kind.JUMP_IF, cond) | IMM_FULL);
      put(1, NP, 0x90 | cond, op(Kind.SET_IF, cond) | MODRM | BYTE | W1 | REGISTER_ONLY);
      put(1, NP, 0x40 | cond, op(Kind.MOVE_IF, cond) | MODRM);
    }
  }

  private static void bits() {
    put(1, PF3, 0xbd, Kind.COUNT_BITS | MODRM);
    put(1, PF3, 0xbc, Kind.COUNT_BITS | MODRM);
    put(1, PF3, 0xb8, Kind.COUNT_BITS | MODRM);
    put(1, NP, 0xbc, Kind.SCAN_BITS | MODRM);
    put(1, NP, 0xbd, Kind.SCAN_BITS | MODRM);
    // With a memory operand the bit's number would be part of the address.
    put(1, NP, 0xa3, Kind.TEST_BIT | MODRM | REGISTER_ONLY);
    put(2, NP, 0xf2, Kind.AND_NOT | MODRM | VEX_ONLY);
    put(2, NP, 0xf3, Kind.LOWEST_BIT | MODRM | VEX_ONLY);
    put(2, P66, 0xf7, op(Kind.SHIFT_X, Kind.SHL) | MODRM | VEX_ONLY);
    put(2, PF2, 0xf7, op(Kind.SHIFT_X, Kind.SHR) | MODRM | VEX_ONLY);
    put(2, PF3, 0xf7, op(Kind.SHIFT_X, Kind.SAR) | MODRM | VEX_ONLY);
  }

  private static void atomics() {
    put(0, NP, 0x86, Kind.EXCHANGE | MODRM | BYTE | W1 | MEMORY_ONLY);
    sized(0x87, Kind.EXCHANGE | MODRM | MEMORY_ONLY);
    int add = op(Kind.EXCHANGE, Kind.LOCKED) | MODRM | MEMORY_ONLY;
    int compare = op(Kind.COMPARE_EXCHANGE, Kind.LOCKED) | MODRM | MEMORY_ONLY;
    put(1, NP, 0xc0, add | BYTE | W1);
    put(1, NP, 0xb0, compare | BYTE | W1);
    for (int prefix : new int[] {NP, P66}) {
      put(1, prefix, 0xc1, add);
      put(1, prefix, 0xb1, compare);
    }
  }

  private static void floats() {
    for (int opcode : new int[] {0x51, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f}) {
      put(1, PF3, opcode, Kind.VECTOR | VECTORS | W4);
      put(1, PF2, opcode, Kind.VECTOR | VECTORS | W8);
    }
    for (int opcode : new int[] {0x54, 0x55, 0x56, 0x57, 0x28, 0x10}) {
      put(1, NP, opcode, Kind.VECTOR | VECTORS | W16);
    }
    put(1, NP, 0x11, Kind.VECTOR_STORE | VECTORS | W16 | MEMORY_ONLY);
    put(1, PF3, 0x10, Kind.VECTOR | VECTORS | W4);
    put(1, PF2, 0x10, op(Kind.VECTOR, Kind.COPY) | VECTORS | W8);
    put(1, PF3, 0x11, Kind.VECTOR_STORE | VECTORS | W4 | MEMORY_ONLY);
    put(1, PF2, 0x11, Kind.VECTOR_STORE | VECTORS | W8 | MEMORY_ONLY);
    put(1, PF3, 0x7e, op(Kind.VECTOR, Kind.COPY) | VECTORS | W8);
    put(1, P66, 0xd6, op(Kind.VECTOR_STORE, Kind.COPY) | VECTORS | W8 | MEMORY_ONLY);
    put(3, P66, 0x0a, Kind.VECTOR | VECTORS | W4 | IMM8);
    put(3, P66, 0x0b, Kind.VECTOR | VECTORS | W8 | IMM8);
    put(1, NP, 0x2e, Kind.VECTOR_COMPARE | VECTORS | W4);
    put(1, P66, 0x2e, Kind.VECTOR_COMPARE | VECTORS | W8);
    put(1, PF3, 0x2a, Kind.INT_TO_VECTOR | MODRM | REG_VECTOR | VEX_TOO);
    put(1, PF2, 0x2a, Kind.INT_TO_VECTOR | MODRM | REG_VECTOR | VEX_TOO);
    put(1, P66, 0x6e, op(Kind.INT_TO_VECTOR, Kind.COPY) | MODRM | REG_VECTOR | VEX_TOO);
    put(1, PF3, 0x2c, Kind.VECTOR_TO_INT | MODRM | RM_VECTOR | VEX_TOO | W4);
    put(1, PF2, 0x2c, Kind.VECTOR_TO_INT | MODRM | RM_VECTOR | VEX_TOO | W8);
    put(
        1,
        P66,
        0x7e,
        op(Kind.VECTOR_TO_INT, Kind.COPY) | MODRM | REG_VECTOR | VEX_TOO | REGISTER_ONLY);
  }

  private static void groups() {
    for (int opcode : new int[] {0x80, 0xf6, 0xff}) {
      put(0, NP, opcode, groupRow(opcode));
    }
    for (int opcode : new int[] {0x81, 0x83, 0xc1, 0xd1, 0xd3, 0xf7}) {
      sized(opcode, groupRow(opcode));
    }
    put(1, NP, 0xba, groupRow(0x1ba));
    for (int operation = Kind.ADD; operation <= Kind.CMP; operation++) {
      int row = op(Kind.ALU_IMM, operation) | MODRM;
      group(0x80, operation, row | BYTE | W1 | IMM8);
      group(0x81, operation, row | IMM_FULL);
      group(0x83, operation, row | IMM8);
    }
    for (int shift : new int[] {Kind.ROL, Kind.ROR, Kind.SHL, Kind.SHR, Kind.SAR}) {
      group(0xc1, shift, op(Kind.SHIFT_IMM, shift) | MODRM | IMM8 | REGISTER_ONLY);
      group(0xd1, shift, op(Kind.SHIFT_IMM, shift) | MODRM | REGISTER_ONLY);
      group(0xd3, shift, op(Kind.SHIFT_CL, shift) | MODRM | REGISTER_ONLY);
    }
    group(0xf6, 0, op(Kind.ALU_IMM, Kind.TEST) | MODRM | BYTE | W1 | IMM8);
    group(0xf7, 0, op(Kind.ALU_IMM, Kind.TEST) | MODRM | IMM_FULL);
    group(0xf7, 2, Kind.NOT | MODRM | REGISTER_ONLY);
    group(0xf7, 3, Kind.NEG | MODRM | REGISTER_ONLY);
    group(0xf7, 4, op(Kind.MUL, 0) | MODRM);
    group(0xf7, 5, op(Kind.MUL, 1) | MODRM);
    group(0xf7, 6, Kind.DIV | MODRM);
    group(0xf7, 7, Kind.IDIV | MODRM);
    group(0xff, 2, Kind.CALL_RM | MODRM | W8);
    group(0xff, 4, Kind.JUMP_RM | MODRM | W8);
    group(0x1ba, 4, Kind.TEST_BIT | MODRM | IMM8);
    int[] shiftGroups = {0x171, 0x172, 0x173};
    for (int opcode : shiftGroups) {
      put(1, P66, opcode & 0xff, groupRow(opcode));
      int row = Kind.VECTOR_SHIFT | MODRM | RM_VECTOR | VEX_TOO | IMM8 | REGISTER_ONLY;
      group(opcode, 2, row);
      group(opcode, 6, row);
      if (opcode != 0x173) {
        group(opcode, 4, row);
      } else {
        group(opcode, 3, row);
        group(opcode, 7, row);
      }
    }
    group(0x1ba, 7, Kind.INVERT_BIT | MODRM | IMM8 | REGISTER_ONLY);
  }

  static void group(int opcode, int digit, int row) {
    GROUP_TABLE[group(opcode) | digit] = row;
  }

  /** Where a group's members begin. */
  private static int group(int opcode) {
    for (int i = 0; i < GROUPS.length; i++) {
      if (GROUPS[i] == opcode) {
        return i << 3;
      }
    }
    throw new IllegalArgumentException("no group " + opcode);
  }

  private static int groupRow(int opcode) {
    return GROUP | MODRM | group(opcode) << SUB_SHIFT;
  }
}
