package dev.tazza.translate;

import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.wasm.Feature;
import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Operator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which IR operation computes a vector operator, and on which lanes. The lanes are the first part
 * of the mnemonic, the operation follows from the second, without the lanes that it comes from.
 */
final class VectorOpcodes {
  private static final int COUNT = Operator.values().length;
  private static final @Nullable Opcode[] OPCODES = new Opcode[COUNT];
  private static final @Nullable Shape[] SHAPES = new Shape[COUNT];

  static {
    for (Operator operator : Operator.values()) {
      if (operator.family() == Family.VECTOR && operator.feature() == Feature.SIMD) {
        String mnemonic = operator.mnemonic();
        int dot = mnemonic.indexOf('.');
        String lanes = mnemonic.substring(0, dot);
        Shape shape = lanes.equals("v128") ? null : Shape.valueOf(lanes.toUpperCase(Locale.ROOT));
        Opcode op = find(shape, mnemonic.substring(dot + 1));
        OPCODES[operator.ordinal()] = op;
        SHAPES[operator.ordinal()] = op != null && op.hasShape() ? shape : null;
      }
    }
  }

  private VectorOpcodes() {}

  /** The operation, or null for constants, loads and stores. */
  static @Nullable Opcode of(Operator operator) {
    return OPCODES[operator.ordinal()];
  }

  /** Its lanes, null when they do not matter. */
  static @Nullable Shape shape(Operator operator) {
    return SHAPES[operator.ordinal()];
  }

  private static @Nullable Opcode find(@Nullable Shape shape, String name) {
    if (shape == null) {
      boolean isMemory = name.startsWith("load") || name.startsWith("store");
      return isMemory || name.equals("const") ? null : named("V" + name);
    }
    return switch (name) {
      case "extract_lane_u" -> Opcode.VEXTRACT_LANE;
      case "splat", "extract_lane", "replace_lane" -> named("V" + name);
      case "trunc_sat_f64x2_s_zero" -> Opcode.VTRUNC_SAT_ZERO_S;
      case "trunc_sat_f64x2_u_zero" -> Opcode.VTRUNC_SAT_ZERO_U;
      case "convert_low_i32x4_s", "convert_i32x4_s" -> Opcode.VCONVERT_S;
      case "convert_low_i32x4_u", "convert_i32x4_u" -> Opcode.VCONVERT_U;
      case "demote_f64x2_zero" -> Opcode.VDEMOTE_ZERO;
      case "promote_low_f32x4" -> Opcode.VPROMOTE_LOW;
      // extend_low_i8x16_s: what it extends follows from the result.
      default -> named((shape.isFloat() ? "VF" : "V") + name.replaceFirst("_[if]\\d+x\\d+", ""));
    };
  }

  private static Opcode named(String name) {
    return Opcode.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
