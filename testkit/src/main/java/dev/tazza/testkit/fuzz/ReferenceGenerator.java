package dev.tazza.testkit.fuzz;

import dev.tazza.testkit.fuzz.RandomModule.Shape;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Calls through references to functions of the first type, which go through locals, a global and a
 * table of that type before. Some are null.
 */
final class ReferenceGenerator {
  /** Elements of the table; a power of two. */
  private static final int ELEMENTS = 4;

  private static final int LOCALS = 2;

  private final BodyGenerator body;
  private final Shape shape;
  private final Random random;

  ReferenceGenerator(BodyGenerator body) {
    this.body = body;
    shape = body.shape;
    random = body.random;
  }

  /** Whether the modules of a seed have any. */
  static boolean areIn(long seed) {
    return (seed >> 3 & 3) == 1;
  }

  /** What the module has to have. */
  static String definitions(Shape shape) {
    if (!shape.references()) {
      return "";
    }
    return """
    (table $refs %d (ref null $t0))
    (elem (table $refs) (i32.const 1) (ref null $t0) (ref.func $f0) (ref.func $f%d))
    (global $ref (mut (ref null $t0)) (ref.func $f0))
    """
        .formatted(ELEMENTS, functions(shape).getLast());
  }

  /** Those that can be referenced and have the first type; at least one. */
  private static List<Integer> functions(Shape shape) {
    List<Integer> functions = new ArrayList<>();
    for (int i = 0; i < shape.exported(); i++) {
      if (shape.functionTypes().get(i) == 0) {
        functions.add(i);
      }
    }
    return functions;
  }

  /** Locals of each function. */
  static String locals(Shape shape) {
    return shape.references() ? " (local $r0 (ref null $t0)) (local $r1 (ref null $t0))" : "";
  }

  /** Puts some reference somewhere. */
  void statement() {
    switch (random.nextInt(4)) {
      case 0, 1 -> {
        reference();
        body.line("local.set $r%d", random.nextInt(LOCALS));
      }
      case 2 -> {
        reference();
        body.line("global.set $ref");
      }
      default -> {
        body.length(ELEMENTS - 1);
        reference();
        body.line("table.set $refs");
      }
    }
  }

  /** Leaves a reference. */
  private void reference() {
    List<Integer> functions = functions(shape);
    switch (random.nextInt(12)) {
      case 0 -> body.line("ref.null $t0");
      case 1, 2 -> body.line("ref.func $f%d", functions.get(random.nextInt(functions.size())));
      case 3, 4 -> {
        body.length(ELEMENTS - 1);
        body.line("table.get $refs");
      }
      case 5, 6 -> body.line("global.get $ref");
      case 7 -> {
        reference();
        reference();
        body.expression(NumType.I32);
        body.line("select (result (ref null $t0))");
      }
      default -> body.line("local.get $r%d", random.nextInt(LOCALS));
    }
  }

  /** Calls the function of a reference. */
  List<NumType> call() {
    FuncType type = shape.types().getFirst();
    List<NumType> params = BodyGenerator.numbers(type.params());
    params.forEach(body::expression);
    reference();
    if (random.nextInt(8) == 0) {
      body.line("ref.as_non_null");
    }
    body.line("call_ref $t0");
    return BodyGenerator.numbers(type.results());
  }
}
