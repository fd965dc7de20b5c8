package dev.tazza.codegen.opt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.Compiler;
import dev.tazza.codegen.Pass;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Verifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random functions that call random functions mean the same when calls are inlined. {@code
 * -Dseeds=N} runs more, {@code -Dseed=N} only one.
 */
final class RandomInlineTest {
  private static final long[][] ARGS = {
    {TestWorld.BASE, 0, 0, 0},
    {TestWorld.BASE, 5, -3, Double.doubleToRawLongBits(2.5)},
    {TestWorld.BASE, Integer.MIN_VALUE, 1L << 40, Double.doubleToRawLongBits(-1e10)},
  };

  private int inlined;

  @Test
  void inliningKeepsMeaning() {
    Long only = Long.getLong("seed");
    long count = Long.getLong("seeds", 400);
    for (long seed = only == null ? 0 : only; seed < (only == null ? count : only + 1); seed++) {
      check(seed);
    }
    assertTrue(
        only != null || inlined > count / 4, () -> "only " + inlined + " calls were inlined");
  }

  private void check(long seed) {
    Function function = RandomFunction.generate(seed, 20 + (int) (seed % 5) * 20);
    // The last symbol stays unknown.
    List<Callee> callees = List.of(callee(seed, 0), callee(seed, 1));
    function.callees = symbol -> symbol < callees.size() ? callees.get((int) symbol) : null;
    Outcome[] expected = outcomes(function);
    String before = Printer.print(function);
    Analyses analyses = new Analyses(function);
    Pass.INLINE_CALLS.run(analyses);
    Verifier.verify(function, "inlining, seed " + seed);
    Outcome[] found = outcomes(function);
    for (int i = 0; i < ARGS.length; i++) {
      if (!isOutOfFuel(expected[i]) && !isOutOfFuel(found[i])) {
        String message = "seed " + seed + ", arguments " + i + "\n" + before;
        assertEquals(expected[i], found[i], () -> message + "\nmade\n" + Printer.print(function));
      }
    }
    inlined += function.inlineSites.count();
  }

  private static Callee callee(long seed, int symbol) {
    Function function = RandomFunction.generateCalled(1000 * seed + symbol, (int) (seed % 4) * 6);
    function.symbol = symbol;
    Compiler.simplifyCallee(function);
    Verifier.verify(function, "callee of seed " + seed);
    return new Callee(function, 0, 1);
  }

  private static boolean isOutOfFuel(Outcome outcome) {
    return outcome.text().equals("out of fuel");
  }

  private static Outcome[] outcomes(Function function) {
    Outcome[] outcomes = new Outcome[ARGS.length];
    for (int i = 0; i < ARGS.length; i++) {
      outcomes[i] = Outcome.interpret(function, ARGS[i]);
    }
    return outcomes;
  }
}
