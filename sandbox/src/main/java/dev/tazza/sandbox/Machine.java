package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.DEAD;

/**
 * What the parts of a {@link Proof} share: the function, and what is known where the proof has come
 * to.
 */
final class Machine {
  static final int RSP = 4;
  static final int RBP = 5;

  /** In code that uses up fuel, what is left; any number, of which nothing depends. */
  static final int FUEL = 12;

  static final int R14 = 14;
  static final int R15 = 15;

  /** Bytes below the checked part of the stack that every function may use; see {@code Frame}. */
  static final int UNCHECKED_STACK = 1024 + 16;

  /** Functions with more than 8 MiB of stack are not compiled. */
  private static final int MOST_SLOTS = 1 << 20;

  final Instructions code = new Instructions();
  final ProofValues values;
  final Arithmetic arithmetic;
  final Conditions conditions;
  final Joins joins;
  final ModuleRules rules;
  final Callees callees;
  Role role;
  State state;

  /** The instruction under way. */
  int at;

  /** By instruction: its trap code, 0 for none. */
  int[] traps = new int[256];

  /**
   * By instruction: how far down the stack a call there leaves the function's own, or {@link
   * #NO_CALL}.
   */
  long[] callEnds = new long[256];

  static final long NO_CALL = Long.MAX_VALUE;

  final Records records = new Records();
  final JumpTables tables = new JumpTables(code);

  byte[] text = {};

  /** Offset of the function in the text. */
  int start;

  /** Size of the function with its constants. */
  int codeBytes;

  /** Stack bytes of the function's arguments and results, which its caller has made room for. */
  int incoming;

  Machine(ModuleRules rules, Callees callees, Role role, Room room) {
    values = new ProofValues(room);
    state = new State(room);
    arithmetic = new Arithmetic(values);
    this.rules = rules;
    this.callees = callees;
    this.role = role;
    joins = new Joins(values, rules);
    conditions = new Conditions(values, joins, room);
  }

  /** The 8 bytes at an offset from the function's start, which is within it. */
  long constantAt(int offset) {
    long bits = 0;
    for (int i = 7; i >= 0; i--) {
      bits = bits << 8 | text[start + offset + i] & 0xff;
    }
    return bits;
  }

  /** Control does not come behind the instruction. */
  boolean hasEnded;

  /** What could not be proved, while that is only noted. */
  boolean isLenient;

  boolean hasFailed;

  /**
   * Something could not be proved, without consequences for what follows: rejects the function, or
   * notes it as long as the proof only looks for what holds in loops.
   */
  void fail(String reason) {
    if (!isLenient) {
      throw reject(reason);
    }
    hasFailed = true;
  }

  Rejection reject(String reason) {
    return new Rejection(at, reason);
  }

  /** The call under way leaves what is on the stack from {@code end} upwards. */
  void noteCall(long end) {
    callEnds[at] = callEnds[at] == NO_CALL ? end : Math.max(end, callEnds[at]);
  }

  /** The value in a register. */
  int register(int number) {
    int value = state.at[number];
    if (value == DEAD) {
      value = values.unknown();
      state.at[number] = value;
    }
    return value;
  }

  /** Writes a register that the code may write as it likes. */
  void setRegister(int number, int value) {
    if (number == R15 || number == RSP || number == RBP) {
      throw reject("writes a register that has a fixed job");
    }
    state.at[number] = value;
  }

  /** Distance of rsp from where it was at the function's start. */
  long stackPointer() {
    return values.low[state.at[RSP]];
  }

  void setStackPointer(long distance) {
    if ((distance & 7) != 0) {
      throw reject("the stack pointer is not aligned");
    }
    if (-distance > (long) Math.max(state.checked, 0) + UNCHECKED_STACK) {
      throw reject("uses more stack than was checked");
    }
    long before = stackPointer();
    state.at[RSP] = values.pointer(ProofValues.STACK, 0, distance);
    if (distance > before) {
      // What is below belongs to whoever comes next, or to a signal handler.
      state.cut(State.FIRST_SLOT + slot(distance) + 1);
    }
  }

  /** The slot of 8 bytes at a distance; -1 for the end of what the caller has passed. */
  int slot(long distance) {
    long slot = incoming - distance >> 3;
    if (slot < -1 || slot > MOST_SLOTS) {
      throw reject("the stack pointer is not in the function's part of the stack");
    }
    return (int) slot;
  }

  private int place(long distance) {
    int slot = slot(distance);
    if (slot < 0) {
      throw reject("uses the stack above what the caller has passed");
    }
    return State.FIRST_SLOT + slot;
  }

  /** What is in the 8 bytes of the stack at {@code distance}. */
  int stackValue(long distance) {
    int place = place(distance);
    int value = state.get(place);
    if (value == DEAD) {
      value = values.unknown();
      state.set(place, value);
    }
    return value;
  }

  void setStackValue(long distance, int value) {
    state.set(place(distance), value);
  }

  /** Whether {@code value} may be passed on as a function reference of a type. */
  boolean isReference(int value, int type) {
    return joins.isReference(value, type);
  }
}
