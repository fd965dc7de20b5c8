package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.KnownBits;
import java.util.Arrays;

/**
 * Value range analysis: bounds of integers, as if they were computed without wrapping around. Each
 * I32 has one <i>representative</i>: an integer between its bounds that is equal to it modulo 2^32.
 * Which one, its kind tells, and the kind never changes once it has been asked for:
 *
 * <ul>
 *   <li><i>constant</i>: the number from -2^31 to 2^31 - 1,
 *   <li><i>computed</i>: a sum, difference, product or shift by a constant is what the operation
 *       makes of the operands' representatives,
 *   <li><i>counted</i>: a loop counter's counts on from that of its first value, by the same step
 *       each round,
 *   <li><i>unsigned</i>: anything else, as a number from 0 to 2^32 - 1; so is a sum at which the
 *       search gave up.
 * </ul>
 *
 * <p>Bounds alone tell that extending a value with zeros gives the representative: if they lie in
 * [0, 2^32), there is no other number that is equal to it. They never tell how else the
 * representative may be computed in 64 bits: that is what the kind is for. All arithmetic on bounds
 * stays within 2^60, see {@link #isNarrow}.
 *
 * <p>The representative of an I64 is the number itself, with its sign; where no narrow bounds are
 * found it has none ({@link #UNBOUNDED}).
 *
 * <p>What a counter's bounds follow from are branches, and the processor guesses those. So there
 * are two pairs of bounds: what a value is, and what it may be while the processor runs ahead in
 * loops that have ended ({@link #aheadLow}, {@link #aheadHigh}).
 */
final class ValueRanges {
  static final long MAX_UNSIGNED = 0xffff_ffffL;

  private static final int MAX_DEPTH = 8;

  /** Far from where sums of a few bounds could overflow a long. */
  private static final long WIDEST = 1L << 40;

  /** As an upper bound, and negated as a lower one: there is none. */
  static final long UNBOUNDED = Long.MAX_VALUE;

  private static final long MAX_FACTOR = 1L << 20;

  /** What the representative of a value is; see above. */
  enum Kind {
    CONSTANT,
    COMPUTED,
    COUNTED,
    UNSIGNED
  }

  /** Bounds of the representatives, by {@linkplain #place place}. */
  private static final class Bounds {
    long[] low = new long[FIRST_ROOM];
    long[] high = new long[FIRST_ROOM];

    // Results of arithmetic.
    long newLow;
    long newHigh;

    void set(int at, long from, long to) {
      low[at] = from;
      high[at] = to;
    }

    void ensureRoom(int size) {
      low = Arrays.copyOf(low, size);
      high = Arrays.copyOf(high, size);
    }

    /** Bounds of {@code value} from its operands', at {@code a} and {@code b}; false: none. */
    boolean compute(Inst value, int a, int b) {
      if (!isNarrow(low[a], high[a]) || !isNarrow(low[b], high[b])) {
        return false;
      }
      switch (value.op) {
        case ADD -> {
          newLow = low[a] + low[b];
          newHigh = high[a] + high[b];
        }
        case SUB -> {
          newLow = low[a] - high[b];
          newHigh = high[a] - low[b];
        }
        default -> {
          newLow = low[a] * factor(value);
          newHigh = high[a] * factor(value);
        }
      }
      return isNarrow(newLow, newHigh);
    }

    /** Sets bounds of what is extended with zeros, and stands at {@code from}. */
    void extend(int at, int from) {
      boolean same = low[from] >= 0 && high[from] <= MAX_UNSIGNED;
      set(at, same ? low[from] : 0, same ? high[from] : MAX_UNSIGNED);
    }
  }

  private static final int FIRST_ROOM = 32;
  private static final int NOWHERE = -1;

  private final Bounds real = new Bounds();
  private final Bounds ahead = new Bounds();

  /**
   * By instruction id: one more than the place of what is known, 0 if that has not been asked for.
   * Few values of a function are, so that only this is as large as the function.
   */
  private int[] places;

  /** By place. */
  private Kind[] kinds = new Kind[FIRST_ROOM];

  private int count;

  ValueRanges(Function function) {
    places = new int[function.instCount()];
  }

  long low(Inst value) {
    int at = find(value, MAX_DEPTH);
    return real.low[at];
  }

  long high(Inst value) {
    int at = find(value, MAX_DEPTH);
    return real.high[at];
  }

  /** The least that {@code value} may be where the processor has guessed that a loop goes on. */
  long aheadLow(Inst value) {
    int at = find(value, MAX_DEPTH);
    return ahead.low[at];
  }

  /** The most that {@code value} may be where the processor has guessed that a loop goes on. */
  long aheadHigh(Inst value) {
    int at = find(value, MAX_DEPTH);
    return ahead.high[at];
  }

  /** Whether it has been asked or decided what the representative is. */
  boolean isKnown(Inst value) {
    return place(value) != NOWHERE;
  }

  /** What the representative is. */
  Kind kind(Inst value) {
    int at = find(value, MAX_DEPTH);
    return kinds[at];
  }

  /** Whether the representative is the value as an unsigned number. */
  boolean isUnsigned(Inst value) {
    return low(value) >= 0 && high(value) <= MAX_UNSIGNED;
  }

