package dev.tazza.codegen.isa.x64.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tazza.codegen.Settings.Effort;
import dev.tazza.codegen.filetest.Outcome;
import dev.tazza.codegen.filetest.TestWorld;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Printer;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.opt.RandomFunction;
import dev.tazza.codegen.regalloc.SpillEverywhere;
import dev.tazza.codegen.regalloc.SsaAllocator;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random functions give the same compiled as interpreted. {@code -Dseeds=N} runs more, {@code
 * -Dseed=N} only one.
 */
final class RandomNativeTest {
  private static final long[][] ARGS = {
    {TestWorld.BASE, 0, 0, 0},
    {TestWorld.BASE, 5, -3, Double.doubleToRawLongBits(2.5)},
    {TestWorld.BASE, -7, 1L << 40, Double.doubleToRawLongBits(-1e10)},
    {TestWorld.BASE, Integer.MIN_VALUE, Long.MIN_VALUE, Double.doubleToRawLongBits(Double.NaN)},
    {TestWorld.BASE, 1000, 77, Double.doubleToRawLongBits(0.1)},
  };

  @Test
  void baseline() {
    check(new SpillEverywhere(), Effort.NONE, Set.of());
  }

  @Test
  void allFeatures() {
    check(new SpillEverywhere(), Effort.NONE, NativeExecutor.hostFeatures());
  }

  @Test
  void optimized() {
    check(new SsaAllocator(), Effort.SPEED, NativeExecutor.hostFeatures());
  }

  @Test
  void allocated() {
    check(new SsaAllocator(), Effort.NONE, Set.of());
  }

  private static void check(RegisterAllocator allocator, Effort level, Set<CpuFeature> features) {
    NativeExecutor executor = new NativeExecutor(allocator, level, features);
    Long only = Long.getLong("seed");
    long count = Long.getLong("seeds", 300);
    for (long seed = only == null ? 0 : only; seed < (only == null ? count : only + 1); seed++) {
      check(executor, seed);
    }
  }

  private static void check(NativeExecutor executor, long seed) {
    int size = 20 + (int) (seed % 7) * 30;
    String text = Printer.print(RandomFunction.generate(seed, size));
    try {
      NativeExecutor.Loaded loaded = executor.new Loaded(RandomFunction.generate(seed, size));
      for (int i = 0; i < ARGS.length; i++) {
        Function function = RandomFunction.generate(seed, size);
        Outcome expected = Outcome.interpret(function, ARGS[i]);
        if (!expected.text().equals("out of fuel")) {
          String message = "seed " + seed + ", arguments " + i + "\n" + text;
          assertEquals(expected, loaded.run(ARGS[i]), message);
        }
      }
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + "\n" + text, e);
    }
  }
}
