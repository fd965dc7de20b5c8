package dev.tazza.sandbox;

import static dev.tazza.sandbox.ProofValues.SCALAR;
import static dev.tazza.sandbox.ProofValues.U32;

/**
 * What operations make of abstract values. All results are computed as integers without bound;
 * where the processor would wrap around, nothing but the width is known of the result.
 */
final class Arithmetic {
  private final ProofValues values;

  Arithmetic(ProofValues values) {
    this.values = values;
  }

  /** The lower half, zero-extended: the value itself where that is the same. */
  int truncate(int value) {
    return values.isU32(value) ? value : values.u32();
  }

  private int sized(int value, int size) {
    return size == 8 ? value : truncate(value);
  }

  int add(int a, int b, int size) {
    return sized(add(a, b), size);
  }

  /** {@code a + b} as 64 bits. */
  int add(int a, int b) {
    // More may be known of a constant than its number: that it was compared.
    boolean isKept =
        values.lengthKind[b] != ProofValues.NO_LENGTH
            && (values.isConstant(a) || values.is(a, ProofValues.MEMORY));
    if (values.isConstant(b) && !isKept) {
      return plus(a, values.low[b]);
    }
    if (values.isConstant(a)) {
      return plus(b, values.low[a]);
    }
    if (a == b && !values.isPointer(a)) {
      return shiftLeft(a, 1, 8);
    }
    if (values.isPointer(b)) {
      return values.isPointer(a) ? values.unknown() : displaced(b, a);
    }
    return values.isPointer(a) ? displaced(a, b) : sum(a, b);
  }

  int plus(int a, long constant) {
    if (overflows(values.low[a], constant) || overflows(values.high[a], constant)) {
      return isOpaque(a) || values.isPointer(a) ? values.unknown() : values.wrapped(a, constant);
    }
    return isOpaque(a) ? values.unknown() : values.moved(a, constant);
  }

  /** Pointers and numbers that are good for one thing only. */
  private boolean isOpaque(int a) {
    return switch (values.kind[a]) {
      case SCALAR,
          ProofValues.MEMORY_LENGTH,
          ProofValues.TABLE_LENGTH,
          ProofValues.STACK,
          ProofValues.STORE,
          ProofValues.INSTANCE,
          ProofValues.MEMORY,
          ProofValues.TABLE,
          ProofValues.MEMORY_DEFINITION,
          ProofValues.TABLE_DEFINITION,
          ProofValues.GLOBAL,
          ProofValues.REFERENCE,
          ProofValues.IMPORT_CONTEXT,
          ProofValues.PAIR,
          ProofValues.CODE ->
          false;
      default -> true;
    };
  }

  static boolean overflows(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0;
  }

  private int displaced(int pointer, int by) {
    if (values.kind[pointer] == ProofValues.CODE && values.kind[by] == ProofValues.JUMP_ENTRY) {
      boolean same =
          values.isAt(pointer, ProofValues.CODE, values.aux[by])
              && values.low[by] <= values.high[by];
      return same
          ? values.make(ProofValues.JUMP_TARGET, values.aux[by], values.low[by], values.high[by])
          : values.unknown();
    }
    boolean isIndexed =
        values.kind[pointer] == ProofValues.MEMORY
            || values.kind[pointer] == ProofValues.TABLE
            || values.kind[pointer] == ProofValues.CODE;
    if (!isIndexed
        || overflows(values.low[pointer], values.low[by])
        || overflows(values.high[pointer], values.high[by])) {
      return values.unknown();
    }
    int result =
        values.make(
            values.kind[pointer],
            values.aux[pointer],
            values.low[pointer] + values.low[by],
            values.high[pointer] + values.high[by]);
    if (values.low[pointer] == values.high[pointer]) {
      values.root[result] = values.root[by];
      values.offset[result] = values.offset[by] + values.low[pointer];
      values.rootShift[result] = values.rootShift[by];
      values.step[result] = values.step[by];
      values.noteMoved(by, result, values.low[pointer]);
    } else if (values.kind[pointer] == ProofValues.MEMORY) {
      noteSum(pointer, by, result);
    }
    return result;
  }

  /** {@code a + b}, or one more. */
  int addWithCarry(int a, int b, int size) {
    boolean mayOverflow =
        overflows(values.low[a], values.low[b])
            || overflows(values.high[a], values.high[b])
            || values.high[a] + values.high[b] == Long.MAX_VALUE;
    if (values.isPointer(a) || values.isPointer(b) || mayOverflow) {
      return sized(values.unknown(), size);
    }
    long high = values.high[a] + values.high[b] + 1;
    return sized(values.range(values.low[a] + values.low[b], high), size);
  }

