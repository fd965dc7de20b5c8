package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.regalloc.CodeBuilder.Block;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Trees of blocks, and what is known along them. */
class ExtendedBlocksTest {
  private static final int VALUES = 30;

  private final CodeBuilder b = new CodeBuilder();

  private static VCode<String> check(VCode<String> code) {
    Checker.check(
        "test", code, CodeBuilder.X64, new SsaAllocator().allocate(code, CodeBuilder.X64));
    return code;
  }

  private Block entry() {
    Block entry = b.block(0);
    CodeBuilder.add(entry, "incoming", Operand.defFixed(b.vreg(), 14));
    return entry;
  }

  private int[] values(Block block) {
    int[] v = new int[VALUES];
    for (int k = 0; k < v.length; k++) {
      v[k] = b.vreg();
      CodeBuilder.add(block, "make", Operand.def(v[k]));
    }
    return v;
  }

  private static void end(Block block, int[] values) {
    for (int v : values) {
      CodeBuilder.add(block, "use", Operand.use(v));
    }
    CodeBuilder.add(block, "return");
  }

  @Test
  void treesEndWherePathsMeet() {
    Block entry = entry();
    int[] v = values(entry);
    Block edge = b.block(0);
    Block other = b.block(0);
    Block deep = b.block(0);
    Block join = b.block(0);
    CodeBuilder.branch(entry, v[0], edge, other);
    CodeBuilder.jump(edge, join);
    CodeBuilder.add(other, "use", Operand.use(v[1]));
    CodeBuilder.jump(other, deep);
    CodeBuilder.add(deep, "use", Operand.use(v[2]));
    CodeBuilder.jump(deep, join);
    end(join, v);
    Problem problem = new Problem(check(b.build()), CodeBuilder.X64);
    ExtendedBlocks trees = problem.trees;
    assertArrayEquals(new int[] {0, 0, 0, 0, 4}, trees.root);
    assertArrayEquals(new int[] {0, 2, 3, 1, 4}, trees.order, "the larger subtree first");
    assertEquals(2, trees.firstChild(0));
    assertTrue(trees.isBare(1));
    assertFalse(trees.isBare(3));
    assertEquals(2, trees.lastExit(0) - trees.firstExit(0));
    assertEquals(problem.distance.length[0] + problem.distance.length[2], trees.at[3]);
    assertEquals(0, problem.live.listStart[4]);
    assertEquals(VALUES, problem.live.listStart[5], "only the root of the second tree has a list");
  }

  @Test
  void whatOnlyOneWayUsesIsNotLiveOnTheOther() {
    Block entry = entry();
    int[] v = values(entry);
    Block left = b.block(0);
    Block right = b.block(0);
    CodeBuilder.branch(entry, v[0], left, right);
    CodeBuilder.add(left, "return", Operand.use(v[1]));
    CodeBuilder.add(right, "use", Operand.use(v[3]));
    CodeBuilder.add(right, "return", Operand.use(v[1]), Operand.use(v[2]));
    Problem problem = new Problem(check(b.build()), CodeBuilder.X64);
    Lookahead lookahead = new Lookahead(problem);
    int first = problem.trees.firstChild(0);
    int second = 3 - first;
    assertFalse(lookahead.listsAll(first));
    assertTrue(lookahead.listsAll(second));
    assertEquals(second == 1 ? 1 : 3, lookahead.listEnd(second) - lookahead.listStart(second));
    assertTrue(lookahead.listEnd(first) > lookahead.listStart(first));
  }

  /** Each cold block counts as far away as the end of a loop. */
  @Test
  void longPathsAreCut() {
    Block current = entry();
    int[] v = values(current);
    for (int k = 0; k < 40; k++) {
      Block cold = b.block(0);
      cold.cold = true;
      Block hot = b.block(0);
      Block exit = b.block(0);
      CodeBuilder.jump(current, cold);
      CodeBuilder.add(cold, "use", Operand.use(v[k % VALUES]));
      CodeBuilder.branch(cold, v[(k + 7) % VALUES], hot, exit);
      end(exit, v);
      current = hot;
    }
    end(current, v);
    VCode<String> code = check(b.build());
    ExtendedBlocks trees = new Problem(code, CodeBuilder.X64).trees;
    int roots = 0;
    for (int block = 0; block < code.blockCount(); block++) {
      roots += trees.isRoot(block) ? 1 : 0;
      assertTrue(trees.at[block] < 1 << 28);
    }
    assertEquals(3, roots);
  }

  /** Where a value is live is found out on paths that go up and down in block order, too. */
  @Test
  void pathsInAnyBlockOrder() {
    Block entry = entry();
    int[] v = values(entry);
    Block current = entry;
    for (int k = 0; k < 200; k++) {
      Block next = b.block(0);
      int w = b.vreg();
      CodeBuilder.add(next, "make", Operand.def(w));
      CodeBuilder.jump(current, next);
      CodeBuilder.add(next, "use", Operand.use(v[k % VALUES]));
      v[k * 7 % VALUES] = w;
      current = next;
    }
    end(current, v);
    Collections.reverse(b.blocks.subList(1, 150));
    Collections.swap(b.blocks, 160, 170);
    VCode<String> code = check(b.build());
    assertEquals(1, new Problem(code, CodeBuilder.X64).trees.firstChild(2));
  }
}
