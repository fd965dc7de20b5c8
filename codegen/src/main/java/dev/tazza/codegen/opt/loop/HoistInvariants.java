package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.MemoryVersions;
import dev.tazza.codegen.opt.ValueTable;
import dev.tazza.codegen.opt.WrittenRegions;
import dev.tazza.codegen.opt.edit.Replacements;

/**
 * Loop-invariant code motion: moves computations whose operands do not change in a loop to the
 * loop's preheader, from inner loops outwards.
 *
 * <ul>
 *   <li>What has no effect moves if it is worth a register: constants, comparisons and extensions
 *       are as cheap as a register is, and sums that only serve as addresses are part of the
 *       access.
 *   <li>Loads that cannot fault move if the loop does not write their class and the address is good
 *       whenever the loop is entered: a chain of such loads from the context.
 *   <li>What may trap, and all other loads, move if the loop does them first thing, before any
 *       other effect.
 *   <li>What the processor does in a cycle, and fields of the contexts, move from blocks that not
 *       every round comes to only as long as few do: they are no dearer than the reload of a value
 *       for which there is no register, and an interpreter's loop has hundreds of them.
 * </ul>
 *
 * <p>Equal values that meet in a preheader become one: where they came from, neither dominated the
 * other.
 *
 * <p>Requires a preheader for each loop ({@link InsertPreheaders}); loops without are left alone.
 * Preserves all analyses. Invalidates nothing.
 */
public final class HoistInvariants {
  /** Cheap operands move along with their user up to this depth. */
  private static final int MAX_CHEAP_DEPTH = 3;

  /** How many quick values may leave the blocks of a loop that not every round comes to. */
  private static final int MAX_QUICK = 6;

  /** Size of the table of hoisted values in big functions. */
  private static final int MOST_EXPECTED = 4096;

  private final Analyses analyses;
  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final LoopForest loops;
  private final WrittenRegions writes;
  private final Replacements replacements;

  /** What has come to the preheader of the loop. */
  private final ValueTable hoisted;

  /** By instruction id: is used other than as the base of a load or store. */
  private final boolean[] isComputedWith;

  /** The loop that is being worked on. */
  private int loop;

  /** Depth of its header in the dominator tree. */
  private int headerDepth;

  private Block preheader;

  /** The last block that every round of the loop comes to. */
  private int lastAlways;

  private int quickCount;

  private HoistInvariants(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    loops = analyses.loops();
    writes = new WrittenRegions(flow, loops);
    replacements = new Replacements(analyses.function());
    hoisted = new ValueTable(Math.min(analyses.function().instCount() / 8, MOST_EXPECTED));
    isComputedWith = new boolean[analyses.function().instCount()];
    preheader = analyses.function().entry();
  }

  public static void run(Analyses analyses) {
    if (analyses.loops().count() > 0) {
      new HoistInvariants(analyses).run();
    }
  }

  private void run() {
    findUses();
    int[] start = new int[loops.count() + 1];
    int[] blocks = blocksByLoop(start);
    for (loop = loops.count() - 1; loop >= 0; loop--) {
      int header = loops.header(loop);
      int found = InsertPreheaders.find(flow, dominators, header);
      if (found >= 0) {
        preheader = flow.block(found);
        headerDepth = dominators.depth(header);
        lastAlways = loops.lastAlways(header, dominators);
        quickCount = 0;
        hoisted.truncate(0);
        hoistFirstEffects(header);
        for (int i = start[loop]; i < start[loop + 1]; i++) {
          hoistFrom(blocks[i]);
        }
      }
    }
    replacements.resolveLoopValues(analyses);
  }

  private void findUses() {
    for (int i = 0; i < flow.size(); i++) {
      if (loops.mayUseLoopValues(i)) {
        findUses(flow.block(i));
      }
    }
  }

