package dev.tazza.codegen.regalloc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tazza.codegen.CompilerBug;
import dev.tazza.codegen.machine.Allocation;
import dev.tazza.codegen.machine.LiveRefs;
import dev.tazza.codegen.machine.Loc;
import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import dev.tazza.codegen.machine.VariablePlaces;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checker notices when something is wrong: correct allocations are damaged at random. */
class CheckerTest {
  private static final int FUNCTIONS = 150;
  private static final int DAMAGES = 5;

  @Test
  void missingEdit() {
    Random random = new Random(1);
    int found = 0;
    int tried = 0;
    for (int seed = 0; seed < FUNCTIONS; seed++) {
      VCode<String> code = RandomCode.generate(seed, CodeBuilder.SMALL, 60);
      Allocation good = new SsaAllocator().allocate(code, CodeBuilder.SMALL);
      for (int k = 0; k < DAMAGES && good.editCount() > 0; k++) {
        int gone = random.nextInt(good.editCount());
        int[] to = good.editTo().clone();
        int[] from = good.editFrom().clone();
        from[gone] = to[gone]; // a move to itself
        tried++;
        found += isRejected(code, with(good, good.locs(), from, to)) ? 1 : 0;
      }
    }
    assertMost(found, tried);
  }

  @Test
  void wrongRegister() {
    Random random = new Random(2);
    int found = 0;
    int tried = 0;
    for (int seed = 0; seed < FUNCTIONS; seed++) {
      VCode<String> code = RandomCode.generate(seed, CodeBuilder.SMALL, 60);
      Allocation good = new SsaAllocator().allocate(code, CodeBuilder.SMALL);
      for (int k = 0; k < DAMAGES; k++) {
        int[] locs = good.locs().clone();
        int o = random.nextInt(code.operandCount());
        int[] file = locs[o] >= 32 ? CodeBuilder.SMALL.floatOrder() : CodeBuilder.SMALL.intOrder();
        int other = file[random.nextInt(file.length)];
        if (!Loc.isReg(locs[o]) || other == locs[o]) {
          continue;
        }
        locs[o] = other;
        tried++;
        found += isRejected(code, with(good, locs, good.editFrom(), good.editTo())) ? 1 : 0;
      }
    }
    assertMost(found, tried);
  }

  /** A reference that is missing in the map of a call, or a slot that is in it for no reason. */
  @Test
  void wrongMaps() {
    Random random = new Random(3);
    int found = 0;
    int tried = 0;
    for (int seed = 0; seed < FUNCTIONS / 2; seed++) {
      VCode<String> code = RandomCode.generate(seed, CodeBuilder.SMALL, 60);
      Allocation good = new SsaAllocator().allocate(code, CodeBuilder.SMALL);
      LiveRefs refs = good.refs();
      for (int k = 0; k < refs.slots().length; k++) {
        int[] slots = refs.slots().clone();
        slots[k] = random.nextInt(good.slots());
        if (slots[k] != refs.slots()[k]) {
          tried++;
          found +=
              isRejected(code, with(good, new LiveRefs(refs.safepoints(), refs.starts(), slots)))
                  ? 1
                  : 0;
        }
      }
    }
    int all = tried;
    int rejected = found;
    assertTrue(all > 100 && rejected >= all * 0.95, () -> rejected + " of " + all);
  }

  /** A call whose results are defined where it goes on; only moves before that are damage. */
  @Test
  void resultsThatDoNotArrive() {
    VCode<String> code = new VCode<>();
    int result = code.newVReg(VRegKind.INT);
    VBlock call = code.newBlock();
    code.newInst("incoming", 0, false, -1);
    code.setCall(code.newInst("call", CodeBuilder.callerSaved(CodeBuilder.SMALL), false, -1));
    call.to = 2;
    call.succs = new int[] {1, 2};
    call.args = new int[][] {{}, {}};
    call.tags = new int[] {7};
    VBlock normal = code.newBlock();
    normal.from = code.newInst("results", 0, false, -1);
    code.operand(Operand.defFixed(result, 0));
    code.newInst("return", 0, false, -1);
    code.operand(Operand.useFixed(result, 0));
    normal.to = code.instCount();
    VBlock pad = code.newBlock();
    pad.from = code.newInst("trap", 0, false, -1);
    pad.to = code.instCount();
    pad.pad = true;
    normal.preds = pad.preds = new int[1];
    int[] locs = {0, 0};
    assertFalse(isRejected(code, moving(locs, 2 * normal.from, 1)));
    assertTrue(isRejected(code, moving(locs, 2 * normal.from, 0)));
  }

  /** With a copy from register 2 at a point. */
  private static Allocation moving(int[] locs, int point, int to) {
    return new Allocation(
        locs,
        new int[] {point},
        new int[] {2},
        new int[] {to},
        new byte[1],
        1,
        0,
        7,
        LiveRefs.NONE,
        VariablePlaces.NONE);
  }

  /** Some damage does no harm: definitions that nobody uses, stores that nobody loads. */
  private static void assertMost(int found, int tried) {
    assertTrue(tried > 300 && found >= tried * 0.8, () -> found + " of " + tried);
  }

  private static Allocation with(Allocation a, int[] locs, int[] from, int[] to) {
    return new Allocation(
        locs,
        a.editPoint(),
        from,
        to,
        a.editKind(),
        a.editCount(),
        a.slots(),
        a.usedRegs(),
        a.refs(),
        a.variables());
  }

  private static Allocation with(Allocation a, LiveRefs refs) {
    return new Allocation(
        a.locs(),
        a.editPoint(),
        a.editFrom(),
        a.editTo(),
        a.editKind(),
        a.editCount(),
        a.slots(),
        a.usedRegs(),
        refs,
        a.variables());
  }

  private static boolean isRejected(VCode<String> code, Allocation allocation) {
    try {
      Checker.check("test", code, CodeBuilder.SMALL, allocation);
      return false;
    } catch (CompilerBug _) {
      return true;
    }
  }
}
