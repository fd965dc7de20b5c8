package dev.tazza.testkit.fuzz;

import static dev.tazza.testkit.fuzz.ExpressionGenerator.pick;

import dev.tazza.testkit.fuzz.ExpressionGenerator.Label;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A loop whose counter goes on by a step, and to a limit, that are not known before it runs, such
 * as over the multiples of a number or a row of a matrix. Where they may be any numbers, so that
 * the counter can wrap around, a second counter ends the loop.
 */
final class SteppedLoop {
  private static final List<String> UPWARDS = List.of("lt_u", "lt_s", "le_u", "le_s", "ne");
  private static final List<String> DOWNWARDS = List.of("gt_s", "gt_u", "ge_s");

  private final BodyGenerator body;
  private final Random random;
  private final String counter;
  private final String step;
  private final String limit;
  private final String least;
  private final String left;

  /** Whether the numbers are such that the loop ends by itself. */
  private final boolean tame;

  SteppedLoop(BodyGenerator body) {
    this.body = body;
    random = body.random;
    counter = body.scratch(NumType.I32);
    step = body.scratch(NumType.I32);
    limit = body.scratch(NumType.I32);
    least = body.scratch(NumType.I32);
    left = body.scratch(NumType.I32);
    tame = body.chance(50);
  }

  void generate() {
    number(tame, 255);
    body.line("local.tee %s", counter);
    body.line("local.set %s", least);
    number(tame || body.chance(30), 511);
    body.line("local.set %s", limit);
    number(tame || body.chance(60), 63);
    body.line("i32.const 1");
    body.line("i32.or");
    body.line("local.set %s", step);
    body.line("i32.const %d", 1 + random.nextInt(20));
    body.line("local.set %s", left);
    body.line("block");
    body.inside(
        Label.CLOSED,
        () -> {
          if (tame || body.chance(30)) {
            test(false, body.chance(50) ? "lt_u" : "lt_s");
            body.line("i32.eqz");
            body.line("br_if 0");
          }
          body.line("loop");
          body.inside(Label.CLOSED, this::round);
        });
  }

  private void number(boolean small, int most) {
    if (small) {
      body.length(most);
    } else {
      body.expression(NumType.I32);
    }
  }

  private void round() {
    boolean down = !tame && body.chance(25);
    String compare =
        tame ? pick(random, UPWARDS.subList(0, 2)) : pick(random, down ? DOWNWARDS : UPWARDS);
    boolean testsCounter = body.chance(30);
    int accesses = 1 + random.nextInt(3);
    for (int i = 0; i < accesses; i++) {
      access();
    }
    if (!tame) {
      body.line("local.get %s", left);
      body.line("i32.const 1");
      body.line("i32.sub");
      body.line("local.tee %s", left);
      body.line("i32.eqz");
      body.line("br_if 1");
    }
    if (testsCounter) {
      test(false, compare);
    }
    body.line("local.get %s", counter);
    body.line("local.get %s", step);
    body.line(down ? "i32.sub" : "i32.add");
    body.line("local.set %s", counter);
    if (!testsCounter) {
      test(true, compare);
    }
    body.line("br_if 0");
  }

  private void test(boolean maySwap, String compare) {
    boolean swap = maySwap && body.chance(20);
    body.line("local.get %s", swap ? limit : counter);
    body.line("local.get %s", swap ? counter : limit);
    body.line("i32.%s", swap ? swapped(compare) : compare);
  }

  private static String swapped(String compare) {
    return switch (compare.charAt(0)) {
      case 'l' -> "g" + compare.substring(1);
      case 'g' -> "l" + compare.substring(1);
      default -> compare;
    };
  }

  private void access() {
    NumType type = body.chance(50) ? NumType.I32 : NumType.I64;
    boolean load = body.chance(50);
    address();
    if (load) {
      body.line("%s.%s", Vocabulary.text(type), pick(random, Vocabulary.loads(type)));
      body.consume(List.of(type));
    } else {
      body.leaf(type);
      body.line("%s.%s", Vocabulary.text(type), pick(random, Vocabulary.stores(type)));
    }
  }

  /** Follows the counter; from some small number on where that may be great. */
  private void address() {
    body.line("local.get %s", counter);
    if (!tame && body.chance(80)) {
      body.line("local.get %s", least);
      body.line("i32.sub");
    }
    if (body.chance(50)) {
      body.line("i32.const %d", body.chance(80) ? random.nextInt(256) : -1);
      body.line("i32.add");
    }
    if (body.chance(30)) {
      body.line("i32.const %d", 1 + random.nextInt(3));
      body.line("i32.shl");
    }
  }
}
