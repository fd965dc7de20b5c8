package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.ExpressionGenerator.Label;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A loop over two stretches of memory of unknown length, as in memmove, memset and memcmp: forwards
 * or backwards, by pointers or by an index. Often near the end of memory or of all addresses, so
 * that it traps half way, often overlapping, and sometimes in an outer loop.
 */
final class CopyLoop {
  private static final int MOST_ROUNDS = 63;

  /** Stretches that overlap begin at most so far apart. */
  private static final int NEAR = 20;

  private static final int PAGE = 0x10000;
  private static final String[] SUFFIXES = {"8", "16", "32", ""};

  private final BodyGenerator body;
  private final Random random;
  private final String to;
  private final String from;
  private final String left;
  private final String index;
  private final int log;
  private final boolean backwards;
  private final boolean byIndex;

  CopyLoop(BodyGenerator body) {
    this.body = body;
    random = body.random;
    to = body.scratch(NumType.I32);
    from = body.scratch(NumType.I32);
    left = body.scratch(NumType.I32);
    index = body.scratch(NumType.I32);
    log = random.nextInt(4);
    backwards = body.chance(40);
    byIndex = body.chance(50);
  }

  void generate() {
    if (body.chance(40)) {
      String rounds = body.scratch(NumType.I32);
      body.line("i32.const %d", 1 + random.nextInt(4));
      body.line("local.set %s", rounds);
      body.line("loop");
      body.inside(
          Label.CLOSED,
          () -> {
            whole();
            step(rounds, -1);
            body.line("local.tee %s", rounds);
            body.line("br_if 0");
          });
    } else {
      whole();
    }
  }

  private void whole() {
    base(to);
    if (body.chance(40)) {
      body.line("local.get %s", to);
      body.line("i32.const %d", random.nextInt(2 * NEAR + 1) - NEAR);
      body.line("i32.add");
      body.line("local.set %s", from);
    } else {
      base(from);
    }
    body.length(MOST_ROUNDS);
    body.line("local.set %s", left);
    if (backwards) {
      atEnd(to);
      atEnd(from);
    }
    body.line("i32.const 0");
    body.line("local.set %s", index);
    body.line("block");
    body.inside(
        Label.CLOSED,
        () -> {
          if (body.chance(85)) {
            body.line("local.get %s", left);
            body.line("i32.eqz");
            body.line("br_if 0");
          } else {
            // Ends after at most as many rounds all the same.
            body.line("local.get %s", left);
            body.line("i32.const 1");
            body.line("i32.or");
            body.line("local.set %s", left);
          }
          body.line("loop");
          body.inside(Label.CLOSED, this::round);
        });
  }

  private void base(String pointer) {
    switch (random.nextInt(6)) {
      case 0 -> body.line("i32.const %d", PAGE - random.nextInt(MOST_ROUNDS << log));
      case 1 -> body.line("i32.const %d", -random.nextInt(MOST_ROUNDS << log));
      case 2 -> {
        body.expression(NumType.I32);
        body.line("i32.const %d", PAGE / 4 - 1);
        body.line("i32.and");
      }
      default -> body.line("i32.const %d", random.nextInt(256));
    }
    body.line("local.set %s", pointer);
  }

  private void atEnd(String pointer) {
    body.line("local.get %s", pointer);
    body.line("local.get %s", left);
    body.line("i32.const %d", log);
    body.line("i32.shl");
    body.line("i32.add");
    body.line("local.set %s", pointer);
  }

  private void round() {
    if (backwards) {
      advance(-1);
    }
    element(backwards ? 0 : random.nextInt(2) << log);
    if (!backwards) {
      advance(1);
    }
    step(left, -1);
    body.line("local.tee %s", left);
    if (body.chance(30)) {
      body.line("i32.const 0");
      body.line(body.chance(50) ? "i32.ne" : "i32.gt_s");
    }
    body.line("br_if 0");
  }

  private void advance(int direction) {
    if (byIndex) {
      step(index, direction);
      body.line("local.set %s", index);
    } else {
      for (String pointer : List.of(to, from)) {
        step(pointer, direction << log);
        body.line("local.set %s", pointer);
      }
    }
  }

  private void step(String local, int by) {
    boolean add = body.chance(50);
    body.line("local.get %s", local);
    body.line("i32.const %d", add ? by : -by);
    body.line(add ? "i32.add" : "i32.sub");
  }

  /** Does something with an element of each stretch. */
  private void element(int offset) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        address(to);
        load(from, offset);
        store(offset);
      }
      case 2 -> {
        address(to);
        load(from, offset);
        load(to, offset);
        body.line("i64.%s", random.nextBoolean() ? "xor" : "add");
        store(offset);
      }
      case 3 -> {
        address(to);
        body.leaf(NumType.I64);
        store(offset);
      }
      default -> {
        load(from, offset);
        load(to, offset);
        body.line(random.nextBoolean() ? "i64.ne" : "i64.lt_u");
        body.line("br_if 1");
      }
    }
  }

  private void address(String pointer) {
    body.line("local.get %s", pointer);
    if (byIndex) {
      body.line("local.get %s", index);
      if (log > 0) {
        body.line("i32.const %d", log);
        body.line("i32.shl");
      }
      body.line("i32.add");
    }
  }

  private void load(String pointer, int offset) {
    address(pointer);
    String suffix = SUFFIXES[log].isEmpty() ? "" : SUFFIXES[log] + (body.chance(70) ? "_u" : "_s");
    body.line("i64.load%s offset=%d", suffix, offset);
  }

  private void store(int offset) {
    body.line("i64.store%s offset=%d", SUFFIXES[log], offset);
  }
}
