package dev.tazza.translate;

import dev.tazza.codegen.ir.Opcode;
import dev.tazza.wasm.operator.Family;
import dev.tazza.wasm.operator.Operator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which IR operation computes a numeric operator. Operand and result types are in the operator's
 * signature, so one row serves all types: the row's name is the mnemonic without its type.
 */
final class NumericOpcodes {
  private static final @Nullable Opcode[] TABLE = new Opcode[Operator.values().length];

  static {
    for (Operator operator : Operator.values()) {
      if (operator.family() == Family.NUMERIC) {
        TABLE[operator.ordinal()] = find(operator.mnemonic());
      }
    }
  }

  private NumericOpcodes() {}

  /**
   * The operation, or null for constants, {@code eqz} and {@code nop}-like conversions that need
   * more than one.
   */
  static @Nullable Opcode of(Operator operator) {
    return TABLE[operator.ordinal()];
  }

  private static @Nullable Opcode find(String mnemonic) {
    boolean isFloat = mnemonic.charAt(0) == 'f';
    String name = mnemonic.substring(mnemonic.indexOf('.') + 1);
    return switch (name) {
      case "const", "eqz", "add128", "sub128", "mul_wide_s", "mul_wide_u" -> null;
      case "wrap_i64" -> Opcode.WRAP;
      case "extend_i32_s" -> Opcode.SEXTEND;
      case "extend_i32_u" -> Opcode.UEXTEND;
      case "demote_f64" -> Opcode.DEMOTE;
      case "promote_f32" -> Opcode.PROMOTE;
      case "eq",
          "ne",
          "lt",
          "gt",
          "le",
          "ge",
          "lt_s",
          "lt_u",
          "gt_s",
          "gt_u",
          "le_s",
          "le_u",
          "ge_s",
          "ge_u" ->
          named((isFloat ? "FCMP_" : "ICMP_") + name);
      default -> {
        if (name.startsWith("reinterpret")) {
          yield Opcode.BITCAST;
        }
        if (name.startsWith("trunc_sat")
            || name.startsWith("trunc_f")
            || name.startsWith("convert")) {
          // trunc_f32_s: what it converts from is in the signature.
          yield named(name.replaceFirst("_[if](32|64)", ""));
        }
        yield named(isFloat ? "F" + name : name);
      }
    };
  }

  private static Opcode named(String name) {
    return Opcode.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
