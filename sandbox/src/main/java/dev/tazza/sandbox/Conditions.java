package dev.tazza.sandbox;

/** What the flags tell of, and what a state learns from a jump on them. */
final class Conditions {
  // Condition codes of the manual.
  static final int O = 0;
  static final int B = 2;
  static final int AE = 3;
  static final int E = 4;
  static final int NE = 5;
  static final int BE = 6;
  static final int A = 7;
  static final int S = 8;
  static final int NS = 9;
  static final int L = 12;
  static final int GE = 13;
  static final int LE = 14;
  static final int G = 15;

  private static final int NOTHING = 0;
  private static final int COMPARE = 1;
  private static final int RESULT = 2;
  private static final int LOGIC = 3;
  private static final int SCAN = 4;

  private final ProofValues values;
  private final Joins joins;
  private final State chosen;
  private int about = NOTHING;
  private int left;
  private int right;
  private int size;

  /** While a state is refined: it turned out that the jump cannot be taken. */
  private boolean impossible;

  private int epoch;
  private int lengthWhen = ProofValues.DEAD;

  Conditions(ProofValues values, Joins joins, Room room) {
    chosen = new State(room);
    this.values = values;
    this.joins = joins;
  }

  void forget() {
    about = NOTHING;
  }

  void compare(int a, int b, int bytes) {
    about = COMPARE;
    left = a;
    right = b;
    size = bytes;
    if (joins.isCurious && !values.isPointer(a) && !values.isPointer(b)) {
      joins.noteLimit(a, values.low[b], values.high[b]);
      joins.noteLimit(b, values.low[a], values.high[a]);
    }
  }

  /** The flags tell of a result; {@code logic}: as if it had been compared with zero. */
  void result(int value, int bytes, boolean logic) {
    about = logic ? LOGIC : RESULT;
    left = value;
    size = bytes;
  }

  /** The zero flag tells that {@code value} is no bit's number. */
  void scan(int value, int bytes) {
    about = SCAN;
    left = value;
    size = bytes;
  }

  /**
   * Whether refining by {@code condition} and its opposite would teach nothing. The equality of
   * numbers is looked at only when nothing else has helped.
   */
  boolean tellNothing(int condition) {
    boolean equality = condition == E || condition == NE;
    return switch (about) {
      case NOTHING -> true;
      case RESULT -> !equality || !joins.isCurious;
      // A constant may be a null reference, of which one way is for nobody.
      case LOGIC -> equality && !joins.isCurious && isPlain(left) && !values.isConstant(left);
      case COMPARE ->
          equality && !joins.isCurious && isPlain(left) && isPlain(right) && !tellsWidth();
      default -> false;
    };
  }

  /** Whether a number is compared with one of 32 bits, as when it is looked whether it fits. */
  private boolean tellsWidth() {
    return size == 8
        && values.isU32(left) != values.isU32(right)
        && !values.isConstant(left)
        && !values.isConstant(right);
  }

  private boolean isPlain(int value) {
    return isNumber(value)
        && !values.is(value, ProofValues.REFERENCE_TYPE)
        && !values.is(value, ProofValues.SUBTYPE);
  }

  /**
   * Adds to {@code state} that {@code condition} holds.
   *
   * @return false: it cannot hold
   */
  boolean refine(State state, int condition) {
    impossible = false;
    if (joins.isCurious && (about == RESULT || about == LOGIC)) {
      joins.noteLimit(left, 0, 0);
    }
    switch (about) {
      case COMPARE -> compared(state, condition, left, right);
      case RESULT -> {
        if (condition == E || condition == NE) {
          compared(state, condition, left, values.constant(0));
        }
      }
      case LOGIC ->
          compared(
              state,
              condition == S ? L : condition == NS ? GE : condition,
              left,
              values.constant(0));
      case SCAN -> {
        if (condition == NE) {
          narrow(state, left, 0, 8L * size - 1);
        }
      }
      default -> {}
    }
    return !impossible;
  }