  private int sum(int a, int b) {
    long low = values.low[a] + values.low[b];
    long high = values.high[a] + values.high[b];
    if (overflows(values.low[a], values.low[b]) || overflows(values.high[a], values.high[b])) {
      return values.unknown();
    }
    int result = values.range(low, high);
    values.sumLeft[result] = a;
    values.sumRight[result] = b;
    values.step[result] = gcd(stepOf(a), stepOf(b));
    noteSum(a, b, result);
    noteSum(b, a, result);
    return result;
  }

  /** If {@code a} is within a memory's length, so is its sum with {@code b}, up to what that is. */
  private void noteSum(int a, int b, int result) {
    boolean isWithin =
        values.lengthKind[a] == ProofValues.OF_MEMORY
            && values.lengthShift[a] == 0
            && values.kind[b] == SCALAR;
    if (isWithin && !overflows(values.lengthSlack[a], -values.high[b])) {
      long slack = values.lengthSlack[a] - values.high[b];
      values.note(result, ProofValues.OF_MEMORY, values.lengthOf[a], slack, 0);
    }
  }

  long stepOf(int value) {
    return values.low[value] == values.high[value] ? 0 : values.step[value];
  }

  /** At least 1. */
  static long gcd(long a, long b) {
    return Math.max(1, gcd0(a, b));
  }

  /** 0 if both are. */
  static long gcd0(long a, long b) {
    long x = Math.abs(a);
    long y = Math.abs(b);
    if (x == 1 || y == 1) {
      return 1;
    }
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return x;
  }

  int subtract(int a, int b, int size) {
    return sized(subtract(a, b), size);
  }

  private int subtract(int a, int b) {
    if (values.isConstant(b) && values.low[b] != Long.MIN_VALUE) {
      return plus(a, -values.low[b]);
    }
    if (values.isPointer(a)
        || values.isPointer(b)
        || values.high[b] == Long.MAX_VALUE
        || values.low[b] == Long.MIN_VALUE
        || overflows(values.low[a], -values.high[b])
        || overflows(values.high[a], -values.low[b])) {
      return values.unknown();
    }
    int result = values.range(values.low[a] - values.high[b], values.high[a] - values.low[b]);
    values.step[result] = gcd(stepOf(a), stepOf(b));
    return result;
  }

  /**
   * What is left of the length of a memory without the first {@code part} bytes.
   *
   * @param least how long it is at least
   */
  int rest(int length, int part, long least) {
    boolean isNoted =
        values.lengthKind[part] == ProofValues.OF_MEMORY
            && values.lengthOf[part] == values.aux[length]
            && values.lengthShift[part] == 0
            && values.lengthSlack[part] >= 0;
    if (values.isConstant(part)
        || values.isPointer(part)
        || values.low[part] < 0
        || !isNoted && values.high[part] > least) {
      return subtract(length, part);
    }
    int rest = values.range(0, values.high[length] - values.low[part]);
    values.note(rest, ProofValues.OF_MEMORY, values.aux[length], values.low[part], 0);
    values.minus[rest] = part;
    return rest;
  }

  private boolean isNatural(int value) {
    return values.low[value] >= 0 && !values.isPointer(value);
  }

  int and(int first, int second, int size) {
    int a = sized(first, size);
    int b = sized(second, size);
    if (values.is(a, ProofValues.FLAG) || values.is(b, ProofValues.FLAG)) {
      return flag(size);
    }
    if (values.isConstant(a)) {
      int swap = a;
      a = b;
      b = swap;
    }
    boolean natural = isNatural(a);
    if (!natural && !isNatural(b)) {
      return values.unknown();
    }
    long high = Long.MAX_VALUE;
    if (natural) {
      high = values.high[a];
    }
    if (isNatural(b)) {
      high = Math.min(high, values.high[b]);
    }
    int result = values.range(0, high);
    if (values.isConstant(b) && values.low[b] != 0 && natural) {
      values.step[result] = Math.max(1, Long.lowestOneBit(values.low[b]));
      values.high[result] = high & -values.step[result];
      if (values.step[result] < 0) {
        values.step[result] = 1;
        values.high[result] = high;
      }
    }
    return result;
  }

  /** Of 4 bytes it is zero-extended. */
  private int flag(int size) {
    return size == 8
        ? values.make(ProofValues.FLAG, 0, Long.MIN_VALUE, Long.MAX_VALUE)
        : values.make(ProofValues.FLAG, 0, 0, U32);
  }

