package dev.tazza.codegen.opt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.codegen.Pass;
import dev.tazza.codegen.PassList;
import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Parser;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.ir.TestRegions;
import dev.tazza.codegen.ir.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Random functions mean the same before and after each pass. {@code -Dseeds=N} runs more, {@code
 * -Dseed=N} only one.
 */
final class RandomPassTest {
  private static final long[][] ARGS = {
    {TestWorld.BASE, 0, 0, 0},
    {TestWorld.BASE, 5, -3, Double.doubleToRawLongBits(2.5)},
    {TestWorld.BASE, -7, 1L << 40, Double.doubleToRawLongBits(-1e10)},
    {TestWorld.BASE, Integer.MIN_VALUE, Long.MIN_VALUE, Double.doubleToRawLongBits(Double.NaN)},
    {TestWorld.BASE, 1000, 77, Double.doubleToRawLongBits(0.1)},
  };

  @Test
  void listsKeepMeaning() {
    forEachSeed(seed -> check(seed, PassList.of(Effort.SPEED).passes()));
  }

  @Test
  void passesInAnyOrderKeepMeaning() {
    forEachSeed(seed -> {
      SplittableRandom random = new SplittableRandom(seed);
      List<Pass> passes = new ArrayList<>();
      passes.add(Pass.REMOVE_UNREACHABLE);
      for (int i = 0; i < 8; i++) {
        passes.add(Pass.values()[random.nextInt(Pass.values().length)]);
      }
      check(seed, passes);
    });
  }

  private static void forEachSeed(LongConsumer test) {
    Long only = Long.getLong("seed");
    long count = Long.getLong("seeds", 500);
    for (long seed = only == null ? 0 : only; seed < (only == null ? count : only + 1); seed++) {
      test.accept(seed);
    }
  }

  private static void check(long seed, List<Pass> passes) {
    Function function = RandomFunction.generate(seed, 20 + (int) (seed % 7) * 30);
    Verifier.verify(function, "input of seed " + seed);
    String input = Printer.print(function);
    assertEquals(input, Printer.print(Parser.parse(input, TestRegions.ALL)));
    List<Outcome> expected = outcomes(function);
    Analyses analyses = new Analyses(function);
    for (Pass pass : passes) {
      String before = Printer.print(function);
      try {
        pass.run(analyses);
        Verifier.verify(function, pass.title());
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ", " + pass + " of\n" + before + "\nmade\n" + Printer.print(function),
            e);
      }
      List<Outcome> found = outcomes(function);
      for (int i = 0; i < ARGS.length; i++) {
        // A loop may get shorter or longer: only what ends both times is compared.
        if (!isOutOfFuel(expected.get(i)) && !isOutOfFuel(found.get(i))) {
          String message = "seed " + seed + ", arguments " + i + ", " + pass + " of\n" + before;
          assertEquals(
              expected.get(i), found.get(i), () -> message + "\nmade\n" + Printer.print(function));
        }
      }
    }
  }

  private static boolean isOutOfFuel(Outcome outcome) {
    return outcome.text().equals("out of fuel");
  }

  private static List<Outcome> outcomes(Function function) {
    List<Outcome> outcomes = new ArrayList<>();
    for (long[] args : ARGS) {
      outcomes.add(Outcome.interpret(function, args));
    }
    return outcomes;
  }
}
