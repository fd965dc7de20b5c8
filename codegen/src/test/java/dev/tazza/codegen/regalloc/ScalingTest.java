package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.regalloc.CodeBuilder.Block;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Eight times the code must not cost much more than eight times the steps, whatever its shape. */
class ScalingTest {
  private static final int FACTOR = 8;
  private static final double TOLERANCE = 1.3;

  private static void check(int size, IntFunction<VCode<String>> shape) {
    long small = work(shape.apply(size));
    long large = work(shape.apply(FACTOR * size));
    assertTrue(large <= small * FACTOR * TOLERANCE, () -> small + " steps, then " + large);
  }

  private static long work(VCode<String> code) {
    Problem problem = new Problem(code, CodeBuilder.X64);
    SsaAllocator.allocate(problem);
    return problem.work;
  }

  private static int[] values(CodeBuilder b, Block block, int n) {
    int[] v = new int[n];
    for (int k = 0; k < n; k++) {
      v[k] = b.vreg();
      CodeBuilder.add(block, "make", Operand.def(v[k]));
    }
    return v;
  }

  private static Block entry(CodeBuilder b) {
    Block entry = b.block(0);
    CodeBuilder.add(entry, "incoming", Operand.defFixed(b.vreg(), 14));
    return entry;
  }

  @Test
  void longBlock() {
    check(
        2000,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block block = entry(b);
          int[] v = values(b, block, 30);
          for (int k = 0; k < n; k++) {
            int w = b.vreg();
            int at = k * 7 % v.length;
            CodeBuilder.add(
                block,
                "add",
                Operand.use(v[at]),
                Operand.useAny(v[k % 30]),
                Operand.defReuse(w, 0));
            v[at] = w;
            if (k % 20 == 0) {
              CodeBuilder.add(block, "call").clobbers = CodeBuilder.callerSaved(CodeBuilder.X64);
            }
          }
          CodeBuilder.add(block, "return", Operand.useFixed(v[0], 0));
          return b.build();
        });
  }

  @Test
  void manyDiamondsInALoop() {
    check(
        500,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block entry = entry(b);
          int[] v = values(b, entry, 20);
          Block header = b.block(1);
          CodeBuilder.jump(entry, header);
          Block current = header;
          for (int k = 0; k < n; k++) {
            Block yes = b.block(1);
            Block no = b.block(1);
            Block join = b.block(1);
            join.params = new int[] {b.vreg()};
            CodeBuilder.branch(current, v[k % 20], yes, no);
            CodeBuilder.jump(yes, join, v[(k + 1) % 20]);
            CodeBuilder.jump(no, join, v[(k + 2) % 20]);
            CodeBuilder.add(join, "use", Operand.use(join.params[0]));
            current = join;
          }
          Block again = b.block(1);
          Block exit = b.block(0);
          CodeBuilder.branch(current, v[0], again, exit);
          CodeBuilder.jump(again, header);
          CodeBuilder.add(exit, "return", Operand.useFixed(v[0], 0));
          return b.build();
        });
  }

  @Test
  void manyLoopsAfterOneAnother() {
    check(
        300,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block current = entry(b);
          int[] v = values(b, current, 10);
          for (int k = 0; k < n; k++) {
            Block header = b.block(1);
            header.params = new int[] {b.vreg(), b.vreg()};
            CodeBuilder.jump(current, header, v[k % 10], v[(k + 1) % 10]);
            int x = b.vreg();
            CodeBuilder.add(
                header,
                "add",
                Operand.use(header.params[0]),
                Operand.use(v[(k + 2) % 10]),
                Operand.defReuse(x, 0));
            Block again = b.block(1);
            Block exit = b.block(0);
            CodeBuilder.branch(header, x, again, exit);
            CodeBuilder.jump(again, header, x, header.params[0]);
            v[k % 10] = x;
            current = exit;
          }
          CodeBuilder.add(current, "return", Operand.useFixed(v[0], 0));
          return b.build();
        });
  }

  @Test
  void loopWithManyParameters() {
    check(
        500,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block entry = entry(b);
          int[] v = values(b, entry, n);
          Block header = b.block(1);
          header.params = new int[n];
          int[] args = new int[n];
          CodeBuilder.jump(entry, header, v);
          for (int k = 0; k < n; k++) {
            header.params[k] = b.vreg();
          }
          for (int k = 0; k < n; k++) {
            args[k] = b.vreg();
            CodeBuilder.add(
                header,
                "add",
                Operand.use(header.params[(k + 1) % n]),
                Operand.defReuse(args[k], 0));
          }
          Block again = b.block(1);
          Block exit = b.block(0);
          CodeBuilder.branch(header, args[0], again, exit);
          CodeBuilder.jump(again, header, args);
          CodeBuilder.add(exit, "return", Operand.useFixed(args[0], 0));
          return b.build();
        });
  }

  @Test
  void largeSwitch() {
    check(
        500,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block entry = entry(b);
          int[] v = values(b, entry, 20);
          Block join = b.block(0);
          b.blocks.remove(join);
          join.params = new int[] {b.vreg()};
          Block[] targets = new Block[n];
          for (int k = 0; k < n; k++) {
            targets[k] = b.block(0);
          }
          CodeBuilder.branch(entry, v[0], targets);
          for (int k = 0; k < n; k++) {
            CodeBuilder.jump(targets[k], join, v[k % 20]);
          }
          b.blocks.add(join);
          CodeBuilder.add(join, "return", Operand.useFixed(join.params[0], 0));
          return b.build();
        });
  }

  /**
   * The product of values and blocks is beyond every budget: the values live in memory between
   * blocks.
   */
  @Test
  void allValuesLiveInAllBlocks() {
    int blocks = 20_000;
    CodeBuilder b = new CodeBuilder();
    Block current = entry(b);
    int[] v = values(b, current, 500);
    for (int k = 0; k < blocks; k++) {
      Block following = b.block(0);
      CodeBuilder.add(current, "use", Operand.use(v[k % 500]), Operand.useAny(v[(k + 250) % 500]));
      CodeBuilder.jump(current, following);
      current = following;
    }
    long[] all = new long[v.length];
    for (int k = 0; k < v.length; k++) {
      all[k] = Operand.useAny(v[k]);
    }
    CodeBuilder.add(current, "return", all);
    VCode<String> code = b.build();
    Problem problem = new Problem(code, CodeBuilder.X64);
    SsaAllocator.allocate(problem);
    assertTrue(problem.work < blocks * 700L, () -> problem.work + " steps");
  }

  /** The same, small enough to check what comes out. */
  @Test
  void demotedValuesAreCorrect() {
    for (long seed = 1; seed <= 60; seed++) {
      VCode<String> code = RandomCode.generate(seed, CodeBuilder.SMALL, 120);
      Problem problem = new Problem(code, CodeBuilder.SMALL, 20);
      Checker.check("seed " + seed, code, CodeBuilder.SMALL, SsaAllocator.allocate(problem));
    }
  }

  @Test
  void constantsInManyBlocks() {
    check(
        500,
        n -> {
          CodeBuilder b = new CodeBuilder();
          Block current = entry(b);
          int[] v = new int[20];
          for (int k = 0; k < v.length; k++) {
            v[k] = b.constant(current, k % 2 == 0 ? VRegKind.INT : VRegKind.FLOAT);
          }
          for (int k = 0; k < n; k++) {
            Block following = b.block(0);
            CodeBuilder.add(current, "use", Operand.use(v[k % 20]));
            CodeBuilder.add(current, "call").clobbers =
                CodeBuilder.callerSaved(CodeBuilder.X64) & ~PReg.mask(0);
            CodeBuilder.jump(current, following);
            current = following;
          }
          CodeBuilder.add(current, "return", Operand.useFixed(v[0], 0));
          return b.build();
        });
  }
}
