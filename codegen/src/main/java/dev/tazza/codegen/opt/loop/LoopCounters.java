package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.DominatorTree;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.CompareAlgebra;
import org.jspecify.annotations.Nullable;

/**
 * Analysis of induction variables and trip counts. The loop counters: parameters of a loop's header
 * to which each round adds the same constant. From the tests by which a loop is left it follows how
 * many rounds there are at most, and from that the bounds of its counters. Where what is added is
 * no constant but never negative, a test of the counter itself bounds it.
 */
final class LoopCounters {
  /** More rounds than any I32 counter can count. */
  private static final long ENDLESS = Long.MAX_VALUE;

  /** More than any I64 counter is taken to count to. */
  private static final long FARTHEST = 1L << 60;

  /** How far up from the end of a loop tests are looked for. */
  private static final int MAX_TESTS = 4;

  /** Steps of 64-bit counters are no larger, so that products with rounds fit a long. */
  private static final long MAX_STEP = 1L << 30;

  /**
   * How many instructions of ours a processor may begin beyond a branch that it has guessed
   * wrongly: twice the entries of the largest reorder buffers, as two often become one.
   */
  private static final long MOST_AHEAD = 1024;

  private final ControlFlow flow;
  private final DominatorTree dominators;
  private final LoopForest loops;
  private final ValueRanges ranges;

  LoopCounters(Analyses analyses, ValueRanges ranges) {
    flow = analyses.controlFlow();
    dominators = analyses.dominators();
    loops = analyses.loops();
    this.ranges = ranges;
  }

  /** Notes the bounds of the counters of all loops, of outer loops first. */
  void findRanges() {
    for (int loop = 0; loop < loops.count(); loop++) {
      int header = loops.header(loop);
      Edge entry = entry(header);
      if (entry == null) {
        continue;
      }
      long rounds = mostRounds(loop, entry);
      if (rounds <= ValueRanges.MAX_UNSIGNED) {
        for (Inst param : flow.block(header).params) {
          bound(loop, param, first(entry, param), rounds);
        }
      }
      for (Inst param : flow.block(header).params) {
        if (param.type == Type.I32 && !ranges.isKnown(param)) {
          boundByTests(loop, param, first(entry, param));
        }
      }
    }
  }

  private void bound(int loop, Inst param, Inst first, long rounds) {
    long step = step(loops.header(loop), param);
    if (step == 0 || Math.abs(step) > MAX_STEP || !param.type.isInt() || ranges.isKnown(param)) {
      return;
    }
    long way = step * (rounds - 1);
    // The number itself is looked at first: a sum of it may wrap around to a small one.
    if (Math.abs(way) <= ValueRanges.MAX_UNSIGNED
        && ValueRanges.isNarrow(ranges.low(first), ranges.high(first))
        && ValueRanges.isNarrow(
            ranges.low(first) + Math.min(way, 0), ranges.high(first) + Math.max(way, 0))) {
      ranges.setCounted(param, first, way, step * roundsAhead(loop));
    }
  }

  /** How many rounds of a loop the processor may begin at most after the last one. */
  long roundsAhead(int loop) {
    int header = loops.header(loop);
    long count = 0;
    for (int at = loops.lastAlways(header, dominators); ; at = dominators.idom(at)) {
      for (Inst inst = flow.block(at).first; inst != null; inst = inst.next) {
        count++;
      }
      if (at == header) {
        return MOST_AHEAD / count + 1;
      }
    }
  }

  /** The edge from the preheader, or null. */
  @Nullable Edge entry(int header) {
    int preheader = InsertPreheaders.find(flow, dominators, header);
    Inst end = preheader < 0 ? null : flow.block(preheader).last;
    return end == null ? null : end.targets[0];
  }

