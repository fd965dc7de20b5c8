package dev.tazza.codegen.opt.algebra;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.edit;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;
import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/**
 * Rules for the product of two 64-bit numbers in 128 bits, which sources without a type so wide put
 * together from the four products of their halves: with {@code x = x1:x0}, {@code y = y1:y0} and
 * {@code w = x0 * y0}, in one of two ways.
 *
 * <pre>
 *   t = x1 * y0 + (w >>> 32)       mid = x1 * y0 + x0 * y1
 *   v = low(t) + x0 * y1           carry = mid <u x1 * y0
 *   high = x1 * y1                 high = x1 * y1
 *        + (t >>> 32)                   + ((carry << 32) | (mid >>> 32))
 *        + (v >>> 32)                   + (x * y <u w)
 *   low = (v << 32) | low(w)       low = w + (mid << 32)
 * </pre>
 *
 * <p>The first is that of D. Knuth's "The Art of Computer Programming", volume 2, 4.3.1 and of
 * compiler-rt's {@code __multi3} in C, the second what LLVM makes of 128-bit multiplication. The
 * roles of x and y may be exchanged, and the terms of a sum stand in any order.
 */
final class WideProductAlgebra {
  private static final long LOW_32 = 0xffff_ffffL;
  private static final int MAX_TERMS = 6;

  private WideProductAlgebra() {}

  /** A sum that is, or contains, the high half; or that is the low one. */
  static @Nullable Inst add(Inst inst, Cursor at) {
    if (inst.type != Type.I64) {
      return null;
    }
    Inst a = inst.args[0];
    Inst b = inst.args[1];
    if (a.op == Opcode.MUL && isShift(b, Opcode.SHL)) {
      return lowOfSum(inst, a, b.args[0]);
    }
    if (b.op == Opcode.MUL && isShift(a, Opcode.SHL)) {
      return lowOfSum(inst, b, a.args[0]);
    }
    return mayBePart(a) || mayBePart(b) ? high(inst, at) : null;
  }

  /** Whether {@code term} may be the last that is added for a high half. */
  private static boolean mayBePart(Inst term) {
    return switch (term.op) {
      case MUL -> highOf(term.args[0]) != null && highOf(term.args[1]) != null;
      case SHR_U -> isShift(term, Opcode.SHR_U) && term.args[0].op == Opcode.ADD;
      case UEXTEND -> term.args[0].op == Opcode.ICMP_LT_U || term.args[0].op == Opcode.ICMP_GT_U;
      case OR -> isShift(term.args[0], Opcode.SHL) || isShift(term.args[1], Opcode.SHL);
      default -> false;
    };
  }

  /** w + (mid << 32) => x * y. */
  private static @Nullable Inst lowOfSum(Inst inst, Inst w, Inst mid) {
    Inst x = lowOf(w.args[0]);
    Inst y = lowOf(w.args[1]);
    if (x == null || y == null || mid.op != Opcode.ADD) {
      return null;
    }
    return isCross(mid.args[0], mid.args[1], x, y) ? edit(inst, Opcode.MUL, x, y) : null;
  }

  /** (v << 32) | low(w) => x * y. */
  static @Nullable Inst or(Inst inst) {
    Inst v = inst.args[0];
    Inst w = lowOf(inst.args[1]);
    if (w == null) {
      v = inst.args[1];
      w = lowOf(inst.args[0]);
    }
    if (w == null || w.op != Opcode.MUL || !isShift(v, Opcode.SHL)) {
      return null;
    }
    Inst x = lowOf(w.args[0]);
    Inst y = lowOf(w.args[1]);
    if (x == null || y == null || middle(v.args[0], w, x, y) == null) {
      return null;
    }
    return edit(inst, Opcode.MUL, x, y);
  }

  /** The t of which {@code v} is made, or null. */
  private static @Nullable Inst middle(Inst v, Inst w, Inst x, Inst y) {
    if (v.op != Opcode.ADD) {
      return null;
    }
    Inst second = v.args[1];
    Inst t = lowOf(v.args[0]);
    if (t == null) {
      second = v.args[0];
      t = lowOf(v.args[1]);
    }
    if (t == null || t.op != Opcode.ADD) {
      return null;
    }
    boolean matches =
        isHighOf(t.args[1], w) && isCross(t.args[0], second, x, y)
            || isHighOf(t.args[0], w) && isCross(t.args[1], second, x, y);
    return matches ? t : null;
  }

  // The high half.

  /** rest + the terms of a high half => rest + mulhi_u(x, y). */
  private static @Nullable Inst high(Inst inst, Cursor at) {
    Inst[] terms = new Inst[MAX_TERMS];
    terms[0] = inst.args[0];
    terms[1] = inst.args[1];
    int count = 2;
    for (int i = 0; i < count && count < MAX_TERMS; i++) {
      while (terms[i].op == Opcode.ADD && count < MAX_TERMS) {
        terms[count++] = terms[i].args[1];
        terms[i] = terms[i].args[0];
      }
    }
    for (int i = 0; i < count; i++) {
      Inst product = terms[i];
      if (product.op == Opcode.MUL) {
        Inst x = highOf(product.args[0]);
        Inst y = highOf(product.args[1]);
        if (x != null && y != null) {
          int used = 1 << i | carries(terms, count, x, y);
          if (Integer.bitCount(used) == 3) {
            return sum(inst, at, terms, count, used, x, y);
          }
        }
      }
    }
    return null;
  }

