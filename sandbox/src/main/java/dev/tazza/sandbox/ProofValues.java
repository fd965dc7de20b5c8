package dev.tazza.sandbox;

import java.util.Arrays;

/**
 * The abstract values of one function: what is known of 64 bits. A value is a number here; it never
 * changes, so places that hold the same number hold the same 64 bits.
 *
 * <p>Each value is a {@code kind} of pointer, or none ({@link #SCALAR}), with a distance from where
 * that points to in {@code [low, high]}, a multiple of {@code step} above {@code low}. A value may
 * be known to be a constant above another one, its {@code root}: what is learnt of the one then
 * holds for the other. And it may have been compared with the length of a memory or table.
 */
final class ProofValues {
  // Kinds. Numbers:
  static final int SCALAR = 0;

  /** The current length, in bytes, of memory {@code aux}. */
  static final int MEMORY_LENGTH = 1;

  /** The current length of table {@code aux}. */
  static final int TABLE_LENGTH = 2;

  /** The number of type {@code aux}. */
  static final int TYPE_ID = 3;

  /** The type's number in the function reference {@code aux}. */
  static final int REFERENCE_TYPE = 4;

  /** An entry of the jump table at {@code aux}; the distance is its number. */
  static final int JUMP_ENTRY = 5;

  /** Not zero if a reference is of a type: which, {@link State#SUBTYPE} tells. */
  static final int SUBTYPE = 8;

  // Pointers:
  static final int FIRST_POINTER = 9;

  /** From where rsp was at the function's start. */
  static final int STACK = 34;

  static final int STORE = 9;
  static final int INSTANCE = 10;

  /** Byte 0 of memory {@code aux}. */
  static final int MEMORY = 11;

  /** The definition of an imported memory. */
  static final int MEMORY_DEFINITION = 12;

  static final int TABLE = 13;
  static final int TABLE_DEFINITION = 14;

  /** The value of an imported global. */
  static final int GLOBAL = 15;

  /** The function's own code. */
  static final int CODE = 16;

  /** A function reference or null; {@code aux} is the value with which it was found. */
  static final int REFERENCE = 17;

  /** The code that the function reference {@code aux} (or own one, see {@link #own}) has. */
  static final int REFERENCE_CODE = 18;

  static final int REFERENCE_CONTEXT = 19;
  static final int IMPORT_CODE = 20;
  static final int IMPORT_CONTEXT = 21;
  static final int STACK_LIMIT = 22;
  static final int EXIT_STUB = 23;
  static final int MEMORY_COPY = 24;
  static final int MEMORY_FILL = 25;

  /** Where entry number distance of the jump table at {@code aux} leads to. */
  static final int JUMP_TARGET = 26;

  /** What register {@code aux} held at the function's start. */
  static final int ENTRY = 27;

  static final int RETURN_ADDRESS = 28;

  /** The context of a host function, which nobody looks into here. */
  static final int HOST_CONTEXT = 29;

  /** Code and context of an imported function. */
  static final int PAIR = 30;

  /** The poll stub, or that for code that lacks fuel: they leave all registers as they are. */
  static final int POLL_STUB = 32;

  /** The throw stub, which goes on at a landing pad. */
  static final int THROW_STUB = 33;

  /** A number whose lowest byte is 0 or 1. */
  static final int FLAG = 7;

  /** The number, in the store, of tag {@code aux}. */
  static final int TAG = 6;

  /** The stub for tail calls to another context. */
  static final int CROSSING_STUB = 31;

  static final long U32 = 0xffff_ffffL;

  /** More than twice the bytes that a memory can have. */
  static final long ADDRESSES = 1L << 49;

  private static final int SHIFT_BITS = 6;

  /** No number: nothing is known, and no two places share it. Read by {@link #unknown()}. */
  static final int DEAD = 0;

  /** No comparison with a length. */
  static final byte NO_LENGTH = 0;

  static final byte OF_MEMORY = 1;
  static final byte OF_TABLE = 2;

  /** Bytes that a value takes: what the arrays below have for each. */
  private static final int BYTES = 104;

