package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.KnownBits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Value range analysis: bounds of I32 values, as if they were computed without wrapping around.
 * Each value has one <i>representative</i>: an integer between its bounds that is equal to it
 * modulo 2^32. Which one, its kind tells, and the kind never changes once it has been asked for:
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
 */
final class ValueRanges {
  static final long MAX_UNSIGNED = 0xffff_ffffL;

  private static final int MAX_DEPTH = 8;

  /** Far from where sums of a few bounds could overflow a long. */
  private static final long WIDEST = 1L << 40;

  private static final long MAX_FACTOR = 1L << 20;

  /** What the representative of a value is; see above. */
  enum Kind {
    CONSTANT,
    COMPUTED,
    COUNTED,
    UNSIGNED
  }

  private long[] low;
  private long[] high;

  /** Null: not asked for. */
  private @Nullable Kind[] kinds;

  // Results of the arithmetic on bounds.
  private long newLow;
  private long newHigh;

  ValueRanges(Function function) {
    int size = function.instCount();
    low = new long[size];
    high = new long[size];
    kinds = new Kind[size];
  }

  long low(Inst value) {
    find(value, MAX_DEPTH);
    return low[value.id];
  }

  long high(Inst value) {
    find(value, MAX_DEPTH);
    return high[value.id];
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
    return -WIDEST < low && high < WIDEST;
  }

  /** Makes an I32 that is not known yet a counter with these bounds, narrow ones. */
  void setCounted(Inst value, long from, long to) {
    if (isKnown(value)) {
      throw new IllegalStateException("somebody took " + value + " for something else");
    }
    set(value, Kind.COUNTED, from, to);
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
  }

  private void set(Inst value, Kind kind, long from, long to) {
    ensureRoom(value);
    low[value.id] = from;
    high[value.id] = to;
    kinds[value.id] = kind;
  }

  private void ensureRoom(Inst value) {
    if (value.id >= kinds.length) {
      int size = Math.max(value.id + 1, kinds.length * 2);
      low = Arrays.copyOf(low, size);
      high = Arrays.copyOf(high, size);
      kinds = Arrays.copyOf(kinds, size);
    }
  }

  private void find(Inst value, int depth) {
    ensureRoom(value);
    if (kinds[value.id] != null) {
      return;
    }
    if (value.type != Type.I32) {
      throw new IllegalArgumentException("bounds of " + value + ", a " + value.type);
    }
    if (value.op == Opcode.ICONST) {
      // At any depth: who adds a constant in 64 bits adds this number.
      set(value, Kind.CONSTANT, value.imm, value.imm);
    } else if (depth > 0 && compute(value, depth - 1)) {
      set(value, Kind.COMPUTED, newLow, newHigh);
    } else {
      set(value, Kind.UNSIGNED, 0, KnownBits.possibleOnes(value));
    }
  }

  /** Finds bounds by the operation that {@code value} is. */
  private boolean compute(Inst value, int depth) {
    switch (value.op) {
      case ADD -> {
        findOperands(value, depth);
        newLow = low[value.args[0].id] + low[value.args[1].id];
        newHigh = high[value.args[0].id] + high[value.args[1].id];
      }
      case SUB -> {
        findOperands(value, depth);
        newLow = low[value.args[0].id] - high[value.args[1].id];
        newHigh = high[value.args[0].id] - low[value.args[1].id];
      }
      case SHL, MUL -> {
        if (!hasConstant(value, value.op) || factor(value) <= 0 || factor(value) > MAX_FACTOR) {
          return false;
        }
        find(value.args[0], depth);
        newLow = low[value.args[0].id] * factor(value);
        newHigh = high[value.args[0].id] * factor(value);
      }
      default -> {
        return false;
      }
    }
    return isNarrow(newLow, newHigh);
  }

  private void findOperands(Inst value, int depth) {
    find(value.args[0], depth);
    find(value.args[1], depth);
  }

  /** What {@code value}, a shift or product with a constant, multiplies by. */
  private static long factor(Inst value) {
    long constant = constant(value);
    return value.op == Opcode.SHL ? 1L << (constant & 31) : constant;
  }
}
