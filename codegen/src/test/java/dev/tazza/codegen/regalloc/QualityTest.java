package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.regalloc.CodeBuilder.Block;
import org.junit.jupiter.api.Test;

/** Counts moves, loads and stores where they hurt, in small functions as they occur in programs. */
class QualityTest {
  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;
  private static final int R14 = 14;

  private final CodeBuilder b = new CodeBuilder();

  /** Edits of an allocation by kind, in the blocks of a loop depth. */
  private record Edits(int moves, int loads, int stores, int again) {
    int total() {
      return moves + loads + stores + again;
    }
  }

  private Allocation allocate(VCode<String> code) {
    Allocation a = new SsaAllocator().allocate(code, CodeBuilder.X64);
    if (Boolean.getBoolean("tazza.print")) {
      System.out.println(AllocationPrinter.print(code, a));
    }
    Checker.check("test", code, CodeBuilder.X64, a);
    return a;
  }

  private static Edits count(VCode<String> code, Allocation a, int minDepth, boolean cold) {
    int moves = 0;
    int loads = 0;
    int stores = 0;
    int again = 0;
    for (int n = 0; n < code.blockCount(); n++) {
      VCode.VBlock block = code.block(n);
      if (block.loopDepth < minDepth || block.cold != cold) {
        continue;
      }
      for (int e = 0; e < a.editCount(); e++) {
        int inst = a.editPoint()[e] >> 1;
        if (inst < block.from || inst >= block.to) {
          continue;
        }
        if (a.editFrom()[e] < 0) {
          again++;
        } else if (Loc.isSlot(a.editTo()[e])) {
          stores++;
        } else if (Loc.isSlot(a.editFrom()[e])) {
          loads++;
        } else {
          moves++;
        }
      }
    }
    return new Edits(moves, loads, stores, again);
  }

  /** Function parameters, the first one the context in r14. */
  private int[] incoming(Block entry, int n) {
    int[] order = {R14, RAX, RCX, RDX, 6, 7, 8, 9, 10};
    int[] v = new int[n];
    long[] operands = new long[n];
    for (int k = 0; k < n; k++) {
      v[k] = b.vreg();
      operands[k] = Operand.defFixed(v[k], order[k]);
    }
    CodeBuilder.add(entry, "incoming", operands);
    return v;
  }

  /** {@code v = op uses}, in a register of its own. */
  private int op(Block block, String name, int... uses) {
    return op(block, name, VRegKind.INT, uses);
  }

  private int op(Block block, String name, VRegKind kind, int... uses) {
    long[] operands = new long[uses.length + 1];
    for (int k = 0; k < uses.length; k++) {
      operands[k] = Operand.use(uses[k]);
    }
    int v = b.vreg(kind);
    operands[uses.length] = Operand.def(v);
    CodeBuilder.add(block, name, operands);
    return v;
  }

  /** {@code v = a op c}, over a's register as x86 does. */
  private int two(Block block, String name, int a, int c) {
    int v = b.vreg(b.vregs.get(a));
    CodeBuilder.add(block, name, Operand.use(a), Operand.useAny(c), Operand.defReuse(v, 0));
    return v;
  }

  /** {@code v = a op immediate}. */
  private int one(Block block, String name, int a) {
    int v = b.vreg(b.vregs.get(a));
    CodeBuilder.add(block, name, Operand.use(a), Operand.defReuse(v, 0));
    return v;
  }

  private void store(Block block, int... uses) {
    long[] operands = new long[uses.length];
    for (int k = 0; k < uses.length; k++) {
      operands[k] = Operand.use(uses[k]);
    }
    CodeBuilder.add(block, "store", operands);
  }

  private int call(Block block, int context, int... args) {
    int[] regs = {RAX, RCX, RDX, 6, 7, 8, 9, 10};
    long[] operands = new long[args.length + 2];
    operands[0] = Operand.useFixed(context, R14);
    for (int k = 0; k < args.length; k++) {
      operands[k + 1] = Operand.useFixed(args[k], regs[k]);
    }
    int result = b.vreg();
    operands[args.length + 1] = Operand.defFixed(result, RAX);
    CodeBuilder.add(block, "call", operands).clobbers =
        CodeBuilder.callerSaved(CodeBuilder.X64) & ~PReg.mask(RAX);
    return result;
  }

  private void end(Block block, int result) {
    CodeBuilder.add(block, "return", Operand.useFixed(result, RAX));
  }

  private int[] params(Block block, int n) {
    int[] v = new int[n];
    for (int k = 0; k < n; k++) {
      v[k] = b.vreg();
    }
    block.params = v;
    return v;
  }

  /**
   * A loop that counts: its first parameter is incremented and compared with the limit at the
   * bottom.
   */
  private final class Loop {
    final Block header;
    final Block again;
    final Block exit;
    final int[] params;
    Block body;