  /** {@code or} and {@code xor}. */
  int merge(int first, int second, int size) {
    int a = sized(first, size);
    int b = sized(second, size);
    if (values.is(a, ProofValues.FLAG) && values.is(b, ProofValues.FLAG)) {
      return flag(size);
    }
    if (!isNatural(a) || !isNatural(b)) {
      return values.unknown();
    }
    long bits = values.high[a] | values.high[b];
    long ones = bits == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bits);
    return values.range(0, ones);
  }

  int shiftLeft(int value, long count, int size) {
    int c = (int) count & (size == 8 ? 63 : 31);
    int v = sized(value, size);
    if (c == 0) {
      return v;
    }
    boolean mayOverflow =
        values.low[v] < (size == 8 ? Long.MIN_VALUE >> c : 0)
            || values.high[v] > Long.MAX_VALUE >> c;
    if (values.isPointer(v) || mayOverflow) {
      return size == 8 ? values.unknown() : values.u32();
    }
    int result = values.range(values.low[v] << c, values.high[v] << c);
    values.step[result] = values.step[v] << c;
    if (values.step[result] <= 0) {
      values.step[result] = 1;
    }
    if (values.offset[v] << c >> c == values.offset[v] && values.rootShift[v] + c < Long.SIZE) {
      values.root[result] = values.root[v];
      values.offset[result] = values.offset[v] << c;
      values.rootShift[result] = (byte) (values.rootShift[v] + c);
    }
    if (values.lengthKind[v] != ProofValues.NO_LENGTH) {
      values.note(
          result,
          values.lengthKind[v],
          values.lengthOf[v],
          values.lengthSlack[v],
          values.lengthShift[v] + c);
    }
    return sized(result, size);
  }

  int shift(int operation, int value, long count, int size) {
    int c = (int) count & (size == 8 ? 63 : 31);
    int v = sized(value, size);
    switch (operation) {
      case Kind.SHL -> {
        return shiftLeft(value, count, size);
      }
      case Kind.SHR -> {
        if (c == 0) {
          return v;
        }
        return isNatural(v)
            ? values.range(values.low[v] >> c, values.high[v] >> c)
            : values.range(0, (size == 8 ? -1L : U32) >>> c);
      }
      case Kind.SAR -> {
        if (c == 0) {
          return v;
        }
        boolean plain = !values.isPointer(v) && (size == 8 || values.high[v] <= Integer.MAX_VALUE);
        return plain
            ? values.range(values.low[v] >> c, values.high[v] >> c)
            : size == 8 ? values.unknown() : values.u32();
      }
      default -> {
        return size == 8 ? values.unknown() : values.u32();
      }
    }
  }

  /** By a count that is not known. */
  int shift(int operation, int value, int size) {
    int v = sized(value, size);
    if (operation == Kind.SHR && isNatural(v)) {
      return values.range(0, values.high[v]);
    }
    return size == 8 ? values.unknown() : values.u32();
  }

  int multiply(int first, int second, int size) {
    int a = sized(first, size);
    int b = sized(second, size);
    if (values.isPointer(a) || values.isPointer(b) || values.low[a] < 0 || values.low[b] < 0) {
      if (size == 8 && values.isConstant(b) && isSmall(a)) {
        return scaled(a, values.low[b]);
      }
      return size == 8 ? values.unknown() : values.u32();
    }
    if (Math.multiplyHigh(values.high[a], values.high[b]) != 0
        || values.high[a] * values.high[b] < 0) {
      return size == 8 ? values.unknown() : values.u32();
    }
    int result = values.range(values.low[a] * values.low[b], values.high[a] * values.high[b]);
    if (values.isConstant(b)
        && values.low[b] > 0
        && values.low[b] <= U32
        && values.step[a] <= U32) {
      values.step[result] = Math.max(1, values.step[a] * values.low[b]);
    }
    return sized(result, size);
  }

  private boolean isSmall(int value) {
    return !values.isPointer(value)
        && values.low[value] >= -(1L << 40)
        && values.high[value] <= 1L << 40;
  }

  private int scaled(int a, long factor) {
    if (Math.abs(factor) > 1L << 20) {
      return values.unknown();
    }
    long x = values.low[a] * factor;
    long y = values.high[a] * factor;
    return values.range(Math.min(x, y), Math.max(x, y));
  }

  /** A number of {@code width} bytes, extended to {@code size} with its sign. */
  int signExtend(int value, int width, int size) {
    long most = (1L << 8 * width - 1) - 1;
    if (!values.isPointer(value) && values.low[value] >= 0 && values.high[value] <= most) {
      return value;
    }
    return size == 8 ? values.range(-most - 1, most) : values.u32();
  }

  int zeroExtend(int value, int width) {
    if (values.is(value, ProofValues.FLAG) && width == 1) {
      return values.range(0, 1);
    }
    long most = (1L << 8 * width) - 1;
    boolean same = !values.isPointer(value) && values.low[value] >= 0 && values.high[value] <= most;
    return same ? value : values.range(0, most);
  }
}
