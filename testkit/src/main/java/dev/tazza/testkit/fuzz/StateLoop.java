package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.ExpressionGenerator.Label;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A switch in a loop whose cases each say what comes next: by a constant, as compilers write a
 * function that can be resumed anywhere, or by a byte of memory, as an interpreter does. Unlike
 * those of a {@link StateMachine} they do not meet, and nothing stands before the switch.
 */
final class StateLoop {
  private final BodyGenerator body;
  private final Random random;
  private final int cases;
  private final String state;
  private final String left;

  StateLoop(BodyGenerator body) {
    this.body = body;
    random = body.random;
    cases = 1 + random.nextInt(body.chance(20) ? 12 : 5);
    state = body.scratch(NumType.I32);
    left = body.scratch(NumType.I32);
  }

  void generate() {
    body.line("i32.const %d", 1 + random.nextInt(30));
    body.line("local.set %s", left);
    next();
    body.line("block");
    body.inside(
        Label.CLOSED,
        () -> {
          body.line("loop");
          body.inside(Label.CLOSED, () -> cases(cases));
        });
  }

  /** Blocks within blocks, each of them with what is behind it. */
  private void cases(int inner) {
    if (inner == 0) {
      dispatch();
      return;
    }
    body.line("block");
    body.inside(Label.CLOSED, () -> cases(inner - 1));
    one(cases - inner);
  }

  private void dispatch() {
    StringBuilder targets = new StringBuilder("br_table");
    int count = 1 + random.nextInt(cases + 2);
    for (int i = 0; i < count; i++) {
      targets.append(' ').append(body.chance(80) ? i % cases : random.nextInt(cases));
    }
    // Otherwise out of the loop.
    targets.append(' ').append(body.chance(60) ? cases + 1 : random.nextInt(cases));
    body.line("local.get %s", state);
    body.line(targets.toString());
  }

  /**
   * A case.
   *
   * @param outside how many blocks are around it, in the loop
   */
  private void one(int outside) {
    if (body.chance(60)) {
      body.sequence(List.of());
    }
    if (outside > 0 && body.chance(25)) {
      return; // falls through to the next
    }
    body.line("local.get %s", left);
    body.line("i32.const 1");
    body.line("i32.sub");
    body.line("local.tee %s", left);
    body.line("i32.eqz");
    body.line("br_if %d", outside + 1);
    if (body.chance(30)) {
      next();
      body.expression(NumType.I32);
      body.line("br_if %d", outside);
    }
    next();
    body.line(body.chance(90) ? "br " + outside : "br " + (outside + 1));
  }

  private void next() {
    switch (random.nextInt(8)) {
      case 0 -> {
        body.address();
        body.line("i32.load8_u offset=%d", random.nextInt(64));
      }
      case 1 -> body.length(7);
      default -> body.line("i32.const %d", random.nextInt(cases + 1));
    }
    body.line("local.set %s", state);
  }
}