  private static final int FIRST_CAPACITY = 1024;

  /** They grow by no less than one for so many. */
  private static final int LEAST_GROWTH = 16;

  private final Room space;
  int count;
  byte[] kind = new byte[FIRST_CAPACITY];
  int[] aux = new int[FIRST_CAPACITY];
  long[] low = new long[FIRST_CAPACITY];
  long[] high = new long[FIRST_CAPACITY];
  long[] step = new long[FIRST_CAPACITY];
  int[] root = new int[FIRST_CAPACITY];
  long[] offset = new long[FIRST_CAPACITY];

  /** The value, or distance, is {@code (root << rootShift) + offset}. */
  byte[] rootShift = new byte[FIRST_CAPACITY];

  /** {@link #NO_LENGTH}, or the kind of what it was compared with. */
  byte[] lengthKind = new byte[FIRST_CAPACITY];

  int[] lengthOf = new int[FIRST_CAPACITY];

  /**
   * {@code (value >> lengthShift) + lengthSlack <=} that length; of a pointer the distance counts.
   */
  long[] lengthSlack = new long[FIRST_CAPACITY];

  byte[] lengthShift = new byte[FIRST_CAPACITY];

  /** The block for whose start it was made plus one, or 0. */
  private int[] joinedAt = new int[FIRST_CAPACITY];

  /** If it is the sum of two others: those. */
  int[] sumLeft = new int[FIRST_CAPACITY];

  int[] sumRight = new int[FIRST_CAPACITY];

  /** The value is {@code wrapRoot + wrapOffset}, cut off to 64 bits: bounds may not carry over. */
  int[] wrapRoot = new int[FIRST_CAPACITY];

  long[] wrapOffset = new long[FIRST_CAPACITY];

  /** If not {@link #DEAD}: a value that it can be increased by within the length noted of it. */
  int[] minus = new int[FIRST_CAPACITY];

  // While states are joined.
  int[] seenIn = new int[FIRST_CAPACITY];
  int[] seenWith = new int[FIRST_CAPACITY];
  int[] seenResult = new int[FIRST_CAPACITY];

  private int epoch;

  /** A number that no {@link #seenIn} holds. */
  int nextEpoch() {
    return ++epoch;
  }

  ProofValues(Room space) {
    this.space = space;
    space.take(bytes());
  }

  void start() {
    // What most values do not have is cleared for all at once.
    Arrays.fill(offset, 0, count, 0);
    Arrays.fill(rootShift, 0, count, (byte) 0);
    Arrays.fill(lengthKind, 0, count, NO_LENGTH);
    Arrays.fill(sumLeft, 0, count, DEAD);
    Arrays.fill(minus, 0, count, DEAD);
    Arrays.fill(wrapOffset, 0, count, 0);
    Arrays.fill(seenIn, 0, count, 0);
    Arrays.fill(joinedAt, 0, count, 0);
    count = 1;
    epoch = 0;
    kind[DEAD] = SCALAR;
    low[DEAD] = Long.MIN_VALUE;
    high[DEAD] = Long.MAX_VALUE;
    step[DEAD] = 1;
    root[DEAD] = DEAD;
  }

  int make(int ofKind, int ofAux, long from, long to) {
    if (count == kind.length) {
      grow();
    }
    int value = count++;
    kind[value] = (byte) ofKind;
    aux[value] = ofAux;
    low[value] = from;
    high[value] = to;
    step[value] = 1;
    root[value] = value;
    wrapRoot[value] = value;
    return value;
  }

  /** Bytes that all take. */
  long bytes() {
    return (long) BYTES * kind.length;
  }

  private void grow() {
    // Twice as many, or as there is room for, unless that is hardly any.
    int more = Math.clamp(space.left() / BYTES, count / LEAST_GROWTH, count);
    space.take((long) BYTES * more);
    resize(count + more);
  }

  /** Forgets all, and the room for more than a few. */
  void shrink() {
    start();
    resize(FIRST_CAPACITY);
  }

