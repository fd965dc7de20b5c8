package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.edit.Replacements;
import org.jspecify.annotations.Nullable;

/**
 * Hoisting of bounds checks (loop predication): moves the checks of a pointer that walks upwards
 * through memory to before its loop: the guard behind the memory sees to the rest.
 *
 * <pre>
 *   loop(p):  check p; load [p]; …; loop(p + 4)
 *   check p0; loop(p):  load [p]; …; loop(p + 4)
 * </pre>
 *
 * <p>Where a round begins, {@code p} is at most one step behind what the round before has accessed,
 * so it is inside or in the guard. That holds of all {@code p + c} that are not in front of the
 * first access; so each round has to access memory at most one step behind the first check, on all
 * ways. What is in front of the first access is inside, too, if it is not in front of the memory
 * itself: if {@code p} does not begin with a negative number. The first check must be the first
 * thing that the loop does, or the trap before the loop would come too soon. Where the check is a
 * clamp to the length, the access is the trap and has to be the first thing. How far the processor
 * may run ahead of a load that faults is known from the size of a round ({@link
 * LoopCounters#roundsAhead}), and all of that has to be guard as well.
 *
 * <p>Requires nothing; loops without a preheader are left alone. Preserves all analyses.
 * Invalidates nothing; leaves comparisons that are dead.
 */
public final class HoistBoundsChecks {
  private static final int MAX_DEPTH = 4;

  private final Analyses analyses;
  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final LoopForest loops;
  private final ValueRanges ranges;
  private final LoopCounters counters;
  private final Replacements replacements;
  private final Cursor at;

  /** What is worked on: the loop, and a parameter of its header that grows by {@link #step}. */
  private int loop;

  private @Nullable Inst param;
  private long step;

  /** The first check is of the parameter plus this. */
  private long first;

  /** The length that the first check compares with. */
  private @Nullable Inst length;

  /** Indexes that are at most so far behind that of the first check need none. */
  private long reach;

  /** Whether the parameter is known not to be negative. */
  private boolean startsInside;

  /** Whether the check of an index in front of the first one was removed. */
  private boolean hasFront;

  private HoistBoundsChecks(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    loops = analyses.loops();
    ranges = new ValueRanges(analyses.function());
    counters = new LoopCounters(analyses, ranges);
    replacements = new Replacements(analyses.function());
    at = new Cursor(analyses.function());
  }

  public static void run(Analyses analyses) {
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    for (int i = 0; i < flow.size() && loops.count() > 0; i++) {
      Block block = flow.block(i);
      Inst inst = loops.depthOf(i) > 0 && block.hasChecks() ? block.first : null;
      for (; inst != null; inst = inst.next) {
        if (lengthOfCheck(inst) != null || BoundsCheck.lengthOfMin(inst) != null) {
          new HoistBoundsChecks(analyses).run();
          return;
        }
      }
    }
  }

  /** The length that a check compares an index with, or null. */
  private static @Nullable Inst lengthOfCheck(Inst inst) {
    if (inst.op != Opcode.TRAP_IF || inst.args[0].op != Opcode.ICMP_GE_U) {
      return null;
    }
    Inst length = inst.args[0].args[1];
    return BoundsCheck.length(length) == null ? null : length;
  }

  private void run() {
    counters.findRanges();
    // Inner loops first: what comes before them may leave the outer ones.
    for (loop = loops.count() - 1; loop >= 0; loop--) {
      int header = loops.header(loop);
      Edge entry = counters.entry(header);
      if (entry != null) {
        for (Inst each : flow.block(header).params) {
          step = each.type == Type.I64 ? counters.step(header, each) : 0;
          if (step > 0) {
            param = each;
            startsInside = isNotNegative(entry.args[(int) each.imm]);
            hoist(header, entry);
          }
        }
      }
    }
    replacements.resolveEverywhere(analyses);
  }

  private void hoist(int header, Edge entry) {
    Inst check = firstCheck(header);
    if (check != null && findsAccess(header)) {
      Inst clamp = removeChecks();
      insertBefore(header, entry, check, clamp);
    }
  }

  // What there is in the loop.

