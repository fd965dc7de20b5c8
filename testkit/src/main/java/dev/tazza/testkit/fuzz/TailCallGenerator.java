package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.RandomModule.Shape;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.ValType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tail calls of functions with the same results. What they call takes fuel, so they end. */
final class TailCallGenerator {
  private final BodyGenerator body;
  private final Shape shape;
  private final Random random;

  TailCallGenerator(BodyGenerator body) {
    this.body = body;
    shape = body.shape;
    random = body.random;
  }

  /** Whether the modules of a seed have any. */
  static boolean areIn(long seed) {
    return (seed >> 2 & 1) == 0;
  }

  /**
   * Leaves a function with these results, if that can be.
   *
   * @return whether it was
   */
  boolean leave(List<ValType> results) {
    List<Integer> functions = new ArrayList<>();
    for (int i = 0; i < shape.recursive(); i++) {
      if (shape.function(i).results().equals(results)) {
        functions.add(i);
      }
    }
    if (!shape.tailCalls() || functions.isEmpty()) {
      return false;
    }
    if (results.equals(List.of(NumType.I32)) && random.nextInt(6) == 0) {
      body.expression(NumType.I32);
      body.expression(NumType.I32);
      body.line("return_call $host");
      return true;
    }
    int callee = functions.get(random.nextInt(functions.size()));
    FuncType type = shape.function(callee);
    BodyGenerator.numbers(type.params()).forEach(body::expression);
    int typeIndex = shape.functionTypes().get(callee);
    switch (random.nextInt(4)) {
      case 0 -> {
        body.line("i32.const %d", random.nextInt(9));
        body.line(
            "return_call_indirect %s (type $t%d)",
            random.nextInt(3) == 0 ? "$fixed" : "$table", typeIndex);
      }
      case 1 -> {
        if (callee < shape.exported()) {
          body.line("ref.func $f%d", callee);
          body.line("return_call_ref $t%d", typeIndex);
        } else {
          body.line("return_call $f%d", callee);
        }
      }
      default -> body.line("return_call $f%d", callee);
    }
    return true;
  }
}
