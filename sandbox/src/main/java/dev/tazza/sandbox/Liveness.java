package dev.tazza.sandbox;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which places are still read, and which a loop changes: what need not be joined, and what a loop's
 * start had better not hold on to. A guess, for speed alone: what is forgotten for no reason can
 * make a proof fail, but never succeed.
 *
 * <p>Sets of places are some words each: bits 0–15 are the registers, then come the slots of the
 * stack as in a {@link State}. Only slots that are addressed by rbp are seen; those that have no
 * bit are taken for read and not changed.
 */
final class Liveness {
  private static final int FIRST_SLOT = 16;
  private static final int MOST_WORDS = 8;

  /**
   * Sweeps over the blocks; one suffices but for what is read in another round of an outer loop.
   */
  private static final int MOST_SWEEPS = 32;

  /** So many instructions at most are a function's start. */
  private static final int START = 10;

  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;
  private static final int R11 = 11;

  /** What is read and written by a kind of instruction. */
  private static final int READS_REG = 1;

  private static final int WRITES_REG = 2;
  private static final int READS_RM = 4;
  private static final int WRITES_RM = 8;
  private static final int READS_THIRD = 16;
  private static final byte[] OPERANDS = new byte[64];

  /** Always of interest. */
  private static final int FIXED = 1 << Machine.RSP | 1 << Machine.RBP | 1 << Machine.R15;

  private static final int PRESERVED = FIXED | 1 << 3 | 1 << 12 | 1 << 13 | 1 << Machine.R14;
  private static final int REGISTERS = 0xffff;
  private static final int ALL_PARAMS = 0b111_1100_0111;

  static {
    for (int kind : new int[] {Kind.MOVE, Kind.MOVE_ZERO, Kind.MOVE_SIGN, Kind.IMUL_IMM}) {
      OPERANDS[kind] = WRITES_REG | READS_RM;
    }
    for (int kind : new int[] {Kind.COUNT_BITS, Kind.SCAN_BITS}) {
      OPERANDS[kind] = WRITES_REG | READS_RM;
    }
    for (int kind : new int[] {Kind.ALU_IMM, Kind.SHIFT_IMM, Kind.SHIFT_CL, Kind.NOT}) {
      OPERANDS[kind] = READS_RM | WRITES_RM;
    }
    for (int kind : new int[] {Kind.NEG, Kind.SET_IF, Kind.INVERT_BIT}) {
      OPERANDS[kind] = READS_RM | WRITES_RM;
    }
    for (int kind : new int[] {Kind.MUL, Kind.DIV, Kind.IDIV, Kind.JUMP_RM, Kind.CALL_RM}) {
      OPERANDS[kind] = READS_RM;
    }
    for (int kind : new int[] {Kind.INT_TO_VECTOR, Kind.VECTOR, Kind.VECTOR_COMPARE}) {
      OPERANDS[kind] = READS_RM;
    }
    OPERANDS[Kind.STORE] = READS_REG | WRITES_RM;
    OPERANDS[Kind.MOVE_IMM] = WRITES_REG;
    OPERANDS[Kind.STORE_IMM] = WRITES_RM;
    OPERANDS[Kind.LEA] = WRITES_REG;
    OPERANDS[Kind.ALU_REG] = READS_REG | WRITES_REG | READS_RM;
    OPERANDS[Kind.ALU_RM] = READS_REG | READS_RM | WRITES_RM;
    OPERANDS[Kind.EXCHANGE] = READS_REG | WRITES_REG | READS_RM | WRITES_RM;
    OPERANDS[Kind.COMPARE_EXCHANGE] = READS_REG | READS_RM | WRITES_RM;
    OPERANDS[Kind.SHIFT_X] = WRITES_REG | READS_RM | READS_THIRD;
    OPERANDS[Kind.AND_NOT] = WRITES_REG | READS_RM | READS_THIRD;
    OPERANDS[Kind.LOWEST_BIT] = READS_RM;
    OPERANDS[Kind.MOVE_IF] = READS_REG | WRITES_REG | READS_RM;
    OPERANDS[Kind.PUSH] = READS_REG;
    OPERANDS[Kind.PUSH_RM] = READS_RM;
    OPERANDS[Kind.POP_RM] = WRITES_RM;
    OPERANDS[Kind.POP] = WRITES_REG;
    OPERANDS[Kind.TEST_BIT] = READS_REG | READS_RM;
    OPERANDS[Kind.VECTOR_STORE] = WRITES_RM;
    OPERANDS[Kind.VECTOR_TO_INT] = WRITES_REG | READS_RM;
    OPERANDS[Kind.LANE_TO_INT] = WRITES_RM;
    OPERANDS[Kind.PUSH_RM] = READS_RM;
  }