  /**
   * The check of the parameter that comes before all effects of the loop, or the access that is the
   * trap; null if there is none.
   */
  private @Nullable Inst firstCheck(int header) {
    int number = header;
    while (true) {
      Block block = flow.block(number);
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        Inst limit = lengthOfCheck(inst);
        if (limit != null && isOfParam(inst.args[0].args[0])) {
          first = distance(inst.args[0].args[0]);
          length = limit;
          return isBefore(limit.args[0]) && hasRoom() ? inst : null;
        }
        Inst min = minOfAddress(inst);
        if (min != null) {
          first = distance(min.args[0]);
          length = min.args[1];
          return isBefore(min.args[1].args[0]) && hasRoom() && isAtLeast(first) ? inst : null;
        }
        boolean isPassed = isAccess(inst) || inst.op == Opcode.LABEL || inst.op.isTerminator();
        if (inst.hasEffect() && limit == null && !isPassed) {
          return null;
        }
      }
      Inst end = block.last;
      if (end == null || end.op != Opcode.JUMP) {
        return null;
      }
      number = flow.number(end.targets[0].target);
      if (flow.predCount(number) != 1 || !loops.contains(loop, number)) {
        return null;
      }
    }
  }

  /** What the address of a memory access takes in place of the parameter's, or null. */
  private @Nullable Inst minOfAddress(Inst inst) {
    boolean isAccess = inst.op == Opcode.LOAD || inst.op == Opcode.STORE;
    if (!isAccess || inst.trap == 0 || inst.args[0].op != Opcode.ADD) {
      return null;
    }
    for (Inst part : inst.args[0].args) {
      Inst value = part;
      for (int i = 0; i < MAX_DEPTH && hasConstant(value, Opcode.ADD); i++) {
        value = value.args[0];
      }
      if (BoundsCheck.lengthOfMin(value) != null && isOfParam(value.args[0])) {
        return value;
      }
    }
    return null;
  }

  /** Whether the length is never less than {@code distance}: what is so far before it is inside. */
  private boolean isAtLeast(long distance) {
    Inst limit = length;
    MemoryAccess.Length known = limit == null ? null : BoundsCheck.length(limit);
    return known != null && distance >= 0 && distance <= known.least();
  }

  /** Whether it is a load that may come before a check: both trap alike. */
  private static boolean isAccess(Inst inst) {
    return inst.op == Opcode.LOAD && inst.access != null && inst.access.region().lengths() != null;
  }

  /** Finds out whether there is guard enough, and how far it is used. */
  private boolean hasRoom() {
    Inst limit = length;
    MemoryAccess.Length known = limit == null ? null : BoundsCheck.length(limit);
    if (known == null || step > known.guard()) {
      return false;
    }
    reach = known.guard() - step * (counters.roundsAhead(loop) + 1);
    return reach >= 0;
  }

  /** Whether {@code value} is computed before the loop. */
  private boolean isBefore(Inst value) {
    return value.block != null && !loops.contains(loop, flow.number(value.block));
  }

  private boolean isOfParam(Inst index) {
    return root(index) == param;
  }

  /** What {@code index} is a constant above, however it is clamped. */
  private static Inst root(Inst index) {
    Inst root = index;
    for (int i = 0; i < MAX_DEPTH; i++) {
      if (hasConstant(root, Opcode.ADD) || isClamp(root)) {
        root = root.args[0];
      }
    }
    return root;
  }

  private static long distance(Inst index) {
    long distance = 0;
    Inst value = index;
    for (int i = 0; i < MAX_DEPTH; i++) {
      if (hasConstant(value, Opcode.ADD)) {
        distance += constant(value);
        value = value.args[0];
      } else if (isClamp(value)) {
        value = value.args[0];
      }
    }
    return distance;
  }

  private static boolean isClamp(Inst value) {
    return value.op == Opcode.CLAMP_LT && value.args[0] == value.args[1]
        || value.op == Opcode.CLAMP_MIN;
  }

  /** Whether each round accesses the memory at most a step behind the index of the first check. */
  private boolean findsAccess(int header) {
    int number = loops.lastAlways(header, dominators);
    while (true) {
      for (Inst inst = flow.block(number).first; inst != null; inst = inst.next) {
        if (accessesNear(inst)) {
          return true;
        }
      }
      if (number == header) {
        return false;
      }
      number = dominators.idom(number);
    }
  }

  private boolean accessesNear(Inst inst) {
    MemoryAccess access = inst.access;
    boolean isAccess = inst.op == Opcode.LOAD || inst.op == Opcode.STORE;
    AliasRegion.Lengths lengths = access == null ? null : access.region().lengths();
    if (!isAccess || lengths == null || inst.trap == 0 || inst.args[0].op != Opcode.ADD) {
      return false;
    }
    Inst sum = inst.args[0];
    for (int i = 0; i < 2; i++) {
      if (isOfParam(sum.args[i]) && isBase(sum.args[1 - i], lengths)) {
        long behind = distance(sum.args[i]) + inst.imm - first;
        return behind >= 0 && behind <= step;
      }
    }
    return false;
  }

  /** Whether {@code base} is where the area begins that has {@link #length}. */
  private boolean isBase(Inst base, AliasRegion.Lengths lengths) {
    Inst limit = length;
    return limit != null
        && base.op == Opcode.LOAD
        && base.args[0] == limit.args[0]
        && base.imm + lengths.behindBase() == limit.imm;
  }

  // The edits.

  /** Removes the checks and clamps in the loop that are not needed; gives a clamp, if any. */
  private @Nullable Inst removeChecks() {
    Inst clamp = null;
    hasFront = false;
    for (int i = 0; i < flow.size(); i++) {
      if (!loops.contains(loop, i)) {
        continue;
      }
      Block block = flow.block(i);
      Inst next;
      for (Inst inst = block.first; inst != null; inst = next) {
        next = inst.next;
        Inst limit = lengthOfCheck(inst);
        if (limit != null && isCovered(inst.args[0].args[0], limit)) {
          hasFront |= distance(inst.args[0].args[0]) < first;
          block.remove(inst);
        } else if (isClamp(inst) && isCovered(inst.args[0], inst.args[inst.args.length - 1])) {
          hasFront |= distance(inst.args[0]) < first;
          clamp = inst;
          replacements.replace(inst, inst.args[0]);
          block.remove(inst);
        }
      }
    }
    return clamp;
  }

  private boolean isCovered(Inst index, Inst limit) {
    Inst own = length;
    if (own == null
        || !isOfParam(index)
        || BoundsCheck.length(limit) == null
        || limit.args[0] != own.args[0]
        || limit.imm != own.imm) {
      return false;
    }
    long behind = distance(index) - first;
    return behind >= 0 ? behind <= reach : isFront(distance(index));
  }

  /** Whether {@code distance}, less than that of the first check, leads to nothing outside. */
  private boolean isFront(long distance) {
    return distance >= 0 && startsInside && first <= reach;
  }

  /** Also while the processor runs ahead. */
  private boolean isNotNegative(Inst value) {
    return ranges.low(value) >= 0 && ranges.aheadLow(value) >= 0;
  }

  private void insertBefore(int header, Edge entry, Inst check, @Nullable Inst clamp) {
    Block preheader = flow.block(InsertPreheaders.find(flow, dominators, header));
    Inst end = preheader.last;
    Inst limit = length;
    Inst of = param;
    if (end == null || limit == null || of == null) {
      throw new IllegalStateException("no loop is worked on");
    }
    at.before(end);
    at.setLoc(check.loc);
    int position = (int) of.imm;
    Inst start = replacements.resolve(entry.args[position]);
    Inst index = plus(start, first);
    Inst bound = at.insert(analyses.function().newCopy(limit, limit.args.clone()));
    if (check.op != Opcode.TRAP_IF) {
      // What is not negative does not wrap around: the shorter way, and never below zero.
      entry.args[position] =
          startsInside
              ? at.insert(Opcode.CLAMP_MIN, Type.I64, start, plus(bound, -first))
              : plus(at.insert(Opcode.CLAMP_MIN, Type.I64, index, bound), -first);
      return;
    }
    Inst outside = at.insert(Opcode.ICMP_GE_U, Type.I32, index, bound);
    at.insert(analyses.function().newCopy(check, outside));
    if (clamp != null && hasFront) {
      // Clamped to 0 itself: what is in front of the first index would be before the memory.
      entry.args[position] = at.insert(Opcode.CLAMP_LT, Type.I64, start, index, bound);
    } else if (clamp != null) {
      Inst inside = at.insert(Opcode.CLAMP_LT, Type.I64, index, index, bound);
      entry.args[position] = plus(inside, -first);
    }
  }

  private Inst plus(Inst value, long constant) {
    return constant == 0 ? value : Algebra.make(at, Opcode.ADD, value, constant);
  }
}
