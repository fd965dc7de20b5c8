package dev.tazza.testkit.fuzz;

import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A loop that copies, fills or compares bytes one by one, as libraries do: upwards or downwards,
 * over ranges that often overlap, and that often end outside of the memory. Where it ended is
 * stored.
 */
final class ByteLoop {
  /** How many counters it needs. */
  static final int COUNTERS = 3;

  private static final int PAGE = 1 << 16;

  private final BodyGenerator body;
  private final Random random;
  private final String from;
  private final String to;
  private final String left;
  private final int direction;

  /** Whether pointers are moved before the access. */
  private final boolean first;

  private ByteLoop(BodyGenerator body, int counter) {
    this.body = body;
    random = body.random;
    from = "$n" + counter;
    to = "$n" + (counter + 1);
    left = "$n" + (counter + 2);
    direction = random.nextBoolean() ? 1 : -1;
    first = random.nextBoolean();
  }

  /** The loop that counts in locals from {@code $n}<i>counter</i> on. */
  static ByteLoop of(BodyGenerator body, int counter) {
    return new ByteLoop(body, counter);
  }

  void generate() {
    int start = body.chance(25) ? PAGE - random.nextInt(100) : random.nextInt(300);
    unknown(start);
    body.line("local.set %s", from);
    unknown(body.chance(60) ? start + random.nextInt(41) - 20 : random.nextInt(400));
    body.line("local.set %s", to);
    // Without any left it ends at the end of the memory.
    unknown(body.chance(3) ? 0 : 1 + random.nextInt(body.chance(20) ? 300 : 60));
    body.line("local.set %s", left);
    switch (random.nextInt(4)) {
      case 0 -> fill();
      case 1 -> compare();
      default -> copy();
    }
    for (String counter : List.of(from, to, left)) {
      body.line("i32.const %d", random.nextInt(1000));
      body.line("local.get %s", counter);
      body.line("i32.store");
    }
  }

  /** A number that the compiler sometimes does not know, near {@code value}. */
  private void unknown(int value) {
    body.line("i32.const %d", value);
    int local = body.locals.lastIndexOf(NumType.I32);
    if (local >= 0 && body.chance(70)) {
      body.line("local.get %d", local);
      body.line("i32.const 7");
      body.line("i32.and");
      body.line("i32.add");
    }
  }

  private void copy() {
    round(() -> {
      body.line("local.get %s", to);
      load(from);
      store();
    });
  }

  private void fill() {
    int local = body.locals.lastIndexOf(NumType.I32);
    String value =
        local < 0 || body.chance(50) ? "i32.const " + random.nextInt() : "local.get " + local;
    round(() -> {
      body.line("local.get %s", to);
      body.line(value);
      store();
    });
  }

  private void compare() {
    boolean signed = random.nextBoolean();
    body.line("block");
    body.inside(
        new ExpressionGenerator.Label(List.of(), false),
        () ->
            round(() -> {
              load(from, signed);
              load(to, signed);
              body.line("i32.ne");
              body.line("br_if 1");
            }));
  }

  private void load(String pointer) {
    load(pointer, random.nextBoolean());
  }

  private void load(String pointer, boolean signed) {
    body.line("local.get %s", pointer);
    body.line("i32.load8_%s offset=%d", signed ? "s" : "u", offset());
  }

  private void store() {
    body.line("i32.store8 offset=%d", offset());
  }

  private int offset() {
    return body.chance(30) ? random.nextInt(12) : 0;
  }

  private void round(Runnable access) {
    body.line("loop");
    body.inside(
        new ExpressionGenerator.Label(List.of(), true),
        () -> {
          if (first) {
            move();
          }
          access.run();
          if (!first) {
            move();
          }
          body.line("local.get %s", left);
          body.line("i32.const -1");
          body.line("i32.add");
          body.line("local.tee %s", left);
          body.line("br_if 0");
        });
  }

  private void move() {
    for (String pointer : List.of(from, to)) {
      body.line("local.get %s", pointer);
      body.line("i32.const %d", direction);
      body.line("i32.add");
      body.line("local.set %s", pointer);
    }
  }
}
