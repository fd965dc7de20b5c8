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

  private StateMachine(BodyGenerator body, int state, int rounds) {
    this.body = body;
    random = body.random;
    this.state = "$n" + state;
    this.rounds = "$n" + rounds;
    cases = 2 + random.nextInt(3);
  }

  /** The machine with its state and the rounds left in two such locals. */
  static StateMachine of(BodyGenerator body, int state, int rounds) {
    return new StateMachine(body, state, rounds);
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
