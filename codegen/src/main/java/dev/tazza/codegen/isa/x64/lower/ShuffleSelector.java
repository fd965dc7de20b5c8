package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Bits128;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.isa.x64.inst.Source;
import dev.tazza.codegen.isa.x64.inst.Source.Pool;
import dev.tazza.codegen.isa.x64.inst.VecOp;
import dev.tazza.codegen.isa.x64.inst.VecShiftOp;
import dev.tazza.codegen.isa.x64.inst.VecUnaryOp;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.machine.lower.Selection;

/**
 * Selects shuffles: the instruction whose pattern the numbers of the bytes fit, else one or two
 * {@code pshufb}.
 */
final class ShuffleSelector {
  private static final int SECOND = 16;
  private static final long BELOW_SIXTEEN = 0x7070_7070_7070_7070L;

  /** Interleaved: low halves, then high halves, by the width of the pieces. */
  private static final VecOp[] UNPACKS = {
    VecOp.PUNPCKLBW, VecOp.PUNPCKLWD, VecOp.PUNPCKLDQ, VecOp.PUNPCKLQDQ,
    VecOp.PUNPCKHBW, VecOp.PUNPCKHWD, VecOp.PUNPCKHDQ, VecOp.PUNPCKHQDQ,
  };

  private static final VecUnaryOp[] EXTENSIONS = {
    VecUnaryOp.PMOVZXBW, VecUnaryOp.PMOVZXWD, VecUnaryOp.PMOVZXDQ
  };

  private final Selection<X64Inst> selection;
  private final VectorBuffer out;

  ShuffleSelector(VectorBuffer out) {
    this.out = out;
    selection = out.selection;
  }

  void shuffle(Inst inst) {
    Inst a = inst.args[0];
    Inst b = inst.args[1];
    Bits128 bits = new Bits128(inst.imm, inst.immHigh());
    int[] numbers = new int[16];
    for (int i = 0; i < 16; i++) {
      numbers[i] = (int) bits.lane(1, i);
    }
    int dst = selection.def(inst);
    Inst second = selection.value(b);
    if (selection.value(a) == second) {
      one(dst, a, numbers);
    } else if (second.op == Opcode.VCONST && (second.imm | second.immHigh()) == 0) {
      withZero(dst, a, numbers);
    } else {
      two(dst, a, b, numbers);
    }
  }

  // One vector.

  private void one(int dst, Inst a, int[] numbers) {
    for (int i = 0; i < 16; i++) {
      numbers[i] &= SECOND - 1;
    }
    int dwords = pieces(numbers, 4);
    int lowWords = words(numbers, 0);
    int highWords = words(numbers, 8);
    int rotation = numbers[0];
    if (dwords >= 0) {
      out.unary(VecUnaryOp.PSHUFD, dst, out.source(a), dwords);
    } else if (lowWords >= 0 && isRun(numbers, 8, 16, 8)) {
      out.unary(VecUnaryOp.PSHUFLW, dst, out.source(a), lowWords);
    } else if (highWords >= 0 && isRun(numbers, 0, 8, 0)) {
      out.unary(VecUnaryOp.PSHUFHW, dst, out.source(a), highWords);
    } else if (out.avx2() && isAll(numbers, 0)) {
      out.unary(VecUnaryOp.VPBROADCASTB, dst, out.use(a));
    } else if (isRotation(numbers, rotation, 15)) {
      int register = selection.reg(a);
      out.op(VecOp.PALIGNR, dst, register, out.use(a), rotation);
    } else {
      int unpack = unpack(numbers, 0, 0);
      if (unpack >= 0) {
        int register = selection.reg(a);
        out.op(UNPACKS[unpack], dst, register, register);
      } else {
        out.op(VecOp.PSHUFB, dst, selection.reg(a), mask(numbers, 0));
      }
    }
  }

  /** The immediate that puts aligned pieces of 4 bytes in order, or -1. */
  private static int pieces(int[] numbers, int bytes) {
    int order = 0;
    for (int i = 0; i < 16; i += bytes) {
      if (numbers[i] % bytes != 0 || !isRun(numbers, i, i + bytes, numbers[i])) {
        return -1;
      }
      order |= numbers[i] / bytes % 4 << i / 2;
    }
    return order;
  }

  /** The immediate for the four words from {@code from} on within themselves, or -1. */
  private static int words(int[] numbers, int from) {
    int order = 0;
    for (int i = 0; i < 8; i += 2) {
      int number = numbers[from + i] - from;
      if (number < 0
          || number > 6
          || number % 2 != 0
          || numbers[from + i + 1] != from + number + 1) {
        return -1;
      }
      order |= number / 2 << i;
    }
    return order;
  }

