package dev.tazza.codegen.opt.loop;

import static dev.tazza.codegen.opt.algebra.Algebra.constant;
import static dev.tazza.codegen.opt.algebra.Algebra.hasConstant;
import static dev.tazza.codegen.opt.algebra.Algebra.make;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.edit.Replacements;
import dev.tazza.codegen.opt.loop.ValueRanges.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Widening of induction variables and of address arithmetic: computes in 64 bits what is extended
 * to 64 bits, where {@link ValueRanges} shows that this makes no difference: {@code uextend(x + 8)}
 * becomes {@code uextend(x) + 8}, which is part of an address for free. Loop counters that start
 * below zero become I64 ones.
 *
 * <p>Requires nothing; loops without a preheader are left alone. Preserves all analyses.
 * Invalidates nothing; leaves code that is dead.
 */
public final class WidenAddresses {
  private static final int MAX_DEPTH = 4;

  private final Analyses analyses;
  private final ControlFlow flow;
  private final ValueRanges ranges;
  private final LoopCounters counters;
  private final Replacements replacements;
  private final Cursor cursor;

  /** By instruction id, the I64 that is the representative of an I32. */
  private @Nullable Inst[] wide;

  private WidenAddresses(Analyses analyses) {
    this.analyses = analyses;
    flow = analyses.controlFlow();
    ranges = new ValueRanges(analyses.function());
    counters = new LoopCounters(analyses, ranges);
    replacements = new Replacements(analyses.function());
    cursor = new Cursor(analyses.function());
    wide = new Inst[analyses.function().instCount()];
  }

  public static void run(Analyses analyses) {
    if (analyses.loops().count() > 0) {
      new WidenAddresses(analyses).run();
    }
  }

  private void run() {
    counters.findRanges();
    for (int i = 0; i < flow.size(); i++) {
      if (analyses.loops().loopOf(i) >= 0) {
        widenIn(flow.block(i));
      }
    }
    replacements.resolveLoopValues(analyses);
  }

  private void widenIn(Block block) {
    Inst next;
    for (Inst inst = block.first; inst != null; inst = next) {
      next = inst.next;
      if (inst.op == Opcode.UEXTEND) {
        Inst value = inst.args[0];
        boolean splits = isOffset(value) || isScaled(value);
        Inst result = splits && ranges.isUnsigned(value) ? split(value, MAX_DEPTH) : null;
        if (result != null) {
          replacements.replace(inst, result);
          block.remove(inst);
        }
      }
    }
  }

  /** Whether {@code value} is a constant above a value that it does not take the place of. */
  private boolean isOffset(Inst value) {
    return hasConstant(value, Opcode.ADD)
        && !(ranges.isUnsigned(value.args[0]) && isNextOf(value, value.args[0]));
  }

  /** Whether some way back to the loop of {@code param} passes {@code value} for it. */
  private boolean isNextOf(Inst value, Inst param) {
    Block header = param.block;
    if (param.op != Opcode.PARAM || header == null) {
      return false;
    }
    int number = flow.number(header);
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      if (flow.predEdge(i).args[(int) param.imm] == value) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code value} is shifted by what an address can scale by. */
  private static boolean isScaled(Inst value) {
    return hasConstant(value, Opcode.SHL) && constant(value) >= 1 && constant(value) <= 3;
  }

  /** The representative of {@code value}, or null if it would cost more than it is worth. */
  private @Nullable Inst widen(Inst value, int depth) {
    Inst known = value.id < wide.length ? wide[value.id] : null;
    if (known != null || depth == 0) {
      return known;
    }
    if (isScaled(value) && ranges.kind(value) == Kind.COMPUTED) {
      return split(value, depth);
    }
    if (ranges.isUnsigned(value)) {
      after(value);
      return note(value, make(cursor, Opcode.UEXTEND, Type.I64, value));
    }
    return switch (ranges.kind(value)) {
      case CONSTANT -> {
        after(value);
        yield note(value, cursor.iconst(Type.I64, value.imm));
      }
      case COMPUTED ->
          value.op == Opcode.ADD || value.op == Opcode.SUB ? split(value, depth) : null;
      case COUNTED -> ranges.isSigned(value) ? widenCounter(value, depth) : null;
      // Within 32 bits, which was asked for above.
      case UNSIGNED -> throw new IllegalStateException("bounds of " + value);
    };
  }