  /**
   * What {@code value} is when {@code condition} holds, as far as its bounds go. That it is within
   * a length must not be told of what is chosen by the condition if the other choice need not be:
   * see {@link #lengthWhen()}.
   *
   * @return {@link ProofValues#DEAD} if it cannot hold
   */
  int when(int condition, int value) {
    lengthWhen = ProofValues.DEAD;
    if (about == NOTHING || values.isPointer(value)) {
      return value;
    }
    chosen.start(1);
    chosen.at[0] = value;
    if (!refine(chosen, condition)) {
      return ProofValues.DEAD;
    }
    if (values.isConstant(value)) {
      lengthWhen = constantWithin(value);
      return value;
    }
    int refined = chosen.at[0];
    if (values.lengthKind[refined] != ProofValues.NO_LENGTH) {
      lengthWhen = refined;
    }
    boolean same =
        values.low[refined] == values.low[value] && values.high[refined] == values.high[value];
    return same ? value : values.withBounds(value, values.low[refined], values.high[refined]);
  }

  /** A constant as one that is within the length it is compared with, if it is. */
  private int constantWithin(int value) {
    if (about != COMPARE || !values.is(right, ProofValues.MEMORY_LENGTH) || size != 8) {
      return ProofValues.DEAD;
    }
    int memory = values.aux[right];
    long slack = chosen.least(memory, 0) - values.low[value];
    if (values.low[value] < 0 || slack <= 0) {
      return ProofValues.DEAD;
    }
    int result = values.constant(values.low[value]);
    values.note(result, ProofValues.OF_MEMORY, memory, slack, 0);
    return result;
  }

  /**
   * A value that is within a length as that one is which {@link #when} was asked about last, if the
   * condition holds; {@link ProofValues#DEAD} if it is within none.
   */
  int lengthWhen() {
    return lengthWhen;
  }

  private void compared(State state, int condition, int first, int second) {
    int a = first;
    int b = second;
    if (about == COMPARE && size == 4) {
      // Beside a number that may be negative a constant is one with a sign, too.
      a = isNegative(second) ? signed(first) : first;
      b = isNegative(first) || isSignedOrder(condition) ? signed(second) : second;
    }
    switch (condition) {
      case E -> equal(state, a, b);
      case NE -> unequal(state, a, b);
      case B -> lessUnsigned(state, a, b, 1);
      case AE -> lessUnsigned(state, b, a, 0);
      case BE -> lessUnsigned(state, a, b, 0);
      case A -> lessUnsigned(state, b, a, 1);
      case L -> lessSigned(state, a, b, 1);
      case GE -> lessSigned(state, b, a, 0);
      case LE -> lessSigned(state, a, b, 0);
      case G -> lessSigned(state, b, a, 1);
      default -> {}
    }
  }

  private boolean isNegative(int value) {
    return isNumber(value) && values.low[value] < 0;
  }

  private static boolean isSignedOrder(int condition) {
    return condition >= L;
  }

  private int signed(int value) {
    return values.isConstant(value) && values.low[value] > Integer.MAX_VALUE
        ? values.constant((int) values.low[value])
        : value;
  }

  private boolean isNumber(int value) {
    return !values.isPointer(value);
  }

  private void equal(State state, int a, int b) {
    if (values.is(a, ProofValues.REFERENCE_TYPE) && values.is(b, ProofValues.TYPE_ID)) {
      state.addFact(State.TYPE, 0, values.aux[a], values.aux[b], 0);
    } else if (values.is(b, ProofValues.REFERENCE_TYPE) && values.is(a, ProofValues.TYPE_ID)) {
      state.addFact(State.TYPE, 0, values.aux[b], values.aux[a], 0);
    } else if (values.is(a, ProofValues.REFERENCE_CONTEXT)
        && values.isAt(b, ProofValues.INSTANCE, 0)) {
      state.inContext = values.aux[a];
    } else if (values.is(b, ProofValues.REFERENCE_CONTEXT)
        && values.isAt(a, ProofValues.INSTANCE, 0)) {
      state.inContext = values.aux[b];
    } else if (isNumber(a) && isNumber(b) && areExact(a, b)) {
      long low = Math.max(values.low[a], values.low[b]);
      long high = Math.min(values.high[a], values.high[b]);
      narrow(state, a, low, high);
      narrow(state, b, low, high);
    }
  }

