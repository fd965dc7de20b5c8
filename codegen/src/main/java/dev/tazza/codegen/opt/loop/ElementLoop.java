package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import dev.tazza.codegen.opt.algebra.CompareAlgebra;
import org.jspecify.annotations.Nullable;

/**
 * A loop that goes through memory element by element, upwards or downwards, and does nothing else
 * that anybody could notice:
 *
 * <ul>
 *   <li><i>copying</i>: one block, with a load and a store of what was loaded,
 *   <li><i>filling</i>: one block, with a store of a value from outside,
 *   <li><i>comparing</i>: a block with two loads that leaves the loop when they differ, and one for
 *       the way back.
 * </ul>
 *
 * <p>Loops that copy or fill may also have their test in front, in a block of its own. All that one
 * round hands to the next are sums with constants, and whether the loop goes on depends on how such
 * a sum compares with a value from outside. What is computed besides does not matter.
 */
final class ElementLoop {
  /** Not a sum of counters. */
  private static final int NO_STEP = Integer.MIN_VALUE;

  private static final int MOST_STEP = 1 << 20;
  private static final int MAX_DEPTH = 4;

  final Block preheader;
  final Block header;

  /** The block with the way back; that of a loop of one block is its header. */
  private final Block latch;

  private Inst[] next = Edge.NO_ARGS;

  /** What is loaded, in the order of the program; null where there is no first or second load. */
  @Nullable Inst load;

  @Nullable Inst secondLoad;
  @Nullable Inst store;

  /** The loop goes on while {@link #counter}, which has a step, compares like that with a limit. */
  private Opcode test = Opcode.ICMP_NE;

  private @Nullable Inst counter;

  /** Null: zero. */
  private @Nullable Inst limit;

  /** Whether the test comes before the accesses. */
  private boolean testsFirst;

  /** Bytes of an element. */
  int bytes;

  /** 1: upwards; -1: downwards. */
  int direction;

  /** Whether there is a safepoint poll in it. */
  boolean polls;

  private ElementLoop(Block preheader, Block header, Block latch) {
    this.preheader = preheader;
    this.header = header;
    this.latch = latch;
  }

  /** The loop if it is one over elements, otherwise null. */
  static @Nullable ElementLoop find(Analyses analyses, int loop) {
    ControlFlow flow = analyses.controlFlow();
    LoopForest loops = analyses.loops();
    int number = loops.header(loop);
    Block header = flow.block(number);
    if (header.cold || flow.predCount(number) != 2) {
      return null;
    }
    int before = InsertPreheaders.find(flow, analyses.dominators(), number);
    if (before < 0) {
      return null;
    }
    int at = flow.predStart(number);
    int back = flow.pred(at) == before ? flow.pred(at + 1) : flow.pred(at);
    boolean isShort =
        back == number || flow.predCount(back) == 1 && flow.pred(flow.predStart(back)) == number;
    if (!isShort) {
      return null;
    }
    ElementLoop found = new ElementLoop(flow.block(before), header, flow.block(back));
    return found.matches() ? found : null;
  }

  private boolean matches() {
    Inst end = latch.last;
    Inst test = end;
    Block stays = header;
    if (end != null && end.op == Opcode.JUMP && latch != header) {
      test = header.last;
      stays = latch;
      testsFirst = true;
    }
    if (end == null || test == null || test.op != Opcode.BRANCH || !takeAccesses(header)) {
      return false;
    }
    int back = test.targets[0].target == stays ? 0 : 1;
    boolean one = test.targets[1 - back].target != stays && test.targets[back].target == stays;
    if (!one || testsFirst && (bytes != 0 || test.targets[back].args.length > 0)) {
      return false;
    }
    next = end.targets[testsFirst ? 0 : back].args;
    for (Inst param : header.params) {
      if (step(param) == NO_STEP) {
        return false;
      }
    }
    boolean shape =
        testsFirst ? takeAccesses(latch) && moves() : latch == header ? moves() : compares();
    return shape && takeTest(test.args[0], back == 0) && takeDirection();
  }

  /** Finds the accesses of a block; false if there are others, or other effects. */
  private boolean takeAccesses(Block block) {
    for (Inst inst = block.first; inst != null && !inst.op.isTerminator(); inst = inst.next) {
      MemoryAccess access = inst.access;
      if (access != null && access.region().lengths() != null) {
        if (bytes != 0 && bytes != access.bytes()) {
          return false;
        }
        bytes = access.bytes();
        if (inst.op == Opcode.STORE && store == null) {
          store = inst;
        } else if (inst.op == Opcode.LOAD && load == null) {
          load = inst;
        } else if (inst.op == Opcode.LOAD && secondLoad == null) {
          secondLoad = inst;
        } else {
          return false;
        }
      } else if (inst.op == Opcode.POLL) {
        polls = true;
      } else if (inst.hasEffect() || access != null && !access.region().isConstant()) {
        return false;
      }
    }
    return true;
  }

  private boolean moves() {
    Inst to = store;
    if (to == null || secondLoad != null) {
      return false;
    }
    Inst value = to.args[1];
    return load == null ? isInvariant(value, MAX_DEPTH) : value == load;
  }

