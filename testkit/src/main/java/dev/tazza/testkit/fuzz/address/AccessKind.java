package dev.tazza.testkit.fuzz.address;

import java.util.List;
import java.util.Random;

/**
 * A kind of access.
 *
 * @param type the value's type, a float being looked at by its bits, a vector by both halves'
 *     exclusive or
 * @param load the end of the load's name, which tells how it extends
 * @param store the end of the store's name
 */
record AccessKind(String type, String load, String store, int bytes, boolean signed) {
  static final List<AccessKind> ALL =
      List.of(
          new AccessKind("i32", "load8_u", "store8", 1, false),
          new AccessKind("i32", "load8_s", "store8", 1, true),
          new AccessKind("i32", "load16_u", "store16", 2, false),
          new AccessKind("i32", "load16_s", "store16", 2, true),
          new AccessKind("i32", "load", "store", 4, false),
          new AccessKind("i64", "load8_u", "store8", 1, false),
          new AccessKind("i64", "load16_s", "store16", 2, true),
          new AccessKind("i64", "load32_u", "store32", 4, false),
          new AccessKind("i64", "load32_s", "store32", 4, true),
          new AccessKind("i64", "load", "store", 8, false),
          new AccessKind("f32", "load", "store", 4, false),
          new AccessKind("f64", "load", "store", 8, false),
          new AccessKind("v128", "load", "store", 16, false),
          new AccessKind("v128", "load64_zero", "store", 8, false),
          new AccessKind("v128", "load32_zero", "store", 4, false));

  /** Those that need an address that is a multiple of their size. */
  static final List<AccessKind> ATOMIC =
      List.of(
          new AccessKind("i32", "atomic.load8_u", "atomic.store8", 1, false),
          new AccessKind("i32", "atomic.load16_u", "atomic.store16", 2, false),
          new AccessKind("i32", "atomic.load", "atomic.store", 4, false),
          new AccessKind("i64", "atomic.load32_u", "atomic.store32", 4, false),
          new AccessKind("i64", "atomic.load", "atomic.store", 8, false));

  /** Bytes as an I32. */
  static final AccessKind BYTE = ALL.get(0);

  /** One that moves so many bytes without changing them. */
  static AccessKind moving(int bytes, Random random) {
    List<AccessKind> fitting =
        ALL.stream().filter(kind -> kind.bytes == bytes && !kind.isPartOfVector()).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  /** Whether it fills up a vector with zeros. */
  boolean isPartOfVector() {
    return type.equals("v128") && bytes < 16;
  }

  boolean isFloat() {
    return type.startsWith("f");
  }

  /** {@code before}, an address, and the text that ends the load, as an I64. */
  String loadBefore(long offset) {
    String access = "(" + type + "." + load + " offset=" + offset + " ";
    return switch (type) {
      case "i32" -> "(i64.extend_i32_u " + access;
      case "f32" -> "(i64.extend_i32_u (i32.reinterpret_f32 " + access;
      case "f64" -> "(i64.reinterpret_f64 " + access;
      case "v128" -> "(i64.xor (i64x2.extract_lane 0 (local.tee $v " + access;
      default -> access;
    };
  }

  String loadAfter() {
    if (type.equals("v128")) {
      return "))) (i64x2.extract_lane 1 (local.get $v)))";
    }
    return ")".repeat(type.equals("f32") ? 3 : type.equals("i64") ? 1 : 2);
  }

  String storeBefore(long offset) {
    String lane = isPartOfVector() ? 8 * bytes + "_lane" : "";
    return "(" + type + "." + store + lane + " offset=" + offset + (lane.isEmpty() ? " " : " 0 ");
  }

  /** Around an I32 that is to be stored. */
  String valueBefore() {
    return switch (type) {
      case "i64" -> "(i64.extend_i32_s ";
      case "f32" -> "(f32.reinterpret_i32 ";
      case "f64" -> "(f64.reinterpret_i64 (i64.extend_i32_s ";
      case "v128" -> "(i32x4.splat ";
      default -> "";
    };
  }

  String valueAfter() {
    return ")".repeat(type.equals("f64") ? 2 : type.equals("i32") ? 0 : 1);
  }

  /** What a load of the given bytes, of which the low ones count, is as an I64. */
  long extend(long raw) {
    if (bytes >= Long.BYTES) {
      return raw;
    }
    int unused = 64 - 8 * bytes;
    long value = signed ? raw << unused >> unused : raw << unused >>> unused;
    return type.equals("i32") ? value & 0xffff_ffffL : value;
  }
}