    Loop(Block before, int depth, int... inits) {
      header = b.block(depth);
      body = header;
      params = params(header, inits.length);
      CodeBuilder.jump(before, header, inits);
      again = b.block(depth);
      exit = b.block(depth - 1);
      b.blocks.remove(again);
      b.blocks.remove(exit);
    }

    void close(int limit, int... args) {
      int[] all = new int[args.length + 1];
      all[0] = one(body, "inc", params[0]);
      System.arraycopy(args, 0, all, 1, args.length);
      CodeBuilder.add(body, "cmp-branch", Operand.use(all[0]), Operand.useAny(limit));
      CodeBuilder.edge(body, again);
      CodeBuilder.edge(body, exit);
      b.blocks.add(again);
      b.blocks.add(exit);
      CodeBuilder.jump(again, header, all);
    }
  }

  /** Both begin with the same constant, but each has a register of its own to be counted in. */
  @Test
  void twoCountersFromTheSameConstant() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 2); // context, n
    int zero = b.constant(entry, VRegKind.INT);
    Block header = b.block(1);
    int[] counters = params(header, 2);
    CodeBuilder.jump(entry, header, zero, zero);
    Block first = b.block(1);
    Block second = b.block(1);
    Block exit = b.block(0);
    CodeBuilder.add(header, "switch", Operand.use(in[1]));
    CodeBuilder.edge(header, first);
    CodeBuilder.edge(header, second);
    CodeBuilder.edge(header, exit);
    int next = op(first, "lea", counters[0]);
    CodeBuilder.jump(first, header, next, counters[1]);
    int next2 = op(second, "lea", counters[1]);
    CodeBuilder.jump(second, header, counters[0], next2);
    end(exit, two(exit, "add", counters[0], counters[1]));
    VCode<String> code = b.build();
    assertEquals(0, count(code, allocate(code), 1, false).total());
  }

  @Test
  void matrixMultiplication() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 5); // context, a, b, c, n
    int zero = b.constant(entry, VRegKind.INT);
    Loop i = new Loop(entry, 1, zero);
    int row = two(i.body, "mul", i.params[0], in[4]);
    int zero2 = b.constant(i.body, VRegKind.INT);
    Loop j = new Loop(i.body, 2, zero2);
    int zero3 = b.constant(j.body, VRegKind.INT);
    int sum0 = b.constant(j.body, VRegKind.INT);
    Loop k = new Loop(j.body, 3, zero3, sum0);
    int at = op(k.body, "lea", row, k.params[0]);
    int x = op(k.body, "load", in[1], at);
    int bt = two(k.body, "mul", k.params[0], in[4]);
    int y = op(k.body, "load", in[2], two(k.body, "add", bt, j.params[0]));
    int product = two(k.body, "mul", x, y);
    int sum = two(k.body, "add", k.params[1], product);
    k.close(in[4], sum);
    j.body = k.exit;
    int ct = op(j.body, "lea", row, j.params[0]);
    store(j.body, in[3], ct, sum);
    j.close(in[4]);
    i.body = j.exit;
    i.close(in[4]);
    end(i.exit, in[4]);
    VCode<String> code = b.build();
    Allocation a = allocate(code);
    // mul overwrites its operand: one copy of the inner loop's index is needed.
    assertEquals(new Edits(1, 0, 0, 0), count(code, a, 3, false));
  }

  @Test
  void manyValuesLiveAcrossInnerLoop() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 5);
    int[] many = new int[20];
    for (int k = 0; k < many.length; k++) {
      many[k] = op(entry, "load", in[1]);
    }
    int zero = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, in[3]);
    int x = op(loop.body, "load", in[2], loop.params[0]);
    int y = two(loop.body, "add", loop.params[1], x);
    loop.close(in[4], y);
    int sum = y;
    for (int v : many) {
      sum = two(loop.exit, "add", sum, v);
    }
    end(loop.exit, sum);
    VCode<String> code = b.build();
    assertEquals(0, count(code, allocate(code), 1, false).total());
  }

  @Test
  void callInLoop() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 2);
    int zero = b.constant(entry, VRegKind.INT);
    int sum0 = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, sum0);
    int x = call(loop.body, in[0], loop.params[0]);
    int sum = two(loop.body, "add", loop.params[1], x);
    loop.close(in[1], sum);
    end(loop.exit, sum);
    VCode<String> code = b.build();
    Allocation a = allocate(code);
    assertEquals(new Edits(1, 0, 0, 0), count(code, a, 1, false)); // the argument
    assertEquals(CodeBuilder.mask(3, 12, 13), a.usedRegs() & CodeBuilder.X64.calleeSaved());
  }

  @Test
  void callInColdBlockOnly() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 9);
    int zero = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, in[2], in[3]);
    int x = two(loop.body, "add", loop.params[1], in[4]);
    int y = two(loop.body, "add", loop.params[2], in[5]);
    Block cold = b.block(1);
    cold.cold = true;
    Block hot = b.block(1);
    CodeBuilder.branch(loop.body, x, cold, hot);
    Block join = b.block(1);
    call(cold, in[0], x);
    CodeBuilder.jump(cold, join);
    CodeBuilder.jump(hot, join);
    loop.body = join;
    store(join, in[6], in[7], in[8]);
    loop.close(in[1], x, y);
    end(loop.exit, y);
    VCode<String> code = b.build();
    Allocation a = allocate(code);
    assertEquals(0, count(code, a, 0, false).loads());
    assertEquals(0, count(code, a, 1, false).total());
    assertTrue(count(code, a, 1, true).stores() > 0);
  }

  @Test
  void fibonacciSwap() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 4);
    int zero = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, in[1], in[2]);
    int sum = two(loop.body, "add", loop.params[1], loop.params[2]);
    loop.close(in[3], loop.params[2], sum);
    end(loop.exit, sum);
    VCode<String> code = b.build();
    Allocation a = allocate(code);
    Edits edits = count(code, a, 1, false);
    assertTrue(edits.moves() <= 3, edits.toString());
    assertEquals(edits.moves(), edits.total());
    for (int e = 0; e < a.editCount(); e++) {
      assertTrue(a.editTo()[e] != CodeBuilder.X64.scratch(), "scratch although others are free");
    }
  }

  @Test
  void shiftsInLoopKeepCountOutOfTheWay() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 6);
    int zero = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, in[2]);
    int v = b.vreg();
    CodeBuilder.add(
        loop.body,
        "shl",
        Operand.use(loop.params[1]),
        Operand.useFixed(in[1], RCX),
        Operand.defReuse(v, 0));
    int w = two(loop.body, "add", v, in[4]);
    loop.close(in[5], w);
    end(loop.exit, w);
    VCode<String> code = b.build();
    assertEquals(0, count(code, allocate(code), 1, false).total());
  }

  @Test
  void divisionInLoop() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 5);
    int zero = b.constant(entry, VRegKind.INT);
    Loop loop = new Loop(entry, 1, zero, in[2]);
    int quotient = b.vreg();
    int remainder = b.vreg();
    CodeBuilder.add(
        loop.body,
        "div",
        Operand.useFixed(loop.params[1], RAX),
        Operand.useLate(in[3]),
        Operand.defFixed(quotient, RAX),
        Operand.defFixed(remainder, RDX));
    int sum = two(loop.body, "add", quotient, loop.params[0]);
    store(loop.body, in[1], remainder);
    loop.close(in[4], sum);
    end(loop.exit, sum);
    VCode<String> code = b.build();
    assertEquals(0, count(code, allocate(code), 1, false).total());
  }

  /** Used at the top of the outer loop only: live, though far, at the bottom of the inner one. */
  @Test
  void valueUsedAroundTheOuterLoop() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 4);
    int zero = b.constant(entry, VRegKind.INT);
    Loop outer = new Loop(entry, 1, zero);
    store(outer.body, in[1], in[2]);
    int zero2 = b.constant(outer.body, VRegKind.INT);
    Loop middle = new Loop(outer.body, 2, zero2);
    int zero3 = b.constant(middle.body, VRegKind.INT);
    Loop inner = new Loop(middle.body, 3, zero3);
    inner.close(in[3]);
    middle.body = inner.exit;
    middle.close(in[3]);
    outer.body = middle.exit;
    outer.close(in[3]);
    end(outer.exit, in[3]);
    VCode<String> code = b.build();
    // Only the counters' zeros.
    assertEquals(new Edits(0, 0, 0, 2), count(code, allocate(code), 1, false));
  }

  @Test
  void constantsAreMadeAgainAfterCalls() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 1);
    int x = b.constant(entry, VRegKind.FLOAT);
    int r = call(entry, in[0]);
    int y = op(entry, "add", VRegKind.FLOAT, x, x);
    store(entry, r, y);
    end(entry, r);
    VCode<String> code = b.build();
    Allocation a = allocate(code);
    assertEquals(new Edits(0, 0, 0, 1), count(code, a, 0, false));
    assertEquals(0, a.slots());
  }

  @Test
  void operandsAreUsedFromTheStack() {
    Block entry = b.block(0);
    int[] in = incoming(entry, 3);
    int[] many = new int[20];
    for (int k = 0; k < many.length; k++) {
      many[k] = op(entry, "load", in[1]);
    }
    int sum = op(entry, "load", in[1]);
    for (int v : many) {
      sum = two(entry, "add", sum, v);
    }
    end(entry, sum);
    VCode<String> code = b.build();
    Edits edits = count(code, allocate(code), 0, false);
    assertEquals(0, edits.loads());
    assertTrue(edits.stores() <= 10, edits.toString());
  }
}
