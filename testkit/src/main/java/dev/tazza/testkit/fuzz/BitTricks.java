package dev.tazza.testkit.fuzz;

import static dev.tazza.testkit.fuzz.ExpressionGenerator.pick;

import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * Integer expressions that some processor's instruction, or some rule of algebra, stands for:
 * shifts of shifts, rotations, tests of bits, extensions, numbers put together from bytes.
 */
final class BitTricks {
  private static final List<Integer> COUNTS = List.of(1, 2, 3, 8, 16, 24, 31, 32, 48, 56, 63);
  private static final List<String> SHIFTS = List.of("shl", "shr_u", "shr_s", "rotl", "rotr");

  private final ExpressionGenerator body;
  private final Random random;
  private final NumType type;
  private final String prefix;
  private final int bits;
  private final String x;

  private BitTricks(ExpressionGenerator body, NumType type) {
    this.body = body;
    random = body.random;
    this.type = type;
    prefix = Vocabulary.text(type);
    bits = type == NumType.I32 ? Integer.SIZE : Long.SIZE;
    x = body.scratch(type);
  }

  /** Leaves a value of the type, I32 or I64, on the stack. */
  static void generate(ExpressionGenerator body, NumType type) {
    new BitTricks(body, type).generate();
  }

  private void generate() {
    body.expression(type);
    body.line("local.set %s", x);
    switch (random.nextInt(10)) {
      case 0, 1 -> shiftTwice();
      case 2 -> rotate();
      case 3, 4 -> testBit();
      case 5 -> lowest();
      case 6 -> fromBytes();
      case 7 -> extend();
      case 8 -> minimum();
      default -> exclusive();
    }
  }

  private void shiftTwice() {
    int count = count();
    String first = pick(random, SHIFTS);
    shift(first, count);
    constant(body.chance(60) ? count : count());
    operate(body.chance(70) ? pick(random, SHIFTS.subList(0, 3)) : first);
  }

  private void shift(String name, long count) {
    get();
    constant(count);
    operate(name);
  }

  private int count() {
    return pick(random, COUNTS) % bits;
  }

  /** By a constant, or by a number that is taken from the width. */
  private void rotate() {
    if (body.chance(50)) {
      int count = count();
      boolean leftFirst = body.chance(50);
      shift(leftFirst ? "shl" : "shr_u", count);
      shift(leftFirst ? "shr_u" : "shl", body.chance(85) ? bits - count : count());
    } else {
      String y = body.scratch(type);
      body.expression(type);
      body.line("local.set %s", y);
      get();
      body.line("local.get %s", y);
      operate("shl");
      get();
      constant(body.chance(50) ? bits : 0);
      body.line("local.get %s", y);
      operate("sub");
      operate("shr_u");
    }
    operate(body.chance(80) ? "or" : "add");
  }

  private void testBit() {
    switch (random.nextInt(4)) {
      case 0 -> {
        get();
        constant(1);
        body.expression(type);
        operate("shl");
        operate("and");
      }
      case 1 -> {
        get();
        body.expression(type);
        operate("shr_u");
        constant(1);
        operate("and");
      }
      case 2 -> {
        get();
        constant(1L << random.nextInt(bits) | (body.chance(30) ? 1L << random.nextInt(bits) : 0));
        operate("and");
      }
      default -> {
        get();
        constant(body.chance(50) ? bits - 1 : 2L * bits - 1);
        operate("and");
        String count = body.scratch(type);
        body.line("local.set %s", count);
        body.expression(type);
        body.line("local.get %s", count);
        operate(pick(random, SHIFTS));
        return;
      }
    }
    if (body.chance(50)) {
      body.line("%s.eqz", prefix);
    } else {
      constant(0);
      operate(body.chance(70) ? "ne" : "eq");
    }
    if (body.chance(30)) {
      body.line("i32.const 1");
      body.line("i32.xor");
    }
    if (body.chance(40)) {
      body.line("if (result %s)", prefix);
      body.leaf(type);
      body.line("else");
      get();
      body.line("end");
    } else if (type == NumType.I64) {
      body.line("i64.extend_i32_u");
    }
  }

  /** The lowest bit, or what is left without it, or without the bits of another number. */
  private void lowest() {
    get();
    switch (random.nextInt(3)) {
      case 0 -> {
        constant(0);
        get();
        operate("sub");
      }
      case 1 -> {
        get();
        constant(1);
        operate("sub");
      }
      default -> {
        body.expression(type);
        constant(-1);
        operate("xor");
      }
    }
    operate(body.chance(80) ? "and" : "xor");
  }

  /** Stores x piece by piece and loads it, or the other way round. */
  private void fromBytes() {
    int at = random.nextInt(2048);
    int bytes = 1 << random.nextInt(3);
    String piece = bytes == 4 && type == NumType.I32 ? "" : Integer.toString(bytes * 8);
    int count = bits / 8 / bytes;
    int skipped = body.chance(15) ? random.nextInt(count) : -1;
    if (body.chance(50)) {
      for (int i = 0; i < count; i++) {
        body.line("i32.const %d", at);
        shift("shr_u", 8L * bytes * (i == skipped ? 0 : i));
        body.line("%s.store%s offset=%d", prefix, piece, i * bytes);
      }
      body.line("i32.const %d", at);
      body.line("%s.load", prefix);
    } else {
      body.line("i32.const %d", at);
      get();
      body.line("%s.store", prefix);
      for (int i = 0; i < count; i++) {
        body.line("i32.const %d", at);
        body.line("%s.load%s offset=%d", prefix, piece.isEmpty() ? "" : piece + "_u", i * bytes);
        if (i > 0) {
          constant(8L * bytes * (i == skipped ? 0 : i));
          operate("shl");
          operate("or");
        }
      }
    }
  }

  private void extend() {
    get();
    if (type == NumType.I64) {
      body.line("i32.wrap_i64");
      body.line(body.chance(50) ? "i64.extend_i32_u" : "i64.extend_i32_s");
      constant(pick(random, List.of(0xffL, 0xffffL, 0xffff_ffffL, 0x1_ffff_ffffL)));
      operate("and");
    } else {
      body.line(body.chance(50) ? "i64.extend_i32_u" : "i64.extend_i32_s");
      body.line("i64.const %d", random.nextInt(40));
      body.line("i64.%s", pick(random, SHIFTS));
      body.line("i32.wrap_i64");
    }
  }

  private void minimum() {
    String y = body.scratch(type);
    body.expression(type);
    body.line("local.set %s", y);
    boolean swap = body.chance(50);
    body.line("local.get %s", swap ? y : x);
    body.line("local.get %s", swap ? x : y);
    get();
    body.line("local.get %s", y);
    operate(pick(random, Vocabulary.compare(type)));
    body.line("select");
  }

  private void exclusive() {
    get();
    constant(random.nextInt());
    operate("xor");
    constant(body.chance(50) ? -1 : random.nextInt());
    operate("xor");
  }

  private void get() {
    body.line("local.get %s", x);
  }

  private void constant(long value) {
    body.line("%s.const %d", prefix, type == NumType.I32 ? (int) value : value);
  }

  private void operate(String name) {
    body.line("%s.%s", prefix, name);
  }
}
