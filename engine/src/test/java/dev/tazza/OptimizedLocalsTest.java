package dev.tazza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.binary.SectionId;
import dev.tazza.wasm.text.Wat;
import org.junit.jupiter.api.Test;

/** What {@link Config#debugInfo} tells of the locals of optimized code, and what it may take. */
class OptimizedLocalsTest {
  /** How many places are told of a function with so many locals, which all live in a loop. */
  private static int places(int count) {
    StringBuilder text = new StringBuilder("(module (func (param i32) (result i32) (local");
    text.append(" i32".repeat(count)).append(")\n");
    for (int i = 1; i <= count; i++) {
      text.append(
          "(local.set %d (i32.mul (local.get 0) (i32.const %d)))\n".formatted(i, 2 * i + 3));
    }
    text.append("(loop $again\n");
    for (int i = 1; i <= count; i++) {
      int other = i * 7 % count + 1;
      text.append(
          "(local.set %d (i32.xor (local.get %d) (local.get %d)))\n".formatted(i, i, other));
    }
    text.append("(br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))");
    text.append("(local.get 0)");
    for (int i = 1; i <= count; i++) {
      text.append("(i32.add (i32.mul (local.get %d) (i32.const %d)))\n".formatted(i, i));
    }
    text.append("))");
    BinaryWriter module = new BinaryWriter().bytes(Wat.parse(text.toString()));
    // That there is a section is enough to have code tell of its locals.
    module.section(SectionId.CUSTOM, new BinaryWriter().name(".debug_info"));
    try (Engine engine = new Engine(new Config().debugInfo(true));
        Module compiled = Module.compile(engine, module.toByteArray())) {
      return compiled.compiled().tables().locals().count();
    }
  }

  @Test
  void localsHavePlaces() {
    int places = places(20);
    assertTrue(places >= 20, () -> places + " places");
  }

  /** It would take minutes: each instruction may move each of many values. */
  @Test
  void nothingIsToldOfHugeFunctions() {
    assertEquals(0, places(20_000));
  }
}
