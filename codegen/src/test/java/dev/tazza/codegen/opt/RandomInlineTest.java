package dev.tazza.codegen.opt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.Pass;
import dev.tazza.codegen.PassList;
import dev.tazza.codegen.filetest.FileCallees;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.Verifier;
import dev.tazza.codegen.opt.inline.CalleeSource;
import dev.tazza.codegen.opt.inline.InlineCandidates;
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
    FileCallees callees = new FileCallees();
    callees.add(callee(seed, 0));
    callees.add(callee(seed, 1));
    Outcome[] expected = outcomes(callees, function);
    String before = Printer.print(function);
    Analyses analyses = new Analyses(function);
    Pass.INLINE_CALLS.run(analyses, new InlineCandidates(callees, _ -> {}));
    Verifier.verify(function, "inlining, seed " + seed);
    Outcome[] found = outcomes(callees, function);
    for (int i = 0; i < ARGS.length; i++) {
      if (!isOutOfFuel(expected[i]) && !isOutOfFuel(found[i])) {
        String message = "seed " + seed + ", arguments " + i + "\n" + before;
        assertEquals(expected[i], found[i], () -> message + "\nmade\n" + Printer.print(function));
      }
    }
    inlined += function.inlineSites.count();
  }

  private static Function callee(long seed, int symbol) {
    Function function = RandomFunction.generateCalled(1000 * seed + symbol, (int) (seed % 4) * 6);
    function.symbol = symbol;
    Analyses analyses = new Analyses(function);
    for (Pass pass : PassList.forCallees()) {
      pass.run(analyses);
    }
    Verifier.verify(function, "callee of seed " + seed);
    return function;
  }

  private static boolean isOutOfFuel(Outcome outcome) {
    return outcome.text().equals("out of fuel");
  }

  private static Outcome[] outcomes(CalleeSource callees, Function function) {
    Outcome[] outcomes = new Outcome[ARGS.length];
    for (int i = 0; i < ARGS.length; i++) {
      outcomes[i] = Outcome.interpret(callees, function, ARGS[i]);
    }
    return outcomes;
  }
}
