package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.algebra.KnownBits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  /** Bounds of the representatives, by instruction id. */
  private static final class Bounds {
    long[] low;
    long[] high;

    // Results of arithmetic.
    long newLow;
    long newHigh;

    Bounds(int size) {
      low = new long[size];
      high = new long[size];
    }

    void set(Inst value, long from, long to) {
      low[value.id] = from;
      high[value.id] = to;
    }

    void ensureRoom(int size) {
      low = Arrays.copyOf(low, size);
      high = Arrays.copyOf(high, size);
    }

    /** Bounds of {@code value} from its operands'; false: none. */
    boolean compute(Inst value) {
      int a = value.args[0].id;
      int b = value.args[value.args.length - 1].id;
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

    /** Sets bounds of a number that is extended with zeros. */
    void extend(Inst value) {
      int id = value.args[0].id;
      boolean same = low[id] >= 0 && high[id] <= MAX_UNSIGNED;
      set(value, same ? low[id] : 0, same ? high[id] : MAX_UNSIGNED);
    }
  }

  private final Bounds real;
  private final Bounds ahead;

  /** Null: not asked for. */
  private @Nullable Kind[] kinds;

  ValueRanges(Function function) {
    int size = function.instCount();
    real = new Bounds(size);
    ahead = new Bounds(size);
    kinds = new Kind[size];
  }

  long low(Inst value) {
    find(value, MAX_DEPTH);
    return real.low[value.id];
  }

  long high(Inst value) {
    find(value, MAX_DEPTH);
    return real.high[value.id];
  }

  /** The least that {@code value} may be where the processor has guessed that a loop goes on. */
  long aheadLow(Inst value) {
    find(value, MAX_DEPTH);
    return ahead.low[value.id];
  }

  /** The most that {@code value} may be where the processor has guessed that a loop goes on. */
  long aheadHigh(Inst value) {
    find(value, MAX_DEPTH);
    return ahead.high[value.id];
  }

  /** Whether it has been asked or decided what the representative is. */
  boolean isKnown(Inst value) {
    return value.id < kinds.length && kinds[value.id] != null;
  }

  /** What the representative is. */
  Kind kind(Inst value) {
    find(value, MAX_DEPTH);
    Kind kind = kinds[value.id];
    if (kind == null) {
      throw new IllegalStateException("no kind for " + value);
    }
    return kind;
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
    set(value, Kind.COUNTED, from, to);
    if (isNarrow(aheadLow(first), aheadHigh(first)) && isNarrow(-Math.abs(all), Math.abs(all))) {
      ahead.set(value, aheadLow(first) + Math.min(all, 0), aheadHigh(first) + Math.max(all, 0));
    } else {
      ahead.set(value, -UNBOUNDED, UNBOUNDED);
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
    if (isKnown(value) && kinds[value.id] != Kind.UNSIGNED || from < 0 || to > MAX_UNSIGNED) {
      throw new IllegalStateException(value + " is no number from " + from + " to " + to);
    }
    set(value, Kind.UNSIGNED, from, to);
    ahead.set(value, 0, MAX_UNSIGNED);
  }

  private void set(Inst value, Kind kind, long from, long to) {
    ensureRoom(value);
    real.set(value, from, to);
    ahead.set(value, from, to);
    kinds[value.id] = kind;
  }

  private void ensureRoom(Inst value) {
    if (value.id >= kinds.length) {
      int size = Math.max(value.id + 1, kinds.length * 2);
      real.ensureRoom(size);
      ahead.ensureRoom(size);
      kinds = Arrays.copyOf(kinds, size);
    }
  }

  private void find(Inst value, int depth) {
    ensureRoom(value);
    if (kinds[value.id] != null) {
      return;
    }
    if (!value.type.isInt()) {
      throw new IllegalArgumentException("bounds of " + value + ", a " + value.type);
    }
    if (value.op == Opcode.ICONST) {
      // At any depth: who adds a constant in 64 bits adds this number.
      set(value, Kind.CONSTANT, value.imm, value.imm);
    } else if (depth == 0 || !compute(value, depth - 1)) {
      long ones = KnownBits.possibleOnes(value);
      boolean bounded = ones >= 0 && ones < WIDEST;
      set(value, Kind.UNSIGNED, bounded ? 0 : -UNBOUNDED, bounded ? ones : UNBOUNDED);
    }
  }

  /** Finds bounds by the operation that {@code value} is, and notes them; false: there are none. */
  private boolean compute(Inst value, int depth) {
    switch (value.op) {
      case ADD, SUB -> {
        find(value.args[0], depth);
        find(value.args[1], depth);
      }
      case SHL, MUL -> {
        if (!hasConstant(value, value.op) || factor(value) <= 0 || factor(value) > MAX_FACTOR) {
          return false;
        }
        find(value.args[0], depth);
        find(value.args[1], depth);
      }
      case UEXTEND -> {
        find(value.args[0], depth);
        ensureRoom(value);
        kinds[value.id] = Kind.COMPUTED;
        real.extend(value);
        ahead.extend(value);
        return true;
      }
      default -> {
        return false;
      }
    }
    if (!real.compute(value)) {
      return false;
    }
    set(value, Kind.COMPUTED, real.newLow, real.newHigh);
    if (ahead.compute(value)) {
      ahead.set(value, ahead.newLow, ahead.newHigh);
    } else {
      ahead.set(value, -UNBOUNDED, UNBOUNDED);
    }
    return true;
  }

  /** What {@code value}, a shift or product with a constant, multiplies by. */
  private static long factor(Inst value) {
    long constant = constant(value);
    return value.op == Opcode.SHL ? 1L << (constant & value.type.bits() - 1) : constant;
  }
}