  private static boolean isRun(int[] numbers, int from, int to, int first) {
    for (int i = from; i < to; i++) {
      if (numbers[i] != first + i - from) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAll(int[] numbers, int number) {
    for (int each : numbers) {
      if (each != number) {
        return false;
      }
    }
    return true;
  }

  /** Whether the numbers go up from {@code first} on, modulo {@code mask + 1}. */
  private static boolean isRotation(int[] numbers, int first, int mask) {
    for (int i = 0; i < 16; i++) {
      if (numbers[i] != (first + i & mask)) {
        return false;
      }
    }
    return true;
  }

  /** The number of the instruction that interleaves the vectors from these numbers on, or -1. */
  private static int unpack(int[] numbers, int first, int second) {
    for (int op = 0; op < UNPACKS.length; op++) {
      int bytes = 1 << op % 4;
      int from = op < 4 ? 0 : 8;
      boolean fits = true;
      for (int i = 0; i < 16 && fits; i++) {
        int piece = i / (2 * bytes);
        int vector = i / bytes % 2 == 0 ? first : second;
        fits = numbers[i] == vector + from + piece * bytes + i % bytes;
      }
      if (fits) {
        return op;
      }
    }
    return -1;
  }

  /** For {@code pshufb}: the bytes of the vector from number {@code base} on, zeros for others. */
  private static Pool mask(int[] numbers, int base) {
    Bits128 mask = Bits128.ZERO;
    for (int i = 0; i < 16; i++) {
      int number = numbers[i] - base;
      mask = mask.withLane(1, i, number >= 0 && number < 16 ? number : 0x80);
    }
    return Pool.vector(mask.low(), mask.high());
  }

  // One vector and zeros.

  private void withZero(int dst, Inst a, int[] numbers) {
    int first = numbers[0];
    int zeros = 0;
    while (zeros < 16 && numbers[zeros] >= SECOND) {
      zeros++;
    }
    for (int width = 1; width <= 4; width *= 2) {
      if (isExtension(numbers, width)) {
        out.unary(EXTENSIONS[Integer.numberOfTrailingZeros(width)], dst, out.use(a));
        return;
      }
    }
    if (zeros < 16 && isRun(numbers, zeros, 16, 0)) {
      out.shift(VecShiftOp.PSLLDQ, dst, selection.reg(a), zeros);
    } else if (first < SECOND && isRunThenZeros(numbers, first)) {
      out.shift(VecShiftOp.PSRLDQ, dst, selection.reg(a), first);
    } else {
      out.op(VecOp.PSHUFB, dst, selection.reg(a), mask(numbers, 0));
    }
  }

  private static boolean isExtension(int[] numbers, int bytes) {
    for (int i = 0; i < 16; i++) {
      int within = i % (2 * bytes);
      boolean fits =
          within < bytes ? numbers[i] == i / (2 * bytes) * bytes + within : numbers[i] >= SECOND;
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRunThenZeros(int[] numbers, int first) {
    for (int i = 0; i < 16; i++) {
      boolean inside = first + i < 16;
      if (inside ? numbers[i] != first + i : numbers[i] < SECOND) {
        return false;
      }
    }
    return true;
  }

  // Two vectors.

  private void two(int dst, Inst a, Inst b, int[] numbers) {
    int rotation = numbers[0];
    if (isRotation(numbers, rotation, 31)) {
      boolean ordered = rotation < SECOND;
      Source right = out.source(ordered ? a : b);
      int left = selection.reg(ordered ? b : a);
      out.op(VecOp.PALIGNR, dst, left, right, rotation & 15);
      return;
    }
    int unpack = unpack(numbers, 0, SECOND);
    if (unpack >= 0) {
      Source right = out.source(b);
      out.op(UNPACKS[unpack], dst, selection.reg(a), right);
      return;
    }
    unpack = unpack(numbers, SECOND, 0);
    if (unpack >= 0) {
      Source right = out.source(a);
      out.op(UNPACKS[unpack], dst, selection.reg(b), right);
      return;
    }
    int blend = blend(numbers);
    if (blend >= 0) {
      Source right = out.source(b);
      out.op(VecOp.PBLENDW, dst, selection.reg(a), right, blend);
      return;
    }
    int dwords = pieces(numbers, 4);
    boolean firstLow = numbers[0] < SECOND && numbers[4] < SECOND;
    boolean firstHigh = numbers[8] < SECOND && numbers[12] < SECOND;
    boolean secondLow = numbers[0] >= SECOND && numbers[4] >= SECOND;
    boolean secondHigh = numbers[8] >= SECOND && numbers[12] >= SECOND;
    if (dwords >= 0 && firstLow && secondHigh) {
      Source right = out.source(b);
      out.op(VecOp.SHUFPS, dst, selection.reg(a), right, dwords);
    } else if (dwords >= 0 && secondLow && firstHigh) {
      Source right = out.source(a);
      out.op(VecOp.SHUFPS, dst, selection.reg(b), right, dwords);
    } else {
      int first = out.op(VecOp.PSHUFB, selection.reg(a), mask(numbers, 0));
      int second = out.op(VecOp.PSHUFB, selection.reg(b), mask(numbers, SECOND));
      out.op(VecOp.POR, dst, first, second);
    }
  }

  /** The words that stay where they are, from one vector or the other: a mask, or -1. */
  private static int blend(int[] numbers) {
    int mask = 0;
    for (int i = 0; i < 16; i += 2) {
      boolean second = numbers[i] >= SECOND;
      int base = second ? SECOND : 0;
      if (numbers[i] != base + i || numbers[i + 1] != base + i + 1) {
        return -1;
      }
      mask |= second ? 1 << i / 2 : 0;
    }
    return mask;
  }

  // Variable numbers.

  /**
   * {@code pshufb} gives zeros for numbers with the highest bit, and takes the others modulo 16.
   */
  void swizzle(Inst inst) {
    int dst = selection.def(inst);
    Inst numbers = selection.value(inst.args[1]);
    if (isBelowSixteen(numbers)) {
      Source right = out.source(inst.args[1]);
      out.op(VecOp.PSHUFB, dst, selection.reg(inst.args[0]), right);
    } else {
      int saturated =
          out.op(VecOp.PADDUSB, selection.reg(inst.args[1]), VectorBuffer.pool(BELOW_SIXTEEN));
      out.op(VecOp.PSHUFB, dst, selection.reg(inst.args[0]), saturated);
    }
  }

  /** Whether all bytes surely are below 16, or have the highest bit. */
  private static boolean isBelowSixteen(Inst numbers) {
    if (numbers.op != Opcode.VAND) {
      return false;
    }
    Inst mask = numbers.args[1];
    return mask.op == Opcode.VCONST && ((mask.imm | mask.immHigh()) & BELOW_SIXTEEN) == 0;
  }
}
