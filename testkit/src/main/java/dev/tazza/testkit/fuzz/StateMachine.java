package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.ExpressionGenerator.Label;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * A loop around a switch on a local that the cases set, mostly to constants, before they meet and
 * go on with the next round, as parsers are written.
 */
final class StateMachine {
  private final BodyGenerator body;
  private final Random random;
  private final String state;
  private final String rounds;
  private final int cases;

  StateMachine(BodyGenerator body) {
    this.body = body;
    random = body.random;
    state = body.scratch(NumType.I32);
    rounds = body.scratch(NumType.I32);
    cases = 2 + random.nextInt(3);
  }

  void generate() {
    goTo();
    body.line("i32.const %d", 1 + random.nextInt(12));
    body.line("local.set %s", rounds);
    body.line("block");
    body.inside(new Label(List.of(), false), this::loop);
  }

  private void loop() {
    body.line("loop");
    body.inside(
        new Label(List.of(), true),
        () -> {
          body.useFuelOrTrap();
          if (body.chance(40)) {
            body.sequence(List.of());
          }
          body.line("block");
          body.inside(new Label(List.of(), false), () -> cases(cases));
          if (body.chance(60)) {
            body.sequence(List.of());
          }
          body.line("local.get %s", rounds);
          body.line("i32.const 1");
          body.line("i32.sub");
          body.line("local.tee %s", rounds);
          body.line("br_if 0");
        });
  }

  /** The first {@code count} cases, in a block within the one behind which they meet. */
  private void cases(int count) {
    if (count == 0) {
      StringBuilder targets = new StringBuilder("br_table");
      for (int i = 0; i < cases; i++) {
        targets.append(' ').append(i);
      }
      // Leaves the loop.
      targets.append(' ').append(cases + 2);
      body.line("local.get %s", state);
      body.line(targets.toString());
      return;
    }
    body.line("block");
    body.inside(new Label(List.of(), false), () -> cases(count - 1));
    body.sequence(List.of());
    if (body.chance(90)) {
      goTo();
    }
    if (body.chance(80)) {
      body.line("br %d", cases - count);
    }
  }

  private void goTo() {
    if (body.chance(85)) {
      body.line("i32.const %d", random.nextInt(cases + 1));
    } else {
      body.expression(NumType.I32);
    }
    body.line("local.set %s", state);
  }
}
