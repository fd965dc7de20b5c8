package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Locale;

/** The instructions and constants that random modules are made of. */
final class Vocabulary {
  /** An instruction that takes one operand of type {@code from}. */
  record Conversion(String name, NumType from) {}

  private static final List<String> INT_BINARY =
      words("add sub mul and or xor shl shr_s shr_u rotl rotr add sub and");
  private static final List<String> FLOAT_BINARY = words("add sub mul div min max");
  private static final List<String> FLOAT_UNARY = words("abs neg ceil floor trunc nearest sqrt");
  private static final List<String> INT_COMPARE =
      words("eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u");
  private static final List<String> FLOAT_COMPARE = words("eq ne lt gt le ge");

  private static final List<String> I32_CONSTANTS =
      words(
          "0 1 -1 2 3 7 8 31 32 33 255 256 -128 32767 65535 65536 0x7fffffff 0x80000000 12345678");
  private static final List<String> I64_CONSTANTS =
      words(
          "0 1 -1 2 5 8 63 64 65 255 65535 0xffffffff 0x100000000 -2147483648 2147483648"
              + " 0x7fffffffffffffff 0x8000000000000000 0x123456789abcdef 274177 67280421310721");
  private static final List<String> FLOAT_CONSTANTS =
      words(
          "0 -0 1 -1 0.5 1.5 2.5 -3.75 1e10 -1e10 1e-10 2147483647 2147483648 -2147483649"
              + " 4294967296 9.3e18 -9.3e18 1.9e19 3e38 inf -inf nan");

  private static final List<Conversion> TO_I32 =
      List.of(
          new Conversion("i32.wrap_i64", NumType.I64),
          new Conversion("i32.extend8_s", NumType.I32),
          new Conversion("i32.extend16_s", NumType.I32),
          new Conversion("i32.clz", NumType.I32),
          new Conversion("i32.ctz", NumType.I32),
          new Conversion("i32.popcnt", NumType.I32),
          new Conversion("i32.eqz", NumType.I32),
          new Conversion("i32.eqz", NumType.I32),
          new Conversion("i64.eqz", NumType.I64),
          new Conversion("i32.trunc_sat_f32_s", NumType.F32),
          new Conversion("i32.trunc_sat_f32_u", NumType.F32),
          new Conversion("i32.trunc_sat_f64_s", NumType.F64),
          new Conversion("i32.trunc_sat_f64_u", NumType.F64),
          new Conversion("i32.reinterpret_f32", NumType.F32));
  private static final List<Conversion> TO_I64 =
      List.of(
          new Conversion("i64.extend_i32_s", NumType.I32),
          new Conversion("i64.extend_i32_u", NumType.I32),
          new Conversion("i64.extend8_s", NumType.I64),
          new Conversion("i64.extend16_s", NumType.I64),
          new Conversion("i64.extend32_s", NumType.I64),
          new Conversion("i64.clz", NumType.I64),
          new Conversion("i64.ctz", NumType.I64),
          new Conversion("i64.popcnt", NumType.I64),
          new Conversion("i64.trunc_sat_f32_s", NumType.F32),
          new Conversion("i64.trunc_sat_f32_u", NumType.F32),
          new Conversion("i64.trunc_sat_f64_s", NumType.F64),
          new Conversion("i64.trunc_sat_f64_u", NumType.F64),
          new Conversion("i64.reinterpret_f64", NumType.F64));
  private static final List<Conversion> TO_F32 =
      List.of(
          new Conversion("f32.convert_i32_s", NumType.I32),
          new Conversion("f32.convert_i32_u", NumType.I32),
          new Conversion("f32.convert_i64_s", NumType.I64),
          new Conversion("f32.convert_i64_u", NumType.I64),
          new Conversion("f32.demote_f64", NumType.F64),
          new Conversion("f32.reinterpret_i32", NumType.I32));
  private static final List<Conversion> TO_F64 =
      List.of(
          new Conversion("f64.convert_i32_s", NumType.I32),
          new Conversion("f64.convert_i32_u", NumType.I32),
          new Conversion("f64.convert_i64_s", NumType.I64),
          new Conversion("f64.convert_i64_u", NumType.I64),
          new Conversion("f64.promote_f32", NumType.F32),
          new Conversion("f64.reinterpret_i64", NumType.I64));

  private static final List<String> I32_LOADS = words("load load8_s load8_u load16_s load16_u");
  private static final List<String> I64_LOADS =
      words("load load8_s load8_u load16_s load16_u load32_s load32_u");
  private static final List<String> I32_STORES = words("store store8 store16");
  private static final List<String> I64_STORES = words("store store8 store16 store32");
  private static final List<String> FLOAT_LOADS = List.of("load");
  private static final List<String> FLOAT_STORES = List.of("store");

  private Vocabulary() {}

  private static List<String> words(String line) {
    return List.of(line.split(" "));
  }

  static boolean isInt(NumType type) {
    return type == NumType.I32 || type == NumType.I64;
  }

  /** The type's name in the text format. */
  static String text(NumType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  static List<String> binary(NumType type) {
    return isInt(type) ? INT_BINARY : FLOAT_BINARY;
  }

  static List<String> compare(NumType type) {
    return isInt(type) ? INT_COMPARE : FLOAT_COMPARE;
  }

  static List<String> floatUnary() {
    return FLOAT_UNARY;
  }

  static List<Conversion> conversions(NumType to) {
    return switch (to) {
      case I32 -> TO_I32;
      case I64 -> TO_I64;
      case F32 -> TO_F32;
      case F64 -> TO_F64;
    };
  }

  static List<String> constants(NumType type) {
    return switch (type) {
      case I32 -> I32_CONSTANTS;
      case I64 -> I64_CONSTANTS;
      case F32, F64 -> FLOAT_CONSTANTS;
    };
  }

  static List<String> loads(NumType type) {
    return switch (type) {
      case I32 -> I32_LOADS;
      case I64 -> I64_LOADS;
      case F32, F64 -> FLOAT_LOADS;
    };
  }

  static List<String> stores(NumType type) {
    return switch (type) {
      case I32 -> I32_STORES;
      case I64 -> I64_STORES;
      case F32, F64 -> FLOAT_STORES;
    };
  }
}