  private boolean compares() {
    Inst end = header.last;
    Inst a = load;
    Inst b = secondLoad;
    if (end == null || end.op != Opcode.BRANCH || a == null || b == null || store != null) {
      return false;
    }
    Inst test = end.args[0];
    int equal = test.op == Opcode.ICMP_EQ ? 0 : 1;
    boolean ofBoth =
        (test.op == Opcode.ICMP_EQ || test.op == Opcode.ICMP_NE)
            && (test.args[0] == a && test.args[1] == b || test.args[0] == b && test.args[1] == a);
    return ofBoth
        && a.type == b.type
        && a.access != null
        && a.access.equals(b.access)
        && end.targets[equal].target == latch
        && end.targets[1 - equal].target != latch
        && end.targets[equal].args.length == 0
        && takeAccesses(latch)
        && store == null;
  }

  private boolean takeTest(Inst condition, boolean goesOnIfTrue) {
    if (condition.op.isIntCompare()) {
      boolean first = step(condition.args[0]) != 0;
      counter = condition.args[first ? 0 : 1];
      limit = condition.args[first ? 1 : 0];
      Opcode op = goesOnIfTrue ? condition.op : CompareAlgebra.inverse(condition.op);
      test = first ? op : CompareAlgebra.swapped(op);
    } else if (goesOnIfTrue) {
      counter = condition;
    }
    Inst by = counter;
    if (by == null || by.type != Type.I32) {
      return false;
    }
    Inst to = limit;
    int step = step(by);
    boolean known = step != NO_STEP && Integer.bitCount(Math.abs(step)) == 1;
    return known
        && (to == null || step(to) == 0)
        && (step > 0 ? isUpwards(test) : isDownwards(test));
  }

  /** Whether what grows can make a comparison false that was true. */
  private static boolean isUpwards(Opcode test) {
    return switch (test) {
      case ICMP_NE, ICMP_LT_U, ICMP_LT_S, ICMP_LE_U, ICMP_LE_S -> true;
      default -> false;
    };
  }

  private static boolean isDownwards(Opcode test) {
    return switch (test) {
      case ICMP_NE, ICMP_GT_U, ICMP_GT_S, ICMP_GE_U, ICMP_GE_S -> true;
      default -> false;
    };
  }

  /** All addresses have to go the same way. */
  private boolean takeDirection() {
    for (Inst access : new Inst[] {load, secondLoad, store}) {
      if (access != null) {
        int step = isAddress(access) ? step(index(access)) : NO_STEP;
        if (Math.abs(step) != bytes || direction != 0 && Integer.signum(step) != direction) {
          return false;
        }
        direction = Integer.signum(step);
      }
    }
    Inst last = store == null ? secondLoad : store;
    return load == null || last == null || base(load) == base(last) && region(load) == region(last);
  }

  /** The field with the base address of an area, plus a 32-bit index. */
  private static boolean isAddress(Inst access) {
    Inst sum = access.args[0];
    if (sum.op != Opcode.ADD || access.imm < 0) {
      return false;
    }
    Inst base = base(access);
    MemoryAccess field = base.access;
    return sum.args[indexAt(sum)].op == Opcode.UEXTEND
        && base.op == Opcode.LOAD
        && base.trap == 0
        && field != null
        && field.region().isConstant();
  }

  private static int indexAt(Inst sum) {
    return sum.args[1].op == Opcode.UEXTEND ? 1 : 0;
  }

  /** What an access touches. */
  static AliasRegion region(Inst access) {
    MemoryAccess how = access.access;
    if (how == null) {
      throw new IllegalStateException("no access: " + access);
    }
    return how.region();
  }

  /** The field with the address of the area that is accessed. */
  static Inst base(Inst access) {
    Inst sum = access.args[0];
    return sum.args[1 - indexAt(sum)];
  }

  /** The 32-bit index of what is accessed. */
  static Inst index(Inst access) {
    Inst sum = access.args[0];
    return sum.args[indexAt(sum)].args[0];
  }

  private boolean isInvariant(Inst value, int depth) {
    if (!isInside(value)) {
      return true;
    }
    boolean invariant =
        value.op.isPure() && value.op != Opcode.PARAM && value.op != Opcode.RESULT && depth > 0;
    for (int i = 0; i < value.args.length && invariant; i++) {
      invariant = isInvariant(value.args[i], depth - 1);
    }
    return invariant;
  }

  private boolean isInside(Inst value) {
    return value.block == header || value.block == latch;
  }

  /** By how much a sum of counters grows in each round. */
  int step(Inst value) {
    return step(value, MAX_DEPTH);
  }

