package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.RandomModule.Shape;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.util.List;
import java.util.Random;

/**
 * The body of a function that calls itself, or its neighbour, with a smaller first argument, and
 * returns at once when that is small. It takes no fuel, because the test is to come first.
 */
final class Recursion {
  /** Calls of a function from outside have a first argument below this. */
  static final int MOST = 12;

  private final Random random;
  private final Shape shape;
  private final int self;
  private final FuncType type;
  private final BodyGenerator body;

  Recursion(Random random, Shape shape, int self) {
    this.random = random;
    this.shape = shape;
    this.self = self;
    type = shape.function(self);
    body = new BodyGenerator(random, shape, self);
    body.budget = random.nextInt(24);
  }

  /** Locals and instructions. */
  String generate() {
    return body.generate(this::instructions);
  }

  private void instructions() {
    List<NumType> results = BodyGenerator.numbers(type.results());
    if (body.chance(60)) {
      early();
      body.line("if");
      results.forEach(body::leaf);
      body.line("return");
      body.line("end");
      call(results);
    } else {
      early();
      if (body.chance(30)) {
        body.line("i32.eqz");
        body.line(body.signature("if", List.of(), results));
        call(results);
        body.line("else");
        results.forEach(body::leaf);
      } else {
        body.line(body.signature("if", List.of(), results));
        results.forEach(body::leaf);
        body.line("else");
        call(results);
      }
      body.line("end");
    }
  }

  /** Holds at least when the first parameter is less than 2. */
  private void early() {
    body.line("local.get 0");
    switch (random.nextInt(4)) {
      case 0 -> body.line("i32.const 1\ni32.le_u");
      case 1 -> body.line("i32.const 3\ni32.lt_s");
      default -> body.line("i32.const 2\ni32.lt_s");
    }
    if (body.chance(15)) {
      body.leaf(NumType.I32);
      body.line("i32.const 1\ni32.and\ni32.or");
    }
  }

  private void call(List<NumType> results) {
    // Other instructions may set the parameter.
    String first = body.scratch(NumType.I32);
    body.line("local.get 0");
    body.line("local.set %s", first);
    int calls = 1 + random.nextInt(2);
    for (int i = 0; i < calls; i++) {
      effect();
      int callee = body.chance(80) ? self : neighbour();
      body.line("local.get %s", first);
      body.line("i32.const %d", 1 + i);
      body.line("i32.sub");
      List<NumType> params = BodyGenerator.numbers(shape.function(callee).params());
      params.subList(1, params.size()).forEach(body::expression);
      body.line("call $f%d", callee);
      body.consume(BodyGenerator.numbers(shape.function(callee).results()));
    }
    effect();
    if (shape.tailCalls() && body.chance(50)) {
      body.line("local.get %s", first);
      body.line("i32.const 1\ni32.sub");
      List<NumType> params = BodyGenerator.numbers(type.params());
      params.subList(1, params.size()).forEach(body::expression);
      body.line("return_call $f%d", self);
    } else {
      results.forEach(body::expression);
    }
  }

  private int neighbour() {
    int first = shape.recursive();
    return first + random.nextInt(shape.functionTypes().size() - first);
  }

  private void effect() {
    switch (random.nextInt(6)) {
      case 0 -> body.setGlobal();
      case 1 -> body.store();
      case 2 -> body.setLocal();
      case 3 -> {
        if (body.chance(10)) {
          body.expression(NumType.I32);
          body.line("if\nunreachable\nend");
        }
      }
      default -> {}
    }
  }
}
