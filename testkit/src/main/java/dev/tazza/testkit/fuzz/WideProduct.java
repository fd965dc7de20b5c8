package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.type.NumType;
import java.util.Random;

/**
 * The product of two 64-bit numbers in 128 bits, put together from the products of their halves in
 * the two ways that compilers know. Every so often one part is wrong, so that it is another number,
 * which must not be taken for the product.
 */
final class WideProduct {
  /** How many halves and shifts there are at least, each of which may be the wrong one. */
  private static final int PARTS = 12;

  private final BodyGenerator body;
  private final Random random;
  private final String x;
  private final String y;
  private final String w;
  private int partsToMistake;

  WideProduct(BodyGenerator body) {
    this.body = body;
    random = body.random;
    x = body.scratch(NumType.I64);
    y = body.chance(90) ? body.scratch(NumType.I64) : x;
    w = body.scratch(NumType.I64);
    partsToMistake = body.chance(25) ? random.nextInt(PARTS) : Integer.MAX_VALUE;
  }

  void generate() {
    set(x, () -> body.expression(NumType.I64));
    if (!y.equals(x)) {
      set(y, () -> body.expression(NumType.I64));
    }
    set(w, () -> commute("mul", () -> low(x), () -> low(y)));
    if (body.chance(50)) {
      byCarriedSums();
    } else {
      byComparing();
    }
  }

  private void byCarriedSums() {
    String t = body.scratch(NumType.I64);
    String v = body.scratch(NumType.I64);
    set(t, () -> commute("add", () -> cross(x, y), () -> high(w)));
    set(v, () -> commute("add", () -> low(t), () -> cross(y, x)));
    keep(() ->
        sum(() -> commute("mul", () -> high(x), () -> high(y)), () -> high(t), () -> high(v)));
    if (body.chance(80)) {
      keep(() -> commute("or", () -> up(v), () -> low(w)));
    }
  }

  private void byComparing() {
    String first = body.scratch(NumType.I64);
    String mid = body.scratch(NumType.I64);
    String product = body.scratch(NumType.I64);
    set(first, () -> cross(x, y));
    set(mid, () -> commute("add", () -> get(first), () -> cross(y, x)));
    if (body.chance(50)) {
      set(product, () -> commute("add", () -> get(w), () -> up(mid)));
    } else {
      set(product, () -> commute("mul", () -> get(x), () -> get(y)));
    }
    keep(() ->
        sum(
            () -> commute("mul", () -> high(x), () -> high(y)),
            () -> commute("or", () -> carry(mid, first), () -> high(mid)),
            () -> less(product, w)));
    keep(() -> get(product));
  }

  /** The high half of one times the low half of the other. */
  private void cross(String one, String other) {
    commute("mul", () -> high(one), () -> low(other));
  }

  private void carry(String mid, String first) {
    less(mid, first);
    body.line("i64.const %d", shift());
    body.line("i64.shl");
  }

  private void less(String a, String b) {
    boolean swap = body.chance(50);
    get(swap ? b : a);
    get(swap ? a : b);
    body.line(swap ? "i64.gt_u" : "i64.lt_u");
    body.line("i64.extend_i32_u");
  }

  private void high(String value) {
    get(value);
    body.line("i64.const %d", shift());
    body.line("i64.shr_u");
  }

  private void up(String value) {
    get(value);
    body.line("i64.const %d", shift());
    body.line("i64.shl");
  }

  private void low(String value) {
    get(value);
    if (isMistake()) {
      body.line("i64.const 0x7fffffff");
      body.line("i64.and");
    } else if (body.chance(50)) {
      body.line("i64.const 0xffffffff");
      body.line("i64.and");
    } else {
      body.line("i32.wrap_i64");
      body.line("i64.extend_i32_u");
    }
  }

  private int shift() {
    return isMistake() ? 31 : 32;
  }

  private boolean isMistake() {
    return partsToMistake-- == 0;
  }

  private void sum(Runnable a, Runnable b, Runnable c) {
    if (body.chance(50)) {
      commute("add", a, () -> commute("add", b, c));
    } else {
      commute("add", () -> commute("add", c, a), b);
    }
    if (body.chance(20)) {
      body.leaf(NumType.I64);
      body.line("i64.add");
    }
  }

  private void commute(String operation, Runnable a, Runnable b) {
    boolean swap = body.chance(50);
    (swap ? b : a).run();
    (swap ? a : b).run();
    body.line("i64.%s", operation);
  }

  private void get(String local) {
    body.line("local.get %s", local);
  }

  private void set(String local, Runnable value) {
    value.run();
    body.line("local.set %s", local);
  }

  /** Puts a value where it can be observed. */
  private void keep(Runnable value) {
    int local = body.locals.lastIndexOf(NumType.I64);
    if (local >= 0 && body.chance(30)) {
      value.run();
      body.line("local.set %d", local);
    } else {
      body.line("i32.const %d", random.nextInt(4096));
      value.run();
      body.line("i64.store");
    }
  }
}