  private int step(Inst value, int depth) {
    if (!isInside(value) || value.op == Opcode.ICONST) {
      return 0;
    }
    if (depth == 0) {
      return NO_STEP;
    }
    if (value.op == Opcode.PARAM) {
      return paramStep(value);
    }
    if (Algebra.hasConstant(value, Opcode.SHL)) {
      return scaled(step(value.args[0], depth - 1), 1L << (Algebra.constant(value) & 31));
    }
    if (Algebra.hasConstant(value, Opcode.MUL)) {
      return scaled(step(value.args[0], depth - 1), Algebra.constant(value));
    }
    if (value.op != Opcode.ADD && value.op != Opcode.SUB) {
      return NO_STEP;
    }
    int a = step(value.args[0], depth - 1);
    int b = step(value.args[1], depth - 1);
    boolean known = a != NO_STEP && b != NO_STEP;
    return known ? (value.op == Opcode.ADD ? a + b : a - b) : NO_STEP;
  }

  private static int scaled(int step, long factor) {
    boolean known = step != NO_STEP && Math.abs(factor) <= MOST_STEP;
    long scaled = known ? step * factor : NO_STEP;
    return Math.abs(scaled) <= MOST_STEP ? (int) scaled : NO_STEP;
  }

  private int paramStep(Inst param) {
    Inst after = next[(int) param.imm];
    if (after == param) {
      return 0;
    }
    boolean isCounted =
        Algebra.hasConstant(after, Opcode.ADD)
            && after.args[0] == param
            && Math.abs(Algebra.constant(after)) <= MOST_STEP;
    return isCounted ? (int) Algebra.constant(after) : NO_STEP;
  }

  /** A sum of counters in the round whose parameters are {@code params}. */
  Inst inRound(Inst value, Inst[] params, Cursor at) {
    if (!isInside(value)) {
      return value;
    }
    return switch (value.op) {
      case ICONST -> at.iconst(value.type, value.imm);
      case PARAM -> params[(int) value.imm];
      default ->
          Algebra.make(
              at,
              value.op,
              value.type,
              inRound(value.args[0], params, at),
              inRound(value.args[1], params, at));
    };
  }

  /**
   * Whether the loop that starts with {@code params} goes on after its first test, as it must for
   * {@link #rounds}; null: that need not be asked.
   */
  @Nullable Inst goesOn(Inst[] params, Cursor at) {
    return test == Opcode.ICMP_NE
        ? null
        : Algebra.make(at, test, Type.I32, counter(params, at), limit(params, at));
  }

  /**
   * How many rounds the loop has at least that starts with {@code params}, as an I64: rounds that
   * follow when a counter has wrapped around are not among them, nor is the last one always. A
   * comparison that finds a difference may end it sooner.
   */
  Inst rounds(Inst[] params, Cursor at) {
    if (countsAll()) {
      return Algebra.make(at, Opcode.UEXTEND, Type.I64, allRounds(params, at));
    }
    int shift = stepShift();
    Inst steps = Algebra.make(at, Opcode.UEXTEND, Type.I64, apart(params, at));
    if (shift > 0) {
      steps = Algebra.make(at, Opcode.SHR_U, steps, shift);
    }
    return testsFirst ? steps : Algebra.make(at, Opcode.ADD, steps, 1);
  }

  /** Whether {@link #rounds} are at least {@code least}, which is cheaper than to count them. */
  Inst hasRounds(Inst[] params, int least, Cursor at) {
    Inst enough;
    Inst from;
    if (countsAll()) {
      from = allRounds(params, at);
      enough = at.iconst(Type.I32, least);
    } else {
      from = apart(params, at);
      enough = at.iconst(Type.I32, (long) (testsFirst ? least : least - 1) << stepShift());
    }
    return Algebra.make(at, Opcode.ICMP_GE_U, Type.I32, from, enough);
  }

  /** Whether all rounds are known, but 2^32 of them are taken for none. */
  private boolean countsAll() {
    return stepShift() == 0 && test == Opcode.ICMP_NE;
  }

  private Inst allRounds(Inst[] params, Cursor at) {
    Inst apart = apart(params, at);
    return testsFirst ? apart : Algebra.make(at, Opcode.ADD, apart, 1);
  }

  /** How far the counter is from its limit, as an I32. */
  private Inst apart(Inst[] params, Cursor at) {
    Inst from = counter(params, at);
    Inst to = limit(params, at);
    return step(from(counter)) > 0
        ? Algebra.make(at, Opcode.SUB, Type.I32, to, from)
        : Algebra.make(at, Opcode.SUB, Type.I32, from, to);
  }

  /** The counter's step as a power of two. */
  private int stepShift() {
    return Integer.numberOfTrailingZeros(Math.abs(step(from(counter))));
  }

  private Inst counter(Inst[] params, Cursor at) {
    return inRound(from(counter), params, at);
  }

  private Inst limit(Inst[] params, Cursor at) {
    Inst end = limit;
    return end == null ? at.iconst(Type.I32, 0) : inRound(end, params, at);
  }

  private static Inst from(@Nullable Inst counter) {
    if (counter == null) {
      throw new IllegalStateException("not a loop over elements");
    }
    return counter;
  }

  /** Takes what does not depend on the round out of the loop. */
  void moveOut(Inst field) {
    Block from = field.block;
    Inst end = preheader.last;
    if (!isInside(field) || from == null || end == null) {
      return;
    }
    for (Inst arg : field.args) {
      moveOut(arg);
    }
    from.remove(field);
    preheader.insertBefore(end, field);
  }
}