  /** The registers that a call may change. */
  static final BitSet CALL_WRITES = BitSet.valueOf(new long[] {~PRESERVED & REGISTERS});

  private final Instructions code;
  private final Blocks blocks;
  private final Machine machine;

  /** Of loops with fewer blocks it is found out which these are. */
  private static final int SHORT = 256;

  /** Words of a set. */
  private int words;

  /** By block: what it reads before it writes it, what it writes, and what is live at its start. */
  private long[] reads = new long[64];

  private long[] writes = new long[64];
  private long[] live = new long[64];

  /** By place in the order of a loop's start: what its blocks write. */
  private long[] changed = new long[64];

  /** Of the instruction under way: registers. */
  private int read;

  private int written;

  /** Of the instruction under way: a slot, or -1. */
  private int slotRead;

  private int slotWritten;

  /** The registers that a return reads. */
  private int results;

  /** How far the return address was moved down for the arguments of tail calls. */
  private int growth;

  /** Slots up to this one are read without being addressed: return address, saved registers. */
  private int saved;

  Liveness(Machine machine, Blocks blocks) {
    this.machine = machine;
    this.blocks = blocks;
    code = machine.code;
  }

  /** Whether instructions of a kind write the register of their reg field. */
  static boolean writesReg(int kind) {
    return (OPERANDS[kind] & WRITES_REG) != 0;
  }

  /** Whether they write their register or memory operand. */
  static boolean writesRm(int kind) {
    return (OPERANDS[kind] & WRITES_RM) != 0;
  }

  /** Finds out about the function whose blocks were found. */
  void find() {
    measure();
    int room = blocks.count * words;
    if (reads.length < room) {
      reads = new long[2 * room];
      writes = new long[2 * room];
      live = new long[2 * room];
      changed = new long[2 * room];
    }
    Arrays.fill(reads, 0, room, 0);
    Arrays.fill(writes, 0, room, 0);
    Arrays.fill(live, 0, room, 0);
    results = PRESERVED | mask(machine.role.convention().results);
    for (int i = 0; i < blocks.reached; i++) {
      look(blocks.order[i]);
    }
    sweep(true);
    int sweeps = 1;
    while (sweeps < MOST_SWEEPS && sweep(false)) {
      sweeps++;
    }
    if (sweeps > 1) {
      // Once more before the loops.
      sweep(true);
    }
    findChanges();
  }

  /** What the function's start says: the size of the frame, and how many registers are pushed. */
  private void measure() {
    int first = 2;
    growth = 0;
    for (int i = 1; i < Math.min(code.count, START); i++) {
      if (code.kind(i) == Kind.PUSH_RM) {
        growth = (int) code.imm[i - 1] + 8;
        first = i + 3;
        break;
      }
    }
    saved = slot(-8);
    int frame = 0;
    for (int i = first; i < Math.min(code.count, first + START); i++) {
      if (code.kind(i) == Kind.PUSH) {
        saved++;
      } else if (code.kind(i) == Kind.ALU_IMM && code.rm(i) == Machine.RSP) {
        frame = (int) Math.min(code.imm[i] >> 3, MOST_WORDS * Long.SIZE);
        break;
      }
    }
    words = Math.clamp((FIRST_SLOT + saved + frame) / Long.SIZE + 1, 1, MOST_WORDS);
  }

  private static int mask(Convention.ProofValues values) {
    int mask = 0;
    for (int register : values.registers()) {
      if (register >= 0) {
        mask |= 1 << register;
      }
    }
    return mask;
  }

  private void look(int block) {
    int at = block * words;
    int end = blocks.first[block + 1];
    for (int i = blocks.first[block]; i < end; i++) {
      look(i, OPERANDS[code.kind(i)]);
      reads[at] |= read & ~writes[at];
      writes[at] |= written;
      if (slotRead >= 0) {
        int word = at + (slotRead >> 6);
        reads[word] |= 1L << slotRead & ~writes[word];
      }
      if (slotWritten >= 0) {
        writes[at + (slotWritten >> 6)] |= 1L << slotWritten;
      }
    }
  }