  private void resize(int room) {
    kind = Arrays.copyOf(kind, room);
    aux = Arrays.copyOf(aux, room);
    low = Arrays.copyOf(low, room);
    high = Arrays.copyOf(high, room);
    step = Arrays.copyOf(step, room);
    root = Arrays.copyOf(root, room);
    offset = Arrays.copyOf(offset, room);
    rootShift = Arrays.copyOf(rootShift, room);
    lengthKind = Arrays.copyOf(lengthKind, room);
    lengthOf = Arrays.copyOf(lengthOf, room);
    lengthSlack = Arrays.copyOf(lengthSlack, room);
    lengthShift = Arrays.copyOf(lengthShift, room);
    joinedAt = Arrays.copyOf(joinedAt, room);
    sumLeft = Arrays.copyOf(sumLeft, room);
    sumRight = Arrays.copyOf(sumRight, room);
    minus = Arrays.copyOf(minus, room);
    wrapRoot = Arrays.copyOf(wrapRoot, room);
    wrapOffset = Arrays.copyOf(wrapOffset, room);
    seenIn = Arrays.copyOf(seenIn, room);
    seenWith = Arrays.copyOf(seenWith, room);
    seenResult = Arrays.copyOf(seenResult, room);
  }

  /** The same for values that are a known distance apart: their root and how it is shifted. */
  int origin(int value) {
    return root[value] << SHIFT_BITS | rootShift[value];
  }

  /** Whether it was made for the start of {@code block}. */
  boolean isJoined(int value, int block) {
    return joinedAt[value] == block + 1;
  }

  void setJoined(int value, int block) {
    joinedAt[value] = block + 1;
  }

