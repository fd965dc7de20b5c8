package dev.tazza.sandbox;

import java.util.Arrays;

/** What the parts of a {@link QuickProof} share: what is known where it has come to. */
final class QuickMachine {
  /** Places from this one on have no ids of their own. */
  static final int NAMED_PLACES = 255;

  /** What has an id at an instruction: its result, and two operands. */
  private static final int IDS = 3;

  /** The id of what is in the first place when control comes into the function. */
  static final int FIRST_NAME = 1;

  /** The id of what is not to be named. */
  static final int NO_ID = 0;

  final Machine machine;
  final Instructions code;
  final ModuleRules rules;

  /** The heads of loops that have ids of their own. */
  private int[] heads = new int[16];

  /** The first ids of these, ascending. */
  private int[] firstIds = new int[16];

  private int headCount;

  /** The next id for what is in a place at the head of a loop. */
  private int nextId;

  private boolean notesSums;

  QuickState state = new QuickState();

  /** The facts of {@link #state}. */
  long[] at = state.at;

  /** The instruction under way. */
  int instruction;

  QuickMachine(Machine machine) {
    this.machine = machine;
    code = machine.code;
    rules = machine.rules;
  }

  /**
   * @param notesSums whether to remember of what numbers are sums, for the ranges of memory that
   *     are copied or filled
   */
  void start(boolean notesSums) {
    this.notesSums = notesSums;
    if (code.count > (Fact.MOST_IDS - NAMED_PLACES) / IDS - 1) {
      throw new Unclear("more instructions than ids");
    }
    headCount = 0;
    nextId = NAMED_PLACES + 1 + IDS * code.count;
  }

  /** Goes on with what {@code known} says. */
  void use(QuickState known) {
    state = known;
    at = known.at;
  }

  // Ids.

  /** Names what is in a place when control comes into the function. */
  static int idOfPlace(int place) {
    return place < NAMED_PLACES ? place + FIRST_NAME : NO_ID;
  }

  /**
   * New ids for what is in places at the head of a loop.
   *
   * @param places how many there are, of which up to {@link #NAMED_PLACES} get ids
   * @return the first of them
   */
  int namesAtHead(int instruction, int places) {
    if (headCount == heads.length) {
      heads = Arrays.copyOf(heads, 2 * headCount);
      firstIds = Arrays.copyOf(firstIds, 2 * headCount);
    }
    int first = nextId;
    heads[headCount] = instruction;
    firstIds[headCount++] = first;
    nextId += Math.min(places, NAMED_PLACES);
    if (nextId > Fact.MOST_IDS) {
      throw new Unclear("more heads of loops than ids");
    }
    return first;
  }

  /** Where something gets this id: an instruction, or -1 at the start of the function. */
  int instructionOf(int id) {
    if (id <= NAMED_PLACES) {
      return -1;
    }
    int instruction = (id - NAMED_PLACES - 1) / IDS;
    if (instruction < code.count) {
      return instruction;
    }
    int found = Arrays.binarySearch(firstIds, 0, headCount, id);
    return heads[found < 0 ? -2 - found : found];
  }

  /** Names the result of the instruction under way. */
  int id() {
    return NAMED_PLACES + 1 + IDS * instruction;
  }

  /** Names what the instruction loads, which need not be its result. */
  int idOfLoaded() {
    return id() + 2;
  }

  /** The fact of a register, operand 1 or 2; a number gets a name if it has none. */
  long named(int register, int operand) {
    long fact = at[register];
    if (Fact.kind(fact) == Fact.NATURAL && Fact.id(fact) == 0) {
      fact = Fact.named(fact, id() + operand);
      at[register] = fact;
    }
    return fact;
  }

  /** The same of a place on the stack, for its load. */
  long namedPlace(int place) {
    long fact = state.get(place);
    if (Fact.kind(fact) == Fact.NATURAL && Fact.id(fact) == 0) {
      fact = Fact.named(fact, idOfLoaded());
      at[place] = fact;
    }
    return fact;
  }

  /** The id of exactly this number, or 0. */
  static int idOf(long fact) {
    return Fact.kind(fact) == Fact.NATURAL ? Fact.id(fact) : 0;
  }

  /**
   * Notes that the result of the instruction is {@code a + b + constant}, without overflow.
   *
   * @return the name of the result
   */
  int noteSum(long a, long b, long constant) {
    if (!notesSums) {
      return id();
    }
    int left = idOf(a);
    int right = idOf(b);
    boolean isSum = (left != 0 || Fact.isExact(a)) && (right != 0 || Fact.isExact(b));
    if (isSum && (left | right) != 0) {
      state.noteSum(id(), left, right, constant + constant(a) + constant(b));
    }
    return id();
  }

  private static long constant(long fact) {
    return Fact.isExact(fact) ? Fact.number(fact) : 0;
  }

  // Registers and the stack.

  /** Writes a register that the code may write as it likes. */
  void setRegister(int number, long fact) {
    if (number == Machine.R15 || number == Machine.RSP || number == Machine.RBP) {
      throw new Unclear("writes a register that has a fixed job");
    }
    at[number] = fact;
  }

  /** Distance of rsp from where it was at the function's start. */
  long stackPointer() {
    return Fact.distance(at[Machine.RSP]);
  }

  void setStackPointer(long distance) {
    if ((distance & 7) != 0
        || -distance > (long) Math.max(state.checked, 0) + Machine.UNCHECKED_STACK) {
      throw new Unclear("moves the stack pointer too far");
    }
    long before = stackPointer();
    at[Machine.RSP] = Fact.pointer(ProofValues.STACK, 0, distance);
    if (distance > before) {
      state.cut(State.FIRST_SLOT + machine.slot(distance) + 1);
    }
  }

  /** The place of 8 bytes of the stack. */
  int place(long distance) {
    int slot = machine.slot(distance);
    if (slot < 0) {
      throw new Unclear("uses the stack above what the caller has passed");
    }
    return State.FIRST_SLOT + slot;
  }

  long stackFact(long distance) {
    return state.get(place(distance));
  }

  void setStackFact(long distance, long fact) {
    state.set(place(distance), fact);
    at = state.at;
  }

  /** Whether it is a reference, or null, to functions of a type. */
  boolean isReference(long fact, int type) {
    return switch (Fact.kind(fact)) {
      case ProofValues.REFERENCE -> type == ReferenceTypes.ANY && Fact.distance(fact) == 0;
      case ProofValues.INSTANCE ->
          type == ReferenceTypes.ANY && rules.isOwnReference(Fact.distance(fact));
      case Fact.EXACT -> Fact.number(fact) == 0;
      default -> false;
    };
  }
}