  /** Sets what instruction {@code i} reads and writes. */
  private void operands(int i, int operands) {
    read = 0;
    written = 0;
    slotRead = -1;
    slotWritten = -1;
    if ((operands & (READS_REG | WRITES_REG)) != 0 && code.reg(i) < Instructions.VECTOR) {
      int reg = 1 << code.reg(i);
      read |= (operands & READS_REG) != 0 ? reg : 0;
      written |= (operands & WRITES_REG) != 0 ? reg : 0;
    }
    if (!code.isMemory(i)) {
      if (code.rm(i) < Instructions.VECTOR) {
        int rm = 1 << code.rm(i);
        read |= (operands & READS_RM) != 0 ? rm : 0;
        written |= (operands & WRITES_RM) != 0 ? rm : 0;
      }
    } else if (code.base(i) == Machine.RBP && code.index(i) < 0) {
      int slot = slotWithBit(code.disp[i]);
      slotRead = (operands & READS_RM) != 0 ? slot : -1;
      slotWritten = (operands & WRITES_RM) != 0 ? slot : -1;
    } else {
      read |= code.base(i) >= 0 ? 1 << code.base(i) : 0;
      read |= code.index(i) >= 0 ? 1 << code.index(i) : 0;
    }
    read |= (operands & READS_THIRD) != 0 ? 1 << code.third(i) : 0;
  }

  /** The bit of the slot at {@code [rbp + disp]}, or -1. */
  private int slotWithBit(int disp) {
    int slot = FIRST_SLOT + slot(disp);
    return slot >= FIRST_SLOT && slot < words * Long.SIZE ? slot : -1;
  }

  /**
   * The number of the slot at {@code [rbp + disp]}; rbp is 8 below where the return address is
   * kept.
   */
  private int slot(int disp) {
    return machine.incoming + growth + 8 - disp + 7 >> 3;
  }

  private void look(int i, int operands) {
    operands(i, operands);
    switch (code.kind(i)) {
      case Kind.ALU_REG, Kind.ALU_RM, Kind.ALU_IMM -> {
        boolean compares = code.sub(i) == Kind.CMP || code.sub(i) == Kind.TEST;
        boolean clears = code.sub(i) == Kind.XOR || code.sub(i) == Kind.SUB;
        if (compares) {
          written = 0;
          slotWritten = -1;
        } else if (clears && code.kind(i) != Kind.ALU_IMM && code.rm(i) == code.reg(i)) {
          read = 0;
        }
      }
      case Kind.MUL, Kind.DIV, Kind.IDIV -> {
        read |= 1 << RAX | 1 << RDX;
        written |= 1 << RAX | 1 << RDX;
      }
      case Kind.COMPARE_EXCHANGE -> {
        read |= 1 << RAX;
        written |= 1 << RAX;
      }
      case Kind.SIGN -> {
        read |= 1 << RAX;
        written |= 1 << RDX;
      }
      case Kind.SHIFT_CL -> read |= 1 << RCX;
      case Kind.NOP -> {
        // Who comes to a handler has read the frame's context.
        if (code.sub(i) == Kind.RECORD && machine.records.handlers((int) code.imm[i]) > 0) {
          slotRead = slotWithBit(machine.records.context((int) code.imm[i]));
        }
      }
      case Kind.LOWEST_BIT -> written |= 1 << code.third(i);
      case Kind.VECTOR_TO_INT -> {
        if (code.sub(i) == Kind.COPY && !code.isMemory(i)) {
          written = 1 << code.rm(i);
          read = 0;
        }
      }
      case Kind.CALL -> call(machine.callees.at(code.imm[i]));
      case Kind.CALL_RM -> call(Callees.NONE);
      case Kind.JUMP_RM -> {
        if (blocks.isCall(i)) {
          call(Callees.NONE);
        } else if (code.isMemory(i)) {
          read |= PRESERVED | ALL_PARAMS | 1 << R11;
        } else if (blocks.isWayOut(i)) {
          read |= results;
        }
      }
      case Kind.LEAVE -> {
        int callee = machine.callees.at(code.imm[i]);
        boolean known = callee >= 0;
        int params = known ? mask(machine.rules.conventionOfFunction(callee).params) : ALL_PARAMS;
        read |= PRESERVED | params;
      }
      case Kind.RETURN -> read |= results;
      default -> {}
    }
  }

  private void call(int callee) {
    read |= 1 << Machine.R14;
    written |= ~PRESERVED & REGISTERS;
    read |= callee < 0 ? ALL_PARAMS : mask(machine.rules.conventionOfFunction(callee).params);
  }

