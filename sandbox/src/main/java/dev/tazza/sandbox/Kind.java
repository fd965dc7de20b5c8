package dev.tazza.sandbox;

/**
 * What an instruction is, as far as the proof has to tell them apart: the kinds of {@link
 * Instructions}. Ints and no enum, since they are packed into table rows and arrays.
 */
final class Kind {
  /** Not an instruction that the compiler makes. */
  static final int NONE = 0;

  /** With {@code sub} {@link #RECORD}: {@code imm} is where the record of a call is. */
  static final int NOP = 1;

  /** {@code reg = rm}, zero-extended. */
  static final int MOVE = 2;

  /** {@code rm = reg}. */
  static final int STORE = 3;

  /** {@code reg = imm}. */
  static final int MOVE_IMM = 4;

  /** {@code rm = imm}. */
  static final int STORE_IMM = 5;

  static final int LEA = 6;

  /** {@code reg = rm}, of {@code width} bytes, extended with zeros. */
  static final int MOVE_ZERO = 7;

  /** {@code reg = rm}, of {@code width} bytes, extended with the sign. */
  static final int MOVE_SIGN = 8;

  /** {@code reg = reg op rm}; the operations are below. */
  static final int ALU_REG = 9;

  /** {@code rm = rm op reg}. */
  static final int ALU_RM = 10;

  /** {@code rm = rm op imm}. */
  static final int ALU_IMM = 11;

  /** {@code reg = rm * imm}. */
  static final int IMUL_IMM = 12;

  /** {@code rm = rm shifted by imm}. */
  static final int SHIFT_IMM = 13;

  /** {@code rm = rm shifted by cl}. */
  static final int SHIFT_CL = 14;

  /** {@code reg = rm shifted by third}; flags stay. */
  static final int SHIFT_X = 15;

  /** {@code rm = ~rm}; flags stay. */
  static final int NOT = 16;

  static final int NEG = 17;

  /** {@code rdx:rax = rax * rm}. */
  static final int MUL = 18;

  /** Unsigned {@code rdx:rax / rm}. */
  static final int DIV = 19;

  /** The same, signed. */
  static final int IDIV = 20;

  /** {@code rdx = sign of rax}. */
  static final int SIGN = 21;

  /** {@code reg = a count of bits of rm}. */
  static final int COUNT_BITS = 22;

  /** {@code reg = number of a bit of rm}; undefined, with the zero flag set, when there is none. */
  static final int SCAN_BITS = 23;

  /** {@code reg = ~third & rm}. */
  static final int AND_NOT = 24;

  /** {@code third = bits of rm around its lowest one}. */
  static final int LOWEST_BIT = 25;

  static final int SET_IF = 26;
  static final int MOVE_IF = 27;
  static final int JUMP_IF = 28;
  static final int JUMP = 29;

  /** To the address in {@code rm}. */
  static final int JUMP_RM = 30;

  static final int CALL = 31;

  /** Of the address in {@code rm}. */
  static final int CALL_RM = 32;

  /** {@code imm} bytes of arguments are popped as well. */
  static final int RETURN = 33;

  static final int PUSH = 34;
  static final int POP = 35;

  /** {@code ud2}, or a call of the trap stub. */
  static final int TRAP = 36;

  /** Tests a bit of a register. */
  static final int TEST_BIT = 37;

  /** Inverts bit {@code imm} of {@code rm}. */
  static final int INVERT_BIT = 38;

  /** A vector register from another one or memory; {@code sub} 1: an exact copy of 8 bytes. */
  static final int VECTOR = 39;

  /** Memory from a vector register; {@code sub} as above. */
  static final int VECTOR_STORE = 40;

  /**
   * {@code reg} from a vector register or memory; {@code sub} as above, {@code rm} is the integer.
   */
  static final int VECTOR_TO_INT = 41;

  /** A vector register from an integer or memory; {@code sub} as above. */
  static final int INT_TO_VECTOR = 42;

  /** Sets flags from vector registers or memory. */
  static final int VECTOR_COMPARE = 43;

  /** The vector register {@code rm} becomes one shifted by an immediate. */
  static final int VECTOR_SHIFT = 44;

  /** {@code rm}, an integer register or memory, from a lane of a vector register. */
  static final int LANE_TO_INT = 45;

  /** Of memory; {@link #PUSH} is of a register. */
  static final int PUSH_RM = 46;

  static final int POP_RM = 47;
  static final int PUSH_IMM = 48;

  /** A jump to outside of the function. */
  static final int LEAVE = 49;

  /** {@code reg = rm}, and memory {@code rm} becomes something else, from {@code reg}. */
  static final int EXCHANGE = 50;

  /** Memory {@code rm} and rax, compared, become something else. */
  static final int COMPARE_EXCHANGE = 51;

  // Operations of ALU_*, by the manual's numbers of the first eight.

  static final int ADD = 0;
  static final int OR = 1;
  static final int ADC = 2;
  static final int SBB = 3;
  static final int AND = 4;
  static final int SUB = 5;
  static final int XOR = 6;
  static final int CMP = 7;
  static final int TEST = 8;
  static final int IMUL = 9;

  // Shifts, likewise.

  static final int ROL = 0;
  static final int ROR = 1;
  static final int SHL = 4;
  static final int SHR = 5;
  static final int SAR = 7;

  /** Marks what has to have the prefix that locks; other instructions with memory may. */
  static final int LOCKED = 3;

  /** Marks exact copies of 8 bytes, and of integers between register files. */
  static final int COPY = 1;

  /** Marks what stands at a return address and leads to a record, see {@link Records}. */
  static final int RECORD = 2;

  private Kind() {}
}
