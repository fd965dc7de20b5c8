package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import org.jspecify.annotations.Nullable;

/**
 * The forms of what keeps a 64-bit index inside of an area: the lesser of it and the area's length,
 * where touching what lies there is the trap; or a trap if it is not below the length, and a clamp
 * for the processor, which may have guessed that it is.
 */
final class BoundsCheck {
  /** An index below this is its own lower half. */
  static final long ALL_U32 = 1L << 32;

  private BoundsCheck() {}

  /**
   * What an index must be below.
   *
   * @param least the least that this is
   * @param guard so far beyond nobody has anything
   */
  record Limit(long least, long guard) {}

  /** Whether it is a check, and so {@code args[0]} the comparison of an index with something. */
  static boolean is(Inst inst) {
    return inst.op == Opcode.TRAP_IF && (limit(inst.args[0]) != null || isOfHalf(inst.args[0]));
  }

  /** Of what {@code compare} asks whether its first operand is beyond; null: not of a length. */
  static @Nullable Limit limit(Inst compare) {
    return switch (compare.op) {
      case ICMP_GE_U -> limit(compare.args[1], 0);
      case ICMP_GT_U -> limit(compare.args[1], 1);
      default -> null;
    };
  }

  /** What a clamp keeps {@code args[1]} below; null: it is no clamp of that kind. */
  static @Nullable Limit limitOfClamp(Inst inst) {
    boolean strict = inst.op == Opcode.CLAMP_LT;
    boolean clamps = strict || inst.op == Opcode.CLAMP_LE;
    return clamps && inst.args[1].type == Type.I64 ? limit(inst.args[2], strict ? 0 : 1) : null;
  }

  /**
   * The length that {@code value}, of the form {@link Opcode#CLAMP_MIN}, keeps its first operand
   * at; null: it is no clamp of that kind. Where it is above, accesses trap by themselves.
   */
  static @Nullable Inst lengthOfMin(Inst value) {
    boolean isMin = value.op == Opcode.CLAMP_MIN && length(value.args[1]) != null;
    return isMin ? value.args[1] : null;
  }

  /** A length, or a constant below one, and {@code more}. */
  private static @Nullable Limit limit(Inst value, long more) {
    boolean isSum = hasConstant(value, Opcode.ADD);
    MemoryAccess.Length length = length(isSum ? value.args[0] : value);
    if (length == null || isSum && constant(value) > 0) {
      return null;
    }
    long below = isSum ? constant(value) : 0;
    return new Limit(length.least() + below + more, length.guard());
  }

  /** What is known of {@code value} as the length of an area, or null. */
  static MemoryAccess.@Nullable Length length(Inst value) {
    MemoryAccess access = value.access;
    return access == null ? null : access.length();
  }

  /** Whether it asks if an I64 is not its own lower half. */
  private static boolean isOfHalf(Inst compare) {
    return compare.op == Opcode.ICMP_NE
        && isLowerHalf(compare.args[1])
        && compare.args[1].args[0].args[0] == compare.args[0];
  }

  /** Whether it is the lower half of an I64, extended with zeros. */
  static boolean isLowerHalf(Inst value) {
    return value.op == Opcode.UEXTEND && value.args[0].op == Opcode.WRAP;
  }
}