  /** {@code value}, a computed one, from the representatives of its operands. */
  private @Nullable Inst split(Inst value, int depth) {
    if (ranges.kind(value) != Kind.COMPUTED) {
      return null;
    }
    Inst left = widen(value.args[0], depth - 1);
    if (left == null) {
      return null;
    }
    Inst right = value.args[1];
    if (right.op == Opcode.ICONST) {
      after(value);
      long constant = value.op == Opcode.SHL ? right.imm & 31 : right.imm;
      return note(value, make(cursor, value.op, left, constant));
    }
    Inst wideRight = value.op == Opcode.SHL ? null : widen(right, depth - 1);
    if (wideRight == null) {
      return null;
    }
    after(value);
    return note(value, make(cursor, value.op, Type.I64, left, wideRight));
  }

  private Inst note(Inst value, Inst representative) {
    if (value.id >= wide.length) {
      wide = Arrays.copyOf(wide, Math.max(value.id + 1, wide.length * 2));
    }
    wide[value.id] = representative;
    return representative;
  }

  /** What is made next stands right behind {@code value}. */
  private void after(Inst value) {
    Block block = value.block;
    if (block == null) {
      throw new IllegalStateException(value + " stands nowhere");
    }
    Inst at = value.op == Opcode.PARAM ? block.first : value.next;
    while (at != null && at.op == Opcode.RESULT) {
      at = at.next;
    }
    if (at == null) {
      throw new IllegalStateException(value + " is not followed by a terminator");
    }
    cursor.before(at);
  }

  /** Replaces a loop counter by an I64 one; gives that, or null if {@code param} is none. */
  private @Nullable Inst widenCounter(Inst param, int depth) {
    Block header = param.block;
    int number = header == null ? -1 : flow.number(header);
    Edge entry = number < 0 ? null : counters.entry(number);
    if (header == null || entry == null || counters.step(number, param) == 0) {
      return null;
    }
    int position = (int) param.imm;
    Inst first =
        nextIsComputed(number, entry, position) ? widen(entry.args[position], depth - 1) : null;
    if (first == null) {
      return null;
    }
    Inst counter = header.addParam(Type.I64);
    note(param, counter);
    after(param);
    replacements.replace(param, cursor.insert(Opcode.WRAP, Type.I32, counter));
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      Inst passed = edge == entry ? first : nextCounter(edge.args[position], counter);
      edge.args = Arrays.copyOf(edge.args, edge.args.length + 1);
      edge.args[edge.args.length - 1] = passed;
      if (edge != entry) {
        widenTest(flow.block(flow.pred(i)).last, param);
      }
    }
    return counter;
  }

  /** Whether what goes back to the header for a parameter is a sum of representatives. */
  private boolean nextIsComputed(int number, Edge entry, int position) {
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      Edge edge = flow.predEdge(i);
      if (edge != entry && ranges.kind(edge.args[position]) != Kind.COMPUTED) {
        return false;
      }
    }
    return true;
  }

  /** The I64 in place of {@code next}, a constant above the counter. */
  private Inst nextCounter(Inst next, Inst counter) {
    if (!replacements.isReplaced(next)) {
      after(next);
      Inst sum = make(cursor, Opcode.ADD, counter, constant(next));
      note(next, sum);
      replacements.replace(next, cursor.insert(Opcode.WRAP, Type.I32, sum));
    }
    Inst representative = wide[next.id];
    if (representative == null) {
      throw new IllegalStateException(next + " has no representative");
    }
    return representative;
  }

  /** Lets a branch at the end of the loop test the I64 counter, if it is for a certain value. */
  private void widenTest(@Nullable Inst end, Inst param) {
    if (end == null || end.op != Opcode.BRANCH) {
      return;
    }
    Inst condition = end.args[0];
    boolean equality = condition.op == Opcode.ICMP_EQ || condition.op == Opcode.ICMP_NE;
    if (equality && condition.args[1].op != Opcode.ICONST) {
      return;
    }
    Inst tested = equality ? condition.args[0] : condition;
    Inst counter = tested.id < wide.length ? wide[tested.id] : null;
    boolean ofParam = tested == param || tested.op == Opcode.ADD && tested.args[0] == param;
    if (ofParam && counter != null && ranges.isSigned(tested)) {
      cursor.before(end);
      Inst limit = cursor.iconst(Type.I64, equality ? condition.args[1].imm : 0);
      Opcode op = equality ? condition.op : Opcode.ICMP_NE;
      end.args = new Inst[] {cursor.insert(op, Type.I32, counter, limit)};
    }
  }
}