  /** Whether a comparison of {@link #size} bytes is one of the whole value. */
  private boolean isExact(int value) {
    return switch (size) {
      case 8 -> true;
      case 4 -> values.isU32(value);
      case 2 -> values.low[value] >= 0 && values.high[value] <= 0xffff;
      default -> values.low[value] >= 0 && values.high[value] <= 0xff;
    };
  }

  /** Whether they are equal if what was compared of them is. */
  private boolean areExact(int a, int b) {
    return isExact(a) && isExact(b) || isSigned(a) && isSigned(b);
  }

  private void unequal(State state, int a, int b) {
    if (values.is(a, ProofValues.REFERENCE) && values.isAt(b, ProofValues.SCALAR, 0) && size == 8) {
      state.addFact(State.NOT_NULL, 0, values.root[a], 0, 0);
      return;
    }
    if (values.is(a, ProofValues.SUBTYPE) && values.isAt(b, ProofValues.SCALAR, 0)) {
      state.addSubtypes(a);
    }
    if (!isNumber(a) || !isNumber(b) || !areExact(a, b)) {
      return;
    }
    if (values.isConstant(b)) {
      trim(state, a, values.low[b]);
    } else if (values.isConstant(a)) {
      trim(state, b, values.low[a]);
    }
  }

  private void trim(State state, int value, long constant) {
    if (values.isConstant(value)) {
      impossible |= values.low[value] == constant;
    } else if (values.low[value] == constant) {
      narrow(state, value, constant + values.step[value], values.high[value]);
    } else if (values.high[value] == constant) {
      narrow(state, value, values.low[value], constant - values.step[value]);
    }
  }

  /** {@code a + strict <= b}, unsigned. */
  private void lessUnsigned(State state, int a, int b, int strict) {
    if (values.is(a, ProofValues.STACK_LIMIT) && values.is(b, ProofValues.STACK) && size == 8) {
      state.checked = (int) Math.max(state.checked, -values.low[b]);
      return;
    }
    if (!isNumber(a) || !isNumber(b) || !isExact(a) || !isExact(b) || values.low[b] < 0) {
      return;
    }
    long low = least(a);
    long high = Math.min(values.high[a], values.high[b] - strict);
    if (values.low[a] >= 0) {
      narrow(state, b, Math.max(values.low[b], values.low[a] + strict), values.high[b]);
    }
    narrow(state, a, low, high);
    if (values.lengthKind[b] == ProofValues.NO_LENGTH || values.lengthShift[b] != 0) {
      return;
    }
    // What is below something below a length.
    byte what = values.lengthKind[b];
    int of = values.lengthOf[b];
    long slack = strict + values.lengthSlack[b];
    if (high - low < values.step[a]) {
      // So a is that number, and a length is at least so much.
      int number = what == ProofValues.OF_MEMORY ? of : State.table(of);
      state.addFact(State.LEAST, number, 0, 0, low + slack);
    }
    if (!values.isConstant(a)) {
      isWithin(state, a, what, of, slack);
    }
    if (!values.is(b, ProofValues.MEMORY_LENGTH) && !values.is(b, ProofValues.TABLE_LENGTH)) {
      addRest(state, a, b, strict);
    }
  }

  /** {@code b} is what another value leaves of a length: the sum with that is within it. */
  private void addRest(State state, int a, int b, int strict) {
    int part = values.minus[b];
    boolean isRest = part != ProofValues.DEAD && values.lengthKind[b] == ProofValues.OF_MEMORY;
    long least = least(a);
    if (isRest && least == values.high[a]) {
      // A constant is made anew wherever it is needed, so it has no identity.
      noteLength(state, part, ProofValues.OF_MEMORY, values.lengthOf[b], least + strict);
    } else if (isRest) {
      long constant = values.offset[a] + values.offset[part] + strict;
      int memory = values.lengthOf[b];
      state.addFact(State.SUM, memory, values.origin(a), values.origin(part), constant);
    }
  }