  int unknown() {
    return make(SCALAR, 0, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  int u32() {
    return make(SCALAR, 0, 0, U32);
  }

  int range(long from, long to) {
    return make(SCALAR, 0, from, to);
  }

  int constant(long bits) {
    return make(SCALAR, 0, bits, bits);
  }

  /** A pointer to {@code distance} from where its kind points to. */
  int pointer(int ofKind, int ofAux, long distance) {
    return make(ofKind, ofAux, distance, distance);
  }

  boolean isPointer(int value) {
    return kind[value] >= FIRST_POINTER;
  }

  boolean isConstant(int value) {
    return low[value] == high[value] && kind[value] <= TABLE_LENGTH;
  }

  boolean isU32(int value) {
    return low[value] >= 0 && high[value] <= U32 && !isPointer(value);
  }

  boolean is(int value, int ofKind) {
    return kind[value] == ofKind;
  }

  /** Whether it is exactly what a pointer kind points to, plus {@code distance}. */
  boolean isAt(int value, int ofKind, long distance) {
    return kind[value] == ofKind && low[value] == distance && high[value] == distance;
  }

  /** In aux of what a function's own reference number holds. */
  static int own(int referenceNumber) {
    return -1 - referenceNumber;
  }

  /** A copy of {@code value} with other bounds. */
  int withBounds(int value, long from, long to) {
    int copy = make(kind[value], aux[value], from, to);
    copyFacts(value, copy);
    root[copy] = root[value];
    offset[copy] = offset[value];
    rootShift[copy] = rootShift[value];
    if (step[value] != 1 && (from - low[value]) % step[value] == 0) {
      step[copy] = step[value];
    }
    return copy;
  }

  private void copyFacts(int value, int copy) {
    lengthKind[copy] = lengthKind[value];
    lengthOf[copy] = lengthOf[value];
    lengthSlack[copy] = lengthSlack[value];
    lengthShift[copy] = lengthShift[value];
    sumLeft[copy] = sumLeft[value];
    sumRight[copy] = sumRight[value];
    minus[copy] = minus[value];
    wrapRoot[copy] = wrapRoot[value];
    wrapOffset[copy] = wrapOffset[value];
  }

  /** A length, which is within itself. */
  int length(int kind, int of, long low, long high) {
    int result = make(kind, of, low, high);
    note(result, kind == MEMORY_LENGTH ? OF_MEMORY : OF_TABLE, of, 0, 0);
    return result;
  }

  /** Notes that {@code value}, shifted right, plus {@code slack} is at most a length. */
  void note(int value, byte what, int of, long slack, int shift) {
    lengthKind[value] = what;
    lengthOf[value] = of;
    lengthSlack[value] = slack;
    lengthShift[value] = (byte) shift;
  }

  /** The facts about a length that {@code from} has, for a value that is {@code distance} above. */
  void noteMoved(int from, int value, long distance) {
    if (lengthKind[from] != NO_LENGTH && (distance == 0 || lengthShift[from] == 0)) {
      note(
          value, lengthKind[from], lengthOf[from], lengthSlack[from] - distance, lengthShift[from]);
    }
  }

  /** {@code value + distance}, which may wrap around. */
  int wrapped(int value, long distance) {
    int result = unknown();
    wrapRoot[result] = wrapRoot[value];
    wrapOffset[result] = wrapOffset[value] + distance;
    return result;
  }

  /** {@code value + distance}, which does not wrap around; same kind, but for lengths. */
  int moved(int value, long distance) {
    if (distance == 0) {
      return value;
    }
    boolean isLength = kind[value] == MEMORY_LENGTH || kind[value] == TABLE_LENGTH;
    int result =
        make(
            isLength ? SCALAR : kind[value],
            isLength ? 0 : aux[value],
            low[value] + distance,
            high[value] + distance);
    root[result] = root[value];
    offset[result] = offset[value] + distance;
    rootShift[result] = rootShift[value];
    step[result] = step[value];
    wrapRoot[result] = wrapRoot[value];
    wrapOffset[result] = wrapOffset[value] + distance;
    noteMoved(value, result, distance);
    return result;
  }

  String text(int value) {
    String bounds =
        low[value] == Long.MIN_VALUE && high[value] == Long.MAX_VALUE
            ? ""
            : low[value] == high[value]
                ? " " + low[value]
                : " ["
                    + low[value]
                    + ", "
                    + high[value]
                    + (step[value] == 1 ? "]" : "] by " + step[value]);
    String fact = "";
    if (lengthKind[value] != NO_LENGTH) {
      fact =
          " +"
              + lengthSlack[value]
              + " within "
              + (lengthKind[value] == OF_MEMORY ? "memory " : "table ")
              + lengthOf[value];
    }
    return name(kind[value]) + (kind[value] == SCALAR ? "" : " " + aux[value]) + bounds + fact;
  }

  private static String name(int ofKind) {
    return switch (ofKind) {
      case SCALAR -> "number";
      case MEMORY_LENGTH -> "length of memory";
      case TABLE_LENGTH -> "length of table";
      case TYPE_ID -> "number of type";
      case REFERENCE_TYPE -> "type of reference";
      case SUBTYPE -> "whether a reference is of a type";
      case JUMP_ENTRY -> "jump table entry";
      case STACK -> "stack";
      case STORE -> "store context";
      case INSTANCE -> "instance";
      case MEMORY -> "memory";
      case MEMORY_DEFINITION -> "definition of memory";
      case TABLE -> "table";
      case TABLE_DEFINITION -> "definition of table";
      case GLOBAL -> "global";
      case CODE -> "code";
      case REFERENCE -> "reference";
      case REFERENCE_CODE -> "code of reference";
      case REFERENCE_CONTEXT -> "context of reference";
      case IMPORT_CODE -> "code of import";
      case IMPORT_CONTEXT -> "context of import";
      case STACK_LIMIT -> "stack limit";
      case EXIT_STUB -> "exit stub";
      case MEMORY_COPY -> "copy";
      case MEMORY_FILL -> "fill";
      case JUMP_TARGET -> "jump target";
      case ENTRY -> "caller's register";
      case RETURN_ADDRESS -> "return address";
      case HOST_CONTEXT -> "host context";
      case PAIR -> "imported function";
      case POLL_STUB -> "poll stub";
      case THROW_STUB -> "throw stub";
      case TAG -> "number of tag";
      case FLAG -> "flag";
      case CROSSING_STUB -> "crossing stub";
      default -> "kind " + ofKind;
    };
  }
}