  /**
   * Goes over the blocks once, from the last one to the first.
   *
   * @param all whether over those outside of loops, too
   * @return whether something changed
   */
  private boolean sweep(boolean all) {
    boolean changes = false;
    for (int i = blocks.reached - 1; i >= 0; i--) {
      if (!all && !blocks.isRepeated[i]) {
        continue;
      }
      int block = blocks.order[i];
      int end = blocks.firstSuccessor[block + 1];
      for (int word = 0; word < words; word++) {
        long out = 0;
        for (int k = blocks.firstSuccessor[block]; k < end; k++) {
          out |= live[blocks.successors[k] * words + word];
        }
        int at = block * words + word;
        long in = reads[at] | out & ~writes[at];
        changes |= in != live[at];
        live[at] = in;
      }
    }
    return changes;
  }

  /** Inner loops first, so that outer ones need not look at their blocks again. */
  private void findChanges() {
    for (int i = blocks.reached - 1; i >= 0; i--) {
      int last = blocks.lastBack[i];
      if (last >= 0) {
        System.arraycopy(writes, blocks.order[i] * words, changed, i * words, words);
        for (int k = i + 1; k <= last; k++) {
          boolean isInner = blocks.lastBack[k] >= 0;
          for (int word = 0; word < words; word++) {
            changed[i * words + word] |=
                isInner ? changed[k * words + word] : writes[blocks.order[k] * words + word];
          }
          k = isInner ? Math.max(k, blocks.lastBack[k]) : k;
        }
      }
    }
  }

  /** Forgets what is not read from the start of {@code block} on. */
  void forgetDead(State state, int block) {
    int at = block * words;
    state.forget(~live[at] & REGISTERS & ~FIXED, 0);
    state.forget(1, State.COPY_REGISTER);
    for (int word = 0; word < words; word++) {
      state.forget(slots(~live[at + word], word), placeOf(word));
    }
  }

  private static int placeOf(int word) {
    return word * Long.SIZE + State.FIRST_SLOT - FIRST_SLOT;
  }

  /** Without the registers, and slots that are saved. */
  private long slots(long set, int word) {
    long rest = word == 0 ? set & ~REGISTERS : set;
    int pinned = FIRST_SLOT + saved + 1 - word * Long.SIZE;
    return pinned <= 0 ? rest : pinned >= Long.SIZE ? 0 : rest & -1L << pinned;
  }

  /** How many words {@link #changedAt} has for each block. */
  int words() {
    return words;
  }

  /** What the loop that starts at {@code block} changes and reads. */
  long changedAt(int block, int word) {
    return ofInterest(changed[blocks.place[block] * words + word], block, word);
  }

  private long ofInterest(long all, int block, int word) {
    long set = all & live[block * words + word];
    return slots(set, word) | (word == 0 ? set & REGISTERS & ~FIXED : 0);
  }

  /** Removes those of {@code places} that the loop which starts at {@code block} leaves alone. */
  void keepChanged(BitSet places, int block) {
    places.and(changedIn(block));
  }

  /** The places that the loop which starts at {@code block} changes. */
  BitSet changedIn(int block) {
    BitSet inside = blocksOfLoop(blocks.place[block]);
    BitSet all = new BitSet();
    for (int word = 0; word < words; word++) {
      long set = 0;
      for (int k = inside.nextSetBit(0); k >= 0; k = inside.nextSetBit(k + 1)) {
        set |= writes[blocks.order[k] * words + word];
      }
      long rest = ofInterest(set, block, word);
      for (; rest != 0; rest &= rest - 1) {
        all.set(place(word, Long.numberOfTrailingZeros(rest)));
      }
    }
    return all;
  }

  /**
   * The places in the order of the blocks of a loop: of short ones only those from which a way
   * leads back to the loop's start, otherwise all up to the last with such a way.
   */
  private BitSet blocksOfLoop(int start) {
    int last = blocks.lastBack[start];
    BitSet inside = new BitSet();
    if (last - start > SHORT) {
      inside.set(start, last + 1);
      return inside;
    }
    inside.set(start);
    int before;
    do {
      before = inside.cardinality();
      for (int k = last; k > start; k--) {
        int end = blocks.firstSuccessor[blocks.order[k] + 1];
        for (int i = blocks.firstSuccessor[blocks.order[k]]; i < end; i++) {
          int to = blocks.place[blocks.successors[i]];
          if (to >= start && inside.get(to)) {
            inside.set(k);
          }
        }
      }
    } while (inside.cardinality() > before);
    return inside;
  }

  /** The place in a state that a bit stands for. */
  static int place(int word, int bit) {
    return word == 0 && bit < FIRST_SLOT ? bit : placeOf(word) + bit;
  }
}