  /** The least that a value can be that is not negative, though it could have been. */
  private long least(int value) {
    if (values.low[value] >= 0) {
      return values.low[value];
    }
    boolean isExact = values.low[value] != Long.MIN_VALUE && values.step[value] > 1;
    return isExact ? Math.floorMod(values.low[value], values.step[value]) : 0;
  }

  private void isWithin(State state, int a, byte what, int of, long slack) {
    noteLength(state, a, what, of, slack);
    int x = values.sumLeft[a];
    if (x != ProofValues.DEAD && what == ProofValues.OF_MEMORY) {
      int y = values.sumRight[a];
      if (values.low[x] >= 0 && values.low[y] >= 0) {
        long constant = values.offset[x] + values.offset[y] + slack;
        state.addFact(State.SUM, of, values.origin(x), values.origin(y), constant);
      }
    }
  }

  /** {@code a + strict <= b}, signed. */
  private void lessSigned(State state, int a, int b, int strict) {
    if (!isNumber(a) || !isNumber(b)) {
      return;
    }
    if (size == 8 || isSigned(a) && isSigned(b)) {
      if (values.high[b] != Long.MIN_VALUE && values.low[a] != Long.MAX_VALUE) {
        narrow(state, b, Math.max(values.low[b], values.low[a] + strict), values.high[b]);
        narrow(state, a, values.low[a], Math.min(values.high[a], values.high[b] - strict));
      }
    } else if (size == 4 && values.isU32(b) && isSigned(a) && values.low[a] + strict >= 0) {
      // Not negative as a signed number.
      long low = Math.max(values.low[b], values.low[a] + strict);
      narrow(state, b, low, Math.min(values.high[b], Integer.MAX_VALUE));
    }
  }

  /** Whether the lower half, as a signed number, is the value. */
  private boolean isSigned(int value) {
    return size == 4
        && values.low[value] >= Integer.MIN_VALUE
        && values.high[value] <= Integer.MAX_VALUE;
  }

  /** Narrows the bounds of {@code value}, wherever it or its like is. */
  private void narrow(State state, int value, long from, long to) {
    if (from <= values.low[value] && to >= values.high[value]) {
      return;
    }
    if (from > to) {
      impossible = true;
      return;
    }
    int root = values.root[value];
    int shift = values.rootShift[value];
    long low = saturated(from, -values.offset[value]);
    long high = saturated(to, -values.offset[value]);
    epoch = values.nextEpoch();
    for (int place = 0; place < state.places; place++) {
      int other = state.at[place];
      if (other != ProofValues.DEAD && values.root[other] == root) {
        int more = values.rootShift[other] - shift;
        if (more == 0) {
          state.at[place] = narrowed(other, low, high, values.offset[other]);
        } else if (more > 0 && low >= 0 && high <= Long.MAX_VALUE >> more) {
          state.at[place] = narrowed(other, low << more, high << more, values.offset[other]);
        } else if (more < 0) {
          // All bits that the shorter shift lacks are zero: nothing is lost.
          long least = quotientUp(low, -more);
          long most = high == Long.MAX_VALUE ? high : high >> -more;
          state.at[place] = narrowed(other, least, most, values.offset[other]);
        }
      } else if (isFiniteDistance(value, other) && isFinite(from) && isFinite(to)) {
        state.at[place] = narrowed(other, from, to, distance(value, other));
      }
    }
  }

  /** {@code low >> shift}, rounded up; no bound stays none. */
  private static long quotientUp(long low, int shift) {
    return low == Long.MIN_VALUE ? low : -(-low >> shift);
  }

  /** Whether they are a distance apart that does not wrap around beside a small number. */
  private boolean isFiniteDistance(int value, int other) {
    return other != ProofValues.DEAD
        && values.wrapRoot[other] == values.wrapRoot[value]
        && isNumber(value)
        && isNumber(other)
        && isFinite(distance(value, other));
  }

  private long distance(int value, int other) {
    return values.wrapOffset[other] - values.wrapOffset[value];
  }

