package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.KnownBits;
import java.util.Arrays;

/**
 * Bounds of I32 values, as if they were computed without wrapping around. A value has a
 * <i>representative</i>: an integer between its bounds that is equal to it modulo 2^32. That of a
 * sum, difference, product or shift by a constant is what the operation makes of the operands'
 * representatives; a loop counter's counts on from that of its first value; that of anything else
 * is the value as an unsigned number.
 *
 * <p>So if the bounds lie in [0, 2^32), extending the value with zeros gives the representative.
 * Whether it may be computed in 64 bits from those of the operands as well is another question: not
 * where the search gave up and took the value as an unsigned number, although the bounds may look
 * the same. {@link #followsOperands} answers it.
 */
final class ValueRanges {
  static final long MAX_UNSIGNED = 0xffff_ffffL;

  private static final int MAX_DEPTH = 8;

  /** Far from where sums of a few bounds could overflow a long. */
  private static final long WIDEST = 1L << 40;

  private static final long MAX_FACTOR = 1L << 20;

  private long[] low;
  private long[] high;
  private boolean[] isKnown;

  /** Whether the representative is what the operation makes of those of its operands. */
  private boolean[] followsOperands;

  // Results of the arithmetic on bounds.
  private long newLow;
  private long newHigh;

  ValueRanges(Function function) {
    int size = function.instCount();
    low = new long[size];
    high = new long[size];
    isKnown = new boolean[size];
    followsOperands = new boolean[size];
  }

  long low(Inst value) {
    find(value, MAX_DEPTH);
    return low[value.id];
  }

  long high(Inst value) {
    find(value, MAX_DEPTH);
    return high[value.id];
  }

  /** Whether bounds have been set, or asked for. */
  boolean isKnown(Inst value) {
    return value.id < isKnown.length && isKnown[value.id];
  }

  /**
   * Whether the representative is what the operation makes of the operands' representatives,
   * computed without wrapping around. Bounds alone never tell.
   */
  boolean followsOperands(Inst value) {
    find(value, MAX_DEPTH);
    return followsOperands[value.id];
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

  /** Notes bounds, narrow ones, for a value for which none have been asked or found. */
  void set(Inst value, long from, long to) {
    ensureRoom(value);
    low[value.id] = from;
    high[value.id] = to;
    isKnown[value.id] = true;
  }

  private void ensureRoom(Inst value) {
    if (value.id >= isKnown.length) {
      int size = Math.max(value.id + 1, isKnown.length * 2);
      low = Arrays.copyOf(low, size);
      high = Arrays.copyOf(high, size);
      isKnown = Arrays.copyOf(isKnown, size);
      followsOperands = Arrays.copyOf(followsOperands, size);
    }
  }

  private void find(Inst value, int depth) {
    ensureRoom(value);
    if (isKnown[value.id]) {
      return;
    }
    boolean found = value.type == Type.I32 && depth > 0 && compute(value, depth - 1);
    if (found) {
      set(value, newLow, newHigh);
      followsOperands[value.id] = true;
    } else {
      set(value, 0, value.type == Type.I32 ? KnownBits.possibleOnes(value) : MAX_UNSIGNED);
    }
  }

  /** Finds bounds by the operation that {@code value} is. */
  private boolean compute(Inst value, int depth) {
    switch (value.op) {
      case ICONST -> {
        newLow = value.imm;
        newHigh = value.imm;
        return true;
      }
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
