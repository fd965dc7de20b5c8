package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.regalloc.CodeBuilder.Block;
import org.junit.jupiter.api.Test;

/** Which values in memory share a slot. */
class SlotsTest {
  private static final int VALUES = 40;

  private final CodeBuilder b = new CodeBuilder();

  private static Allocation allocate(VCode<String> code) {
    Allocation a = new SsaAllocator().allocate(code, CodeBuilder.X64);
    Checker.check("test", code, CodeBuilder.X64, a);
    return a;
  }

  private static int movesBetweenSlots(Allocation a) {
    int moves = 0;
    for (int e = 0; e < a.editCount(); e++) {
      moves += Loc.isSlot(a.editFrom()[e]) && Loc.isSlot(a.editTo()[e]) ? 1 : 0;
    }
    return moves;
  }

  private Block entry() {
    Block entry = b.block(0);
    CodeBuilder.add(entry, "incoming", Operand.defFixed(b.vreg(), 14));
    return entry;
  }

  private int[] values(Block block, VRegKind kind) {
    int[] v = new int[VALUES];
    for (int k = 0; k < v.length; k++) {
      v[k] = b.vreg(kind);
      CodeBuilder.add(block, "make", Operand.def(v[k]));
    }
    return v;
  }

  private int[] params(Block block, VRegKind kind) {
    block.params = new int[VALUES];
    for (int k = 0; k < VALUES; k++) {
      block.params[k] = b.vreg(kind);
    }
    return block.params;
  }

  private static void end(Block block, int[] values) {
    for (int v : values) {
      CodeBuilder.add(block, "use", Operand.use(v));
    }
    CodeBuilder.add(block, "return");
  }

  /** A loop around an if, each with all values as parameters; the arm changes one of them. */
  private VCode<String> loop(VRegKind kind, int[] order) {
    Block entry = entry();
    int[] v = values(entry, kind);
    Block header = b.block(1);
    int[] p = params(header, kind);
    CodeBuilder.jump(entry, header, v);
    Block arm = b.block(1);
    Block other = b.block(1);
    Block join = b.block(1);
    int[] q = params(join, kind);
    CodeBuilder.add(header, "use", Operand.use(p[3]));
    CodeBuilder.branch(header, p[0], arm, other);
    int[] changed = p.clone();
    changed[7] = b.vreg(kind);
    CodeBuilder.add(arm, "change", Operand.use(p[7]), Operand.def(changed[7]));
    CodeBuilder.jump(arm, join, changed);
    CodeBuilder.jump(other, join, p);
    Block again = b.block(1);
    Block exit = b.block(0);
    CodeBuilder.branch(join, q[0], again, exit);
    int[] next = new int[VALUES];
    for (int k = 0; k < VALUES; k++) {
      next[k] = q[order[k]];
    }
    CodeBuilder.jump(again, header, next);
    end(exit, q);
    return b.build();
  }

  private static int[] inOrder() {
    int[] order = new int[VALUES];
    for (int k = 0; k < VALUES; k++) {
      order[k] = k;
    }
    return order;
  }

  @Test
  void parametersAndArgumentsShareSlots() {
    for (VRegKind kind : VRegKind.values()) {
      Allocation a = allocate(new SlotsTest().loop(kind, inOrder()));
      assertEquals(0, movesBetweenSlots(a), kind.toString());
      assertTrue(a.slots() <= VALUES * kind.bytes() / 8, () -> kind + ": " + a.slots());
    }
  }

  /** Two that change places need one move each, and a third place for the time, at least once. */
  @Test
  void parametersThatChangePlacesDoNotShareSlots() {
    int[] order = inOrder();
    order[20] = 21;
    order[21] = 20;
    int moves = movesBetweenSlots(allocate(loop(VRegKind.INT, order)));
    assertTrue(moves >= 3 && moves <= 6, () -> moves + " moves");
  }

  /** What one arm of a branch has in memory does not meet what the other has. */
  @Test
  void valuesOfDifferentArmsShareSlots() {
    Block entry = entry();
    int flag = b.vreg();
    CodeBuilder.add(entry, "make", Operand.def(flag));
    Block left = b.block(0);
    Block right = b.block(0);
    CodeBuilder.branch(entry, flag, left, right);
    end(left, values(left, VRegKind.INT));
    end(right, values(right, VRegKind.INT));
    Allocation a = allocate(b.build());
    assertTrue(a.slots() > 0 && a.slots() < VALUES, () -> a.slots() + " slots");
  }

  /** A slot is free between the last load of one value and the next store of another. */
  @Test
  void slotsServeInTheGapsOfOthers() {
    Block entry = entry();
    int[] v = values(entry, VRegKind.INT);
    Block join = b.block(0);
    int[] p = params(join, VRegKind.INT);
    CodeBuilder.jump(entry, join, v);
    Block last = b.block(0);
    int[] w = values(join, VRegKind.INT);
    int[] q = params(last, VRegKind.INT);
    for (int value : p) {
      CodeBuilder.add(join, "use", Operand.use(value));
    }
    CodeBuilder.jump(join, last, w);
    end(last, q);
    Allocation a = allocate(b.build());
    assertEquals(0, movesBetweenSlots(a));
    assertTrue(a.slots() < 2 * VALUES, () -> a.slots() + " slots");
  }
}