  /** The set of the two terms that are added to x1 * y1. */
  private static int carries(Inst[] terms, int count, Inst x, Inst y) {
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < count; k++) {
        if (i != k && (isMiddle(terms[i], terms[k], x, y) || isSum(terms[i], terms[k], x, y))) {
          return 1 << i | 1 << k;
        }
      }
    }
    return 0;
  }

  /** Whether these are v >>> 32 and t >>> 32. */
  private static boolean isMiddle(Inst highOfV, Inst highOfT, Inst x, Inst y) {
    if (!isShift(highOfV, Opcode.SHR_U) || !isShift(highOfT, Opcode.SHR_U)) {
      return false;
    }
    Inst t = highOfT.args[0];
    if (t.op != Opcode.ADD) {
      return false;
    }
    Inst w = highOf(t.args[0]);
    if (w == null) {
      w = highOf(t.args[1]);
    }
    return w != null && isLowProduct(w, x, y) && middle(highOfV.args[0], w, x, y) == t;
  }

  /** Whether these are (x * y <u w) and (carry << 32) | (mid >>> 32). */
  private static boolean isSum(Inst overflow, Inst top, Inst x, Inst y) {
    if (top.op != Opcode.OR) {
      return false;
    }
    Inst carry = top.args[0];
    Inst mid = highOf(top.args[1]);
    if (mid == null) {
      carry = top.args[1];
      mid = highOf(top.args[0]);
    }
    if (mid == null
        || mid.op != Opcode.ADD
        || !isCross(mid.args[0], mid.args[1], x, y)
        || !isShift(carry, Opcode.SHL)) {
      return false;
    }
    Inst less = lesser(carry.args[0]);
    Inst greater = greater(carry.args[0]);
    if (less != mid || greater != mid.args[0] && greater != mid.args[1]) {
      return false;
    }
    Inst product = lesser(overflow);
    Inst w = greater(overflow);
    return product != null && w != null && isLowProduct(w, x, y) && isProduct(product, x, y);
  }

  /** The a of (a <u b), as an I64, or null. */
  private static @Nullable Inst lesser(Inst inst) {
    return compared(inst, Opcode.ICMP_LT_U, Opcode.ICMP_GT_U);
  }

  /** The b of (a <u b), as an I64, or null. */
  private static @Nullable Inst greater(Inst inst) {
    return compared(inst, Opcode.ICMP_GT_U, Opcode.ICMP_LT_U);
  }

  private static @Nullable Inst compared(Inst inst, Opcode first, Opcode second) {
    if (inst.op != Opcode.UEXTEND) {
      return null;
    }
    Inst compare = inst.args[0];
    if (compare.op == first) {
      return compare.args[0];
    }
    return compare.op == second ? compare.args[1] : null;
  }

  private static Inst sum(Inst inst, Cursor at, Inst[] terms, int count, int used, Inst x, Inst y) {
    Inst rest = null;
    for (int i = 0; i < count; i++) {
      if ((used >> i & 1) == 0) {
        rest = rest == null ? terms[i] : make(at, Opcode.ADD, Type.I64, rest, terms[i]);
      }
    }
    if (rest == null) {
      return edit(inst, Opcode.MULHI_U, x, y);
    }
    return edit(inst, Opcode.ADD, rest, make(at, Opcode.MULHI_U, Type.I64, x, y));
  }

  // Parts.

  /** Whether {@code a} and {@code b} are x1 * y0 and x0 * y1. */
  private static boolean isCross(Inst a, Inst b, Inst x, Inst y) {
    return isHalves(a, x, y) && isHalves(b, y, x) || isHalves(a, y, x) && isHalves(b, x, y);
  }

  /** Whether {@code inst} is the high half of x times the low one of y. */
  private static boolean isHalves(Inst inst, Inst x, Inst y) {
    return inst.op == Opcode.MUL
        && (isHighOf(inst.args[0], x) && lowOf(inst.args[1]) == y
            || isHighOf(inst.args[1], x) && lowOf(inst.args[0]) == y);
  }

  private static boolean isLowProduct(Inst w, Inst x, Inst y) {
    if (w.op != Opcode.MUL) {
      return false;
    }
    Inst a = lowOf(w.args[0]);
    Inst b = lowOf(w.args[1]);
    return a == x && b == y || a == y && b == x;
  }

  private static boolean isProduct(Inst inst, Inst x, Inst y) {
    Inst a = inst.args.length == 2 ? inst.args[0] : null;
    return inst.op == Opcode.MUL && (a == x && inst.args[1] == y || a == y && inst.args[1] == x);
  }

  private static boolean isShift(Inst inst, Opcode op) {
    return hasConstant(inst, op) && constant(inst) == 32 && inst.type == Type.I64;
  }

  private static boolean isHighOf(Inst inst, Inst x) {
    return highOf(inst) == x;
  }

  /** The x of {@code x >>> 32}, or null. */
  private static @Nullable Inst highOf(Inst inst) {
    return isShift(inst, Opcode.SHR_U) ? inst.args[0] : null;
  }

  /** The x of which {@code inst} is the low half, with zeros above, or null. */
  private static @Nullable Inst lowOf(Inst inst) {
    if (hasConstant(inst, Opcode.AND) && constant(inst) == LOW_32) {
      return inst.args[0];
    }
    boolean extended = inst.op == Opcode.UEXTEND && inst.args[0].op == Opcode.WRAP;
    return extended ? inst.args[0].args[0] : null;
  }
}