  /** Whether the representative is the value as a signed number. */
  boolean isSigned(Inst value) {
    return low(value) >= Integer.MIN_VALUE && high(value) <= Integer.MAX_VALUE;
  }

  /** Whether these are bounds that can be computed with. */
  static boolean isNarrow(long low, long high) {
    return -WIDEST < low && low <= high && high < WIDEST;
  }

  /**
   * Makes an integer that is not known yet a counter with these bounds, narrow ones.
   *
   * @param further how far it may get beyond them while the processor runs ahead, upwards or, when
   *     negative, downwards
   */
  void setCounted(Inst value, Inst first, long way, long further) {
    if (isKnown(value)) {
      throw new IllegalStateException("somebody took " + value + " for something else");
    }
    long from = low(first) + Math.min(way, 0);
    long to = high(first) + Math.max(way, 0);
    long all = way + further;
    int at = set(value, Kind.COUNTED, from, to);
    if (isNarrow(aheadLow(first), aheadHigh(first)) && isNarrow(-Math.abs(all), Math.abs(all))) {
      ahead.set(at, aheadLow(first) + Math.min(all, 0), aheadHigh(first) + Math.max(all, 0));
    } else {
      ahead.set(at, -UNBOUNDED, UNBOUNDED);
    }
  }

  /**
   * Notes better bounds of an I32 that is not known yet, or known as an unsigned number: what was
   * computed from the old ones stays true.
   *
   * @param from not below 0
   * @param to below 2^32
   */
  void setUnsigned(Inst value, long from, long to) {
    int known = place(value);
    boolean isOther = known != NOWHERE && kinds[known] != Kind.UNSIGNED;
    if (isOther || from < 0 || to > MAX_UNSIGNED) {
      throw new IllegalStateException(value + " is no number from " + from + " to " + to);
    }
    ahead.set(set(value, Kind.UNSIGNED, from, to), 0, MAX_UNSIGNED);
  }

  /** Where it stands what is known of {@code value}, or {@link #NOWHERE}. */
  private int place(Inst value) {
    return value.id < places.length ? places[value.id] - 1 : NOWHERE;
  }

  /** Notes that for good; gives the place. */
  private int set(Inst value, Kind kind, long from, long to) {
    int at = place(value);
    if (at == NOWHERE) {
      at = add(value);
    }
    real.set(at, from, to);
    ahead.set(at, from, to);
    kinds[at] = kind;
    return at;
  }

  private int add(Inst value) {
    if (value.id >= places.length) {
      places = Arrays.copyOf(places, Math.max(value.id + 1, places.length * 2));
    }
    if (count == kinds.length) {
      real.ensureRoom(count * 2);
      ahead.ensureRoom(count * 2);
      kinds = Arrays.copyOf(kinds, count * 2);
    }
    places[value.id] = count + 1;
    return count++;
  }

  /** The place of {@code value}, of which something is known afterwards. */
  private int find(Inst value, int depth) {
    int known = place(value);
    if (known != NOWHERE) {
      return known;
    }
    if (!value.type.isInt()) {
      throw new IllegalArgumentException("bounds of " + value + ", a " + value.type);
    }
    if (value.op == Opcode.ICONST) {
      // At any depth: who adds a constant in 64 bits adds this number.
      return set(value, Kind.CONSTANT, value.imm, value.imm);
    }
    int computed = depth == 0 ? NOWHERE : compute(value, depth - 1);
    if (computed != NOWHERE) {
      return computed;
    }
    long ones = KnownBits.possibleOnes(value);
    boolean bounded = ones >= 0 && ones < WIDEST;
    return set(value, Kind.UNSIGNED, bounded ? 0 : -UNBOUNDED, bounded ? ones : UNBOUNDED);
  }

  /**
   * Finds bounds by the operation that {@code value} is, and notes them; gives their place, or
   * {@link #NOWHERE} if there are none.
   */
  private int compute(Inst value, int depth) {
    switch (value.op) {
      case ADD, SUB -> {}
      case SHL, MUL -> {
        if (!hasConstant(value, value.op) || factor(value) <= 0 || factor(value) > MAX_FACTOR) {
          return NOWHERE;
        }
      }
      case UEXTEND -> {
        int from = find(value.args[0], depth);
        int at = set(value, Kind.COMPUTED, 0, MAX_UNSIGNED);
        real.extend(at, from);
        ahead.extend(at, from);
        return at;
      }
      default -> {
        return NOWHERE;
      }
    }
    int a = find(value.args[0], depth);
    int b = find(value.args[1], depth);
    if (!real.compute(value, a, b)) {
      return NOWHERE;
    }
    int at = set(value, Kind.COMPUTED, real.newLow, real.newHigh);
    if (ahead.compute(value, a, b)) {
      ahead.set(at, ahead.newLow, ahead.newHigh);
    } else {
      ahead.set(at, -UNBOUNDED, UNBOUNDED);
    }
    return at;
  }

  /** What {@code value}, a shift or product with a constant, multiplies by. */
  private static long factor(Inst value) {
    long constant = constant(value);
    return value.op == Opcode.SHL ? 1L << (constant & value.type.bits() - 1) : constant;
  }
}
