package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.VCode;

/**
 * Measures how fast registers are allocated: {@code java … AllocationBench [instructions]
 * [functions] [rounds]}.
 */
final class AllocationBench {
  private AllocationBench() {}

  public static void main(String[] args) {
    int size = args.length > 0 ? Integer.parseInt(args[0]) : 400;
    int functions = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    VCode<?>[] codes = new VCode<?>[functions];
    long insts = 0;
    long vregs = 0;
    long blocks = 0;
    for (int k = 0; k < functions; k++) {
      codes[k] = RandomCode.generate(k, CodeBuilder.X64, size);
      insts += codes[k].instCount();
      vregs += codes[k].vregCount();
      blocks += codes[k].blockCount();
    }
    System.out.printf("%d instructions, %d vregs, %d blocks%n", insts, vregs, blocks);
    for (int r = 0; r < rounds; r++) {
      long start = System.nanoTime();
      long edits = 0;
      for (VCode<?> code : codes) {
        edits += new SsaAllocator().allocate(code, CodeBuilder.X64).editCount();
      }
      double ns = System.nanoTime() - start;
      System.out.printf(
          "round %d: %.0f ns an instruction, %.2f million vregs/s, %d edits%n",
          r, ns / insts, vregs * 1e3 / ns, edits);
    }
  }
}
