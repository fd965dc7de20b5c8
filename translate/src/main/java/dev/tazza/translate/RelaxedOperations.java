package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.environ.Tunable;
import dev.tazza.wasm.operator.Operator;

/**
 * The relaxed vector operations. Of the results that each may have, these are those of the
 * operations that are not relaxed, the same on all processors: sums of products wrap around. Only
 * multiplications and additions are fused where the processor can, unless {@link
 * Tunable#RELAXED_SIMD_DETERMINISTIC} says otherwise.
 */
final class RelaxedOperations {
  private final Builder builder;
  private final CanonicalNans nans;
  private final boolean deterministic;

  RelaxedOperations(FunctionState state, CanonicalNans nans) {
    builder = state.builder;
    this.nans = nans;
    deterministic = state.env.tunables.is(Tunable.RELAXED_SIMD_DETERMINISTIC);
  }

  Inst translate(Operator operator, Inst[] args) {
    String name = operator.mnemonic();
    Shape shape = name.startsWith("f64") ? Shape.F64X2 : Shape.F32X4;
    return switch (name.substring(name.indexOf('_') + 1)) {
      case "swizzle" -> builder.vector(Opcode.VSWIZZLE, args);
      case "trunc_f32x4_s" -> builder.lanes(Opcode.VTRUNC_SAT_S, Shape.I32X4, args);
      case "trunc_f32x4_u" -> builder.lanes(Opcode.VTRUNC_SAT_U, Shape.I32X4, args);
      case "trunc_f64x2_s_zero" -> builder.lanes(Opcode.VTRUNC_SAT_ZERO_S, Shape.I32X4, args);
      case "trunc_f64x2_u_zero" -> builder.lanes(Opcode.VTRUNC_SAT_ZERO_U, Shape.I32X4, args);
      case "madd" ->
          deterministic
              ? arithmetic(Opcode.VFADD, shape, product(shape, args), args[2])
              : arithmetic(Opcode.VMADD, shape, args);
      case "nmadd" ->
          deterministic
              ? arithmetic(Opcode.VFSUB, shape, args[2], product(shape, args))
              : arithmetic(Opcode.VNMADD, shape, args);
      case "laneselect" -> builder.vector(Opcode.VBITSELECT, args);
      case "min" -> arithmetic(Opcode.VFMIN, shape, args);
      case "max" -> arithmetic(Opcode.VFMAX, shape, args);
      case "q15mulr_s" -> builder.lanes(Opcode.VQ15MULR_SAT_S, Shape.I16X8, args);
      case "dot_i8x16_i7x16_s" -> dot(args[0], args[1]);
      case "dot_i8x16_i7x16_add_s" -> {
        Inst sums = dot(args[0], args[1]);
        Inst wide = builder.lanes(Opcode.VEXTADD_PAIRWISE_S, Shape.I32X4, sums);
        yield builder.lanes(Opcode.VADD, Shape.I32X4, wide, args[2]);
      }
      default -> throw new UnsupportedOperationException(name);
    };
  }

  private Inst arithmetic(Opcode op, Shape shape, Inst... args) {
    return nans.lanes(op, shape, builder.lanes(op, shape, args));
  }

  private Inst product(Shape shape, Inst[] args) {
    return builder.lanes(Opcode.VFMUL, shape, args[0], args[1]);
  }

  /** Sums of neighbouring products of signed bytes: of the lower and of the upper byte of words. */
  private Inst dot(Inst a, Inst b) {
    Inst low = builder.lanes(Opcode.VMUL, Shape.I16X8, lowBytes(a), lowBytes(b));
    Inst high = builder.lanes(Opcode.VMUL, Shape.I16X8, highBytes(a), highBytes(b));
    return builder.lanes(Opcode.VADD, Shape.I16X8, low, high);
  }

  private Inst lowBytes(Inst vector) {
    return highBytes(builder.lanes(Opcode.VSHL, Shape.I16X8, vector, builder.i32(8)));
  }

  private Inst highBytes(Inst vector) {
    return builder.lanes(Opcode.VSHR_S, Shape.I16X8, vector, builder.i32(8));
  }
}
