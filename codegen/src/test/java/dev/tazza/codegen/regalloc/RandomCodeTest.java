package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.RegisterAllocator;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import org.junit.jupiter.api.Test;

/** The checker proves allocations of seeded random functions. */
class RandomCodeTest {
  private static final long SEED = 20250101;

  @Test
  void largeRegisterFile() {
    run(new SsaAllocator(), CodeBuilder.X64, 400);
  }

  @Test
  void smallRegisterFile() {
    run(new SsaAllocator(), CodeBuilder.SMALL, 400);
  }

  @Test
  void spillEverywhere() {
    run(new SpillEverywhere(), CodeBuilder.SMALL, 100);
  }

  private static void run(RegisterAllocator allocator, RegisterFile file, int count) {
    for (int k = 0; k < count; k++) {
      long seed = SEED + k;
      VCode<String> code = RandomCode.generate(seed, file, 5 + k % 200);
      try {
        Checker.check("seed " + seed, code, file, allocator.allocate(code, file));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
