package dev.tazza.codegen.filetest;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Interpreter;
import dev.tazza.codegen.ir.Signature;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.inline.CalleeSource;

/**
 * What came of running a function.
 *
 * @param text results, or the trap
 * @param effects fingerprint of memory and calls
 */
public record Outcome(String text, long effects) {
  private static final long FUEL = 200_000;

  /** Runs {@code function} in a new {@link TestWorld}. */
  public static Outcome interpret(Function function, long... args) {
    return interpret(CalleeSource.NONE, function, args);
  }

  /** The same for one that calls {@code callees}. */
  public static Outcome interpret(CalleeSource callees, Function function, long... args) {
    TestWorld world = new TestWorld(callees, FUEL);
    String text;
    try {
      long[] results = new Interpreter(world, FUEL).run(function, args);
      text = print(function.signature, results);
    } catch (Interpreter.Trapping | Interpreter.Unwinding e) {
      text = e.getMessage();
    } catch (Interpreter.OutOfFuelException _) {
      return new Outcome("out of fuel", 0);
    }
    return new Outcome(text, world.fingerprint());
  }

  /** Results of a function of {@code signature} as text. */
  public static String print(Signature signature, long[] results) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < results.length; i++) {
      text.append(i == 0 ? "" : ", ").append(print(signature.results().get(i), results[i]));
    }
    return text.toString();
  }

  /** NaNs are all alike. */
  private static String print(Type type, long value) {
    return switch (type) {
      case F32 -> Float.toString(Float.intBitsToFloat((int) value));
      case F64 -> Double.toString(Double.longBitsToDouble(value));
      default -> Long.toString(value);
    };
  }
}