  private void findUses(Block block) {
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      boolean access = inst.op == Opcode.LOAD || inst.op == Opcode.STORE || inst.op.isAtomic();
      for (int k = access ? 1 : 0; k < inst.args.length; k++) {
        isComputedWith[inst.args[k].id] = true;
      }
      for (Edge edge : inst.targets) {
        for (Inst arg : edge.args) {
          isComputedWith[arg.id] = true;
        }
      }
    }
  }

  /**
   * The blocks whose innermost loop is each loop, in reverse post order: what comes from inner
   * loops is in their preheaders.
   */
  private int[] blocksByLoop(int[] start) {
    for (int i = 0; i < flow.size(); i++) {
      int of = loops.loopOf(i);
      if (of >= 0) {
        start[of]++;
      }
    }
    for (int i = 1; i < start.length; i++) {
      start[i] += start[i - 1];
    }
    int[] blocks = new int[start[start.length - 1]];
    for (int i = flow.size() - 1; i >= 0; i--) {
      int of = loops.loopOf(i);
      if (of >= 0) {
        blocks[--start[of]] = i;
      }
    }
    return blocks;
  }

  private void hoistFrom(int number) {
    boolean always = dominators.dominates(number, lastAlways);
    Inst next;
    for (Inst inst = flow.block(number).first; inst != null; inst = next) {
      next = inst.next;
      if (!isWorthMoving(inst)) {
        continue;
      }
      boolean limited = !always && isQuick(inst);
      if ((!limited || quickCount < MAX_QUICK) && operandsCanMove(inst, MAX_CHEAP_DEPTH)) {
        move(inst);
        quickCount += limited && inst.block == preheader ? 1 : 0;
      }
    }
  }

  private static boolean isQuick(Inst inst) {
    return switch (inst.op) {
      case ADD, SUB, AND, OR, XOR, SHL, SHR_S, SHR_U, ROTL, ROTR -> true;
      case EXTEND8_S, EXTEND16_S, EXTEND32_S, SEXTEND -> true;
      case LOAD -> inst.access != null && inst.access.region().kind() != AliasRegion.Kind.DATA;
      default -> false;
    };
  }

  /** Follows the header and what always comes after it, up to the first effect that stays. */
  private void hoistFirstEffects(int header) {
    int number = header;
    int charged = 0;
    while (true) {
      Inst next;
      Block block = flow.block(number);
      for (Inst inst = block.first; inst != null; inst = next) {
        next = inst.next;
        if ((canGoFirst(inst) || isWorthMoving(inst)) && operandsCanMove(inst, MAX_CHEAP_DEPTH)) {
          inst.setFuel(inst.fuel() + (inst.canTrap() ? charged : 0));
          move(inst);
        } else if (inst.isPlainCharge()) {
          charged += (int) inst.imm;
        } else if (inst.hasEffect() && !isPassed(inst.op) && !inst.op.isTerminator()) {
          return;
        }
      }
      Inst end = block.last;
      if (end == null || end.op != Opcode.JUMP) {
        return;
      }
      number = flow.number(end.targets[0].target);
      if (flow.predCount(number) != 1 || !loops.contains(loop, number)) {
        return;
      }
    }
  }

  /** Whether other effects may move over it. */
  private static boolean isPassed(Opcode op) {
    return op == Opcode.POLL || op == Opcode.LABEL;
  }

  /** Whether it can move if nothing with an effect comes before it. */
  private boolean canGoFirst(Inst inst) {
    return switch (inst.op.effect()) {
      case READS -> isUnwritten(inst);
      case TRAPS -> true;
      default -> false;
    };
  }

  private boolean isWorthMoving(Inst inst) {
    return isMovable(inst) && !isCheap(inst);
  }

  private boolean isUnwritten(Inst load) {
    MemoryAccess access = load.access;
    return access != null && !writes.writes(loop, access.region());
  }

  /** Whether it can be done even when the loop would not have come to it. */
  private boolean isMovable(Inst inst) {
    return switch (inst.op.effect()) {
      case PURE -> inst.op != Opcode.RESULT && inst.op != Opcode.PARAM;
      case TRAPS -> inst.trap == 0;
      case READS ->
          inst.op != Opcode.LOAD_FIELD
              && inst.trap == 0
              && isUnwritten(inst)
              && isSafeAddress(inst.args[0]);
      default -> false;
    };
  }

  /**
   * The context, the first parameter, or a pointer that is loaded from a field reached from there.
   */
  private boolean isSafeAddress(Inst address) {
    Inst at = address;
    for (int i = 0; i < MAX_CHEAP_DEPTH; i++) {
      MemoryAccess access = at.access;
      if (at.op == Opcode.CONTEXT || at.op == Opcode.PARAM) {
        Block entry = analyses.function().entry();
        return at.op == Opcode.CONTEXT || at.block == entry && at.imm == 0;
      }
      boolean field =
          at.op == Opcode.LOAD
              && at.type == Type.I64
              && at.trap == 0
              && access != null
              && access.region().holdsAddresses();
      if (!field) {
        return false;
      }
      at = at.args[0];
    }
    return false;
  }

  private boolean isCheap(Inst inst) {
    return switch (inst.op) {
      case ICONST, FCONST, VCONST, CONTEXT, UEXTEND, WRAP -> true;
      case ADD, SHL -> inst.id < isComputedWith.length && !isComputedWith[inst.id];
      default -> inst.op.isIntCompare() || inst.op.isFloatCompare();
    };
  }

  /** Whether all operands are outside of the loop, or cheap and movable themselves. */
  private boolean operandsCanMove(Inst inst, int depth) {
    replacements.resolveArgs(inst);
    for (Inst arg : inst.args) {
      if (isInside(arg)
          && (depth == 0 || !isMovable(arg) || !isCheap(arg) || !operandsCanMove(arg, depth - 1))) {
        return false;
      }
    }
    return true;
  }

  /**
   * A definition that dominates a place in the loop is outside just when it is above the header in
   * the tree.
   */
  private boolean isInside(Inst value) {
    Block block = value.block;
    return block == null || dominators.depth(flow.number(block)) >= headerDepth;
  }

  private void move(Inst inst) {
    for (Inst arg : inst.args) {
      if (isInside(arg)) {
        move(arg);
      }
    }
    Block from = inst.block;
    Inst end = preheader.last;
    if (from == null || end == null) {
      return;
    }
    from.remove(inst);
    replacements.resolveArgs(inst);
    Inst twin = hoisted.find(inst, MemoryVersions.UNCHANGING);
    if (twin != null) {
      replacements.replace(inst, twin);
      return;
    }
    preheader.insertBefore(end, inst);
    hoisted.add(inst, MemoryVersions.UNCHANGING);
  }
}