  /** What every way back to the header adds to {@code param}; 0: no constant. */
  long step(int header, Inst param) {
    long step = 0;
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      if (!dominators.dominates(header, flow.pred(i))) {
        continue;
      }
      Inst next = flow.predEdge(i).args[(int) param.imm];
      if (!hasConstant(next, Opcode.ADD) || next.args[0] != param) {
        return 0;
      }
      if (step != 0 && step != constant(next)) {
        return 0;
      }
      step = constant(next);
    }
    return step;
  }

  /**
   * Notes the bounds of {@code param} if each round adds something to it that is not negative, and
   * goes on only while it, or the sum, is less than some limit.
   */
  private void boundByTests(int loop, Inst param, Inst first) {
    int header = loops.header(loop);
    Inst next = next(header, param);
    Inst step = next == null ? null : addend(next, param);
    if (next == null || step == null || !isBefore(loop, step)) {
      return;
    }
    if (ranges.low(first) < 0 || ranges.low(step) < 0) {
      return;
    }
    int at = loops.lastAlways(header, dominators);
    for (int i = 0; i < MAX_TESTS && !ranges.isKnown(param); i++) {
      Inst test = test(loop, at);
      if (test != null && test.args[0].op.isIntCompare()) {
        boolean stays = loops.contains(loop, flow.number(test.targets[0].target));
        Inst compare = test.args[0];
        Opcode op = stays ? compare.op : CompareAlgebra.inverse(compare.op);
        boundWhile(op, compare, param, next, first);
      }
      if (at == header) {
        break;
      }
      at = dominators.idom(at);
    }
  }

  /** Bounds {@code param} by its loop going on only while the operands of a compare are so. */
  private void boundWhile(Opcode condition, Inst compare, Inst param, Inst next, Inst first) {
    boolean swap = compare.args[1] == param || compare.args[1] == next;
    Opcode op = swap ? CompareAlgebra.swapped(condition) : condition;
    Inst tested = compare.args[swap ? 1 : 0];
    Inst limit = compare.args[swap ? 0 : 1];
    boolean unsigned = CompareAlgebra.isUnsigned(op);
    boolean less = op == Opcode.ICMP_LT_S || op == Opcode.ICMP_LT_U;
    boolean lessOrSame = op == Opcode.ICMP_LE_S || op == Opcode.ICMP_LE_U;
    if (!less && !lessOrSame || tested != param && tested != next) {
      return;
    }
    Inst step = addend(next, param);
    long most = unsigned ? ValueRanges.MAX_UNSIGNED : Integer.MAX_VALUE;
    long last = high(limit, unsigned) - (less ? 1 : 0);
    long longest = step == null ? most : ranges.high(step);
    long high = Math.max(ranges.high(first), tested == param ? last + longest : last);
    // Neither what is tested nor the counter may have wrapped around.
    if (high + (tested == param ? 0 : longest) <= most) {
      ranges.setUnsigned(param, ranges.low(first), high);
    }
  }

  /** What every way back to the header passes for {@code param}, or null. */
  private @Nullable Inst next(int header, Inst param) {
    Inst next = null;
    for (int i = flow.predStart(header); i < flow.predEnd(header); i++) {
      if (dominators.dominates(header, flow.pred(i))) {
        Inst passed = flow.predEdge(i).args[(int) param.imm];
        if (next != null && next != passed) {
          return null;
        }
        next = passed;
      }
    }
    return next;
  }

  /** What {@code sum} adds to {@code param}, or null if it is no such sum. */
  private static @Nullable Inst addend(Inst sum, Inst param) {
    if (sum.op != Opcode.ADD) {
      return null;
    }
    return sum.args[0] == param ? sum.args[1] : sum.args[1] == param ? sum.args[0] : null;
  }

  /** Whether {@code value} is computed before the loop. */
  private boolean isBefore(int loop, Inst value) {
    return value.block != null && !loops.contains(loop, flow.number(value.block));
  }

  /** The branch at the end of a block, if one of its ways leaves {@code loop}; else null. */
  private @Nullable Inst test(int loop, int block) {
    Inst end = flow.block(block).last;
    if (end == null || end.op != Opcode.BRANCH || loops.loopOf(block) != loop) {
      return null;
    }
    boolean stays = loops.contains(loop, flow.number(end.targets[0].target));
    boolean staysOtherwise = loops.contains(loop, flow.number(end.targets[1].target));
    return stays != staysOtherwise ? end : null;
  }

  /** How often the header runs at most for one entry, as far as the tests in the loop tell. */
  long mostRounds(int loop, Edge entry) {
    int header = loops.header(loop);
    long rounds = ENDLESS;
    int at = loops.lastAlways(header, dominators);
    for (int i = 0; i < MAX_TESTS; i++) {
      Inst test = test(loop, at);
      if (test != null) {
        boolean stays = loops.contains(loop, flow.number(test.targets[0].target));
        rounds = Math.min(rounds, mostRounds(header, entry, test.args[0], stays));
      }
      if (at == header) {
        break;
      }
      at = dominators.idom(at);
    }
    return rounds;
  }

  /**
   * Rounds of a loop that goes on as long as whether {@code condition} is not zero is {@code
   * stays}.
   */
  private long mostRounds(int header, Edge entry, Inst condition, boolean stays) {
    if (!condition.op.isIntCompare()) {
      Inst counter = counter(header, condition);
      return stays && counter != null
          ? roundsUntil(0, first(entry, counter), offset(condition), step(header, counter))
          : ENDLESS;
    }
    Opcode op = stays ? condition.op : CompareAlgebra.inverse(condition.op);
    Inst tested = condition.args[0];
    Inst limit = condition.args[1];
    if (counter(header, tested) == null) {
      op = CompareAlgebra.swapped(op);
      tested = limit;
      limit = condition.args[0];
    }
    Inst counter = counter(header, tested);
    if (counter == null) {
      return ENDLESS;
    }
    Inst first = first(entry, counter);
    long step = step(header, counter);
    if (op == Opcode.ICMP_NE) {
      return limit.op == Opcode.ICONST
          ? roundsUntil(limit.imm, first, offset(tested), step)
          : ENDLESS;
    }
    return roundsWhile(op, limit, first, offset(tested), step);
  }

  /** The parameter of the header that {@code value} is, or is a constant above; else null. */
  private @Nullable Inst counter(int header, Inst value) {
    Inst param = hasConstant(value, Opcode.ADD) ? value.args[0] : value;
    boolean own = param.op == Opcode.PARAM && param.block == flow.block(header);
    return own && param.type.isInt() ? param : null;
  }

  /** How far {@code value} is above its {@link #counter}. */
  private static long offset(Inst value) {
    return value.op == Opcode.ADD ? constant(value) : 0;
  }

  private static Inst first(Edge entry, Inst counter) {
    return entry.args[(int) counter.imm];
  }

  /** Whether sums and products of all of these fit a long; those of 32 bits do. */
  private boolean canCompute(Inst first, long offset, long step) {
    return ValueRanges.isNarrow(ranges.low(first), ranges.high(first))
        && ValueRanges.isNarrow(offset, offset)
        && Math.abs(step) <= ValueRanges.MAX_UNSIGNED;
  }

  /** Rounds until the counter plus {@code offset} is {@code limit}. */
  private long roundsUntil(long limit, Inst first, long offset, long step) {
    if (step == 0 || !canCompute(first, offset, step) || !ValueRanges.isNarrow(limit, limit)) {
      return ENDLESS;
    }
    if (step == 1 || step == -1) {
      // Not past the limit at first: it takes longest from the far end of the bounds.
      long distance = step * (limit - offset - (step > 0 ? ranges.low(first) : ranges.high(first)));
      long nearest = step * (limit - offset - (step > 0 ? ranges.high(first) : ranges.low(first)));
      return nearest >= 0 && distance <= ValueRanges.MAX_UNSIGNED ? distance + 1 : ENDLESS;
    }
    if (first.op != Opcode.ICONST) {
      return ENDLESS;
    }
    long way = limit - offset - first.imm;
    long distance = step > 0 ? way : -way;
    if (first.type == Type.I32) {
      distance &= ValueRanges.MAX_UNSIGNED;
    }
    return distance >= 0 && distance % Math.abs(step) == 0
        ? distance / Math.abs(step) + 1
        : ENDLESS;
  }

  /** Rounds while the counter plus {@code offset} is on one side of {@code limit}. */
  private long roundsWhile(Opcode op, Inst limit, Inst first, long offset, long step) {
    if (!canCompute(first, offset, step)) {
      return ENDLESS;
    }
    boolean unsigned = CompareAlgebra.isUnsigned(op);
    boolean up = op == Opcode.ICMP_LT_S || op == Opcode.ICMP_LT_U;
    boolean upTo = op == Opcode.ICMP_LE_S || op == Opcode.ICMP_LE_U;
    boolean down = op == Opcode.ICMP_GT_S || op == Opcode.ICMP_GT_U;
    boolean downTo = op == Opcode.ICMP_GE_S || op == Opcode.ICMP_GE_U;
    long least = least(limit.type, unsigned);
    long most = most(limit.type, unsigned);
    long from = ranges.low(first) + offset;
    long to = ranges.high(first) + offset;
    if (from < least || to > most) {
      return ENDLESS;
    }
    if (step > 0 && (up || upTo)) {
      // The last value that does not end the loop; one step further must not wrap around.
      long last = high(limit, unsigned) - (up ? 1 : 0);
      return last + step > most ? ENDLESS : Math.max(last - from, -step) / step + 2;
    }
    if (step < 0 && (down || downTo)) {
      long last = low(limit, unsigned) + (down ? 1 : 0);
      return last + step < least ? ENDLESS : Math.max(to - last, step) / -step + 2;
    }
    return ENDLESS;
  }

  /** The least number of a type; of I64 one that no counter ever comes to. */
  private static long least(Type type, boolean unsigned) {
    return unsigned ? 0 : type == Type.I32 ? Integer.MIN_VALUE : -FARTHEST;
  }

  /** The greatest number of a type; of I64 one that no counter ever comes to. */
  private static long most(Type type, boolean unsigned) {
    return type == Type.I64 ? FARTHEST : unsigned ? ValueRanges.MAX_UNSIGNED : Integer.MAX_VALUE;
  }

  /** The greatest number that {@code value} can be. */
  private long high(Inst value, boolean unsigned) {
    return isNumber(value, unsigned) ? ranges.high(value) : most(value.type, unsigned);
  }

  /** The least number that {@code value} can be. */
  private long low(Inst value, boolean unsigned) {
    return isNumber(value, unsigned) ? ranges.low(value) : least(value.type, unsigned);
  }

  /** Whether the representative of {@code value} is what comparisons take it for. */
  private boolean isNumber(Inst value, boolean unsigned) {
    if (value.type == Type.I64) {
      return ValueRanges.isNarrow(ranges.low(value), ranges.high(value))
          && (!unsigned || ranges.low(value) >= 0);
    }
    return unsigned ? ranges.isUnsigned(value) : ranges.isSigned(value);
  }
}