  private static boolean isFinite(long number) {
    return Math.abs(number >> 1) < 1L << 60;
  }

  private int narrowed(int value, long from, long to, long move) {
    if (values.seenIn[value] == epoch) {
      return values.seenResult[value];
    }
    long low = Math.max(values.low[value], saturated(from, move));
    long high = Math.min(values.high[value], saturated(to, move));
    long step = values.step[value];
    if (step > 1 && low > values.low[value]) {
      low += Math.floorMod(values.low[value] - low, step);
    }
    if (step > 1 && high < values.high[value] && values.high[value] != Long.MAX_VALUE) {
      high -= Math.floorMod(high - low, step);
    }
    int result = value;
    if (low > high) {
      impossible = true;
    } else if (low != values.low[value] || high != values.high[value]) {
      result = values.withBounds(value, low, high);
    }
    values.seenIn[value] = epoch;
    values.seenResult[value] = result;
    return result;
  }

  private static long saturated(long bound, long move) {
    if (bound == Long.MIN_VALUE || bound == Long.MAX_VALUE) {
      return bound;
    }
    return Arithmetic.overflows(bound, move)
        ? move > 0 ? Long.MAX_VALUE : Long.MIN_VALUE
        : bound + move;
  }

  /**
   * What an access teaches that has been made: it ended within the memory, or it had faulted.
   *
   * @param address of a memory
   */
  void accessed(State state, int address, int memory, long greatestLength, int width) {
    if (values.low[address] != values.high[address]) {
      narrow(state, address, 0, greatestLength - width);
      noteLength(state, address, ProofValues.OF_MEMORY, memory, width);
    }
  }

  private void noteLength(State state, int value, byte what, int of, long slack) {
    if (values.rootShift[value] != 0) {
      noteScaled(state, value, what, of, slack);
      return;
    }
    int root = values.root[value];
    long rootSlack = slack + values.offset[value];
    epoch = values.nextEpoch();
    for (int place = 0; place < state.places; place++) {
      int other = state.at[place];
      if (other != ProofValues.DEAD && values.root[other] == root) {
        int shift = values.rootShift[other];
        long offset = values.offset[other] >> shift;
        if (offset << shift == values.offset[other]) {
          state.at[place] = noted(other, what, of, rootSlack - offset, shift);
        }
      } else if (isFiniteDistance(value, other)) {
        // The value is not negative, being below a length.
        state.at[place] = noted(other, what, of, slack - distance(value, other), 0);
      }
    }
  }

  /** The same of a value that is a multiple of its root. */
  private void noteScaled(State state, int value, byte what, int of, long slack) {
    if (what == ProofValues.OF_MEMORY) {
      long constant = slack + values.offset[value];
      state.addFact(State.SCALED, of, values.root[value], values.rootShift[value], constant);
    }
    epoch = values.nextEpoch();
    for (int place = 0; place < state.places; place++) {
      int other = state.at[place];
      if (other != ProofValues.DEAD
          && values.root[other] == values.root[value]
          && values.rootShift[other] == values.rootShift[value]) {
        long moved = slack - (values.offset[other] - values.offset[value]);
        state.at[place] = noted(other, what, of, moved, 0);
      }
    }
  }

  private int noted(int value, byte what, int of, long slack, int shift) {
    if (values.seenIn[value] == epoch) {
      return values.seenResult[value];
    }
    boolean sameLength = values.lengthKind[value] == what && values.lengthOf[value] == of;
    boolean hasSlack = values.lengthShift[value] == shift && values.lengthSlack[value] >= slack;
    // That all of a number is within a memory tells more than that a part of it is.
    boolean hasWhole = what == ProofValues.OF_MEMORY && values.lengthShift[value] == 0;
    boolean known = sameLength && (hasSlack || hasWhole && shift != 0);
    int result = value;
    if (!known) {
      result = values.withBounds(value, values.low[value], values.high[value]);
      values.note(result, what, of, slack, shift);
    }
    values.seenIn[value] = epoch;
    values.seenResult[value] = result;
    return result;
  }
}
