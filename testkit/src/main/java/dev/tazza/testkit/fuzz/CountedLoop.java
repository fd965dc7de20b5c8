package dev.tazza.testkit.fuzz;

import static dev.tazza.testkit.fuzz.ExpressionGenerator.pick;

import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A loop over a range of numbers, as compilers write it for arrays: a counter from one constant to
 * another, with accesses at addresses that follow it, some of them from one round to the next.
 * Ranges often begin or end where numbers wrap around.
 */
final class CountedLoop {
  private static final int[] STEPS = {1, 1, 1, 2, 4, 4, 8, 16, -1, -1, -4, 3};

  private final BodyGenerator body;
  private final Random random;
  private final String counter;
  private final int step;
  private final int first;
  private final int limit;

  CountedLoop(BodyGenerator body) {
    this.body = body;
    random = body.random;
    counter = body.scratch(NumType.I32);
    int rounds = 1 + random.nextInt(body.chance(10) ? 40 : 9);
    step = STEPS[random.nextInt(STEPS.length)];
    first =
        switch (random.nextInt(8)) {
          case 0, 1 -> -rounds * step;
          case 2 -> Integer.MAX_VALUE - random.nextInt(64);
          case 3 -> -random.nextInt(64);
          case 4 -> random.nextInt();
          default -> random.nextInt(64);
        };
    limit = first + rounds * step;
  }

  void generate() {
    body.line("i32.const %d", first);
    body.line("local.set %s", counter);
    if (body.chance(40)) {
      body.line("block");
      body.inside(new ExpressionGenerator.Label(List.of(), false), () -> loop(true));
    } else {
      loop(false);
    }
  }

  private void loop(boolean testFirst) {
    body.line("loop");
    body.inside(
        new ExpressionGenerator.Label(List.of(), true),
        () -> {
          boolean simple = body.chance(70);
          if (!simple) {
            body.useFuelOrTrap();
          }
          if (testFirst) {
            body.line("local.get %s", counter);
            test(true);
            body.line("br_if 1");
          }
          int accesses = 1 + random.nextInt(5);
          for (int i = 0; i < accesses; i++) {
            access();
          }
          if (!simple) {
            // May branch back without counting.
            body.sequence(List.of());
          }
          body.line("local.get %s", counter);
          body.line("i32.const %d", step);
          body.line("i32.add");
          if (testFirst) {
            body.line("local.set %s", counter);
            body.line("br 0");
          } else {
            body.line("local.tee %s", counter);
            test(false);
            body.line("br_if 0");
          }
        });
  }

  /**
   * Holds for all counts but the limit, which no loop passes: there may be no fuel to run out of.
   */
  private void test(boolean leaves) {
    body.line("i32.const %d", limit);
    boolean signed = step > 0 ? first < limit : first > limit;
    boolean unsigned = Integer.compareUnsigned(first, limit) < 0 == step > 0;
    if (signed && body.chance(30)) {
      body.line(step > 0 ? "i32.lt_s" : "i32.gt_s");
    } else if (unsigned && body.chance(30)) {
      body.line(step > 0 ? "i32.lt_u" : "i32.gt_u");
    } else {
      body.line("i32.ne");
    }
    if (leaves) {
      body.line("i32.eqz");
    }
  }

  private void access() {
    NumType type = pick(random, ExpressionGenerator.TYPES);
    String text = Vocabulary.text(type);
    if (body.chance(50)) {
      address();
      body.line("%s.%s offset=%d", text, pick(random, Vocabulary.loads(type)), random.nextInt(32));
      int local = body.locals.lastIndexOf(type);
      body.line(local < 0 ? "drop" : "local.set " + local);
    } else {
      address();
      body.leaf(type);
      body.canonical(type);
      body.line("%s.%s offset=%d", text, pick(random, Vocabulary.stores(type)), random.nextInt(32));
    }
  }

  /** Small in most rounds, whatever the counter is. */
  private void address() {
    int least = Math.min(first, limit) - (body.chance(10) ? -8 : 0);
    body.line("local.get %s", counter);
    body.line("i32.const %d", random.nextInt(128) - least);
    body.line("i32.add");
    if (body.chance(40)) {
      body.line("i32.const %d", 1 + random.nextInt(3));
      body.line("i32.shl");
      body.line("i32.const %d", random.nextInt(256));
      body.line("i32.add");
    }
  }
}
