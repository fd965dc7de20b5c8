package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import org.jspecify.annotations.Nullable;

/**
 * A loop that goes through memory byte by byte, upwards or downwards, and does nothing else that
 * anybody could notice:
 *
 * <ul>
 *   <li><i>copying</i>: one block, with a load and a store of what was loaded,
 *   <li><i>filling</i>: one block, with a store of a value from outside,
 *   <li><i>comparing</i>: a block with two loads that leaves the loop when they differ, and one for
 *       the way back.
 * </ul>
 *
 * <p>All that one round hands to the next are sums with constants, and the loop goes on until such
 * a sum equals a value from outside. What is computed besides does not matter.
 */
final class ByteLoop {
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

  /** The counter that decides, 1 or -1 apart in each round, and the value that ends the loop. */
  private @Nullable Inst counter;

  /** Null: zero. */
  private @Nullable Inst limit;

  /** 1: upwards; -1: downwards. */
  int direction;

  /** Whether there is a safepoint poll in it. */
  boolean polls;

  private ByteLoop(Block preheader, Block header, Block latch) {
    this.preheader = preheader;
    this.header = header;
    this.latch = latch;
  }

  /** The loop if it is one of bytes, otherwise null. */
  static @Nullable ByteLoop find(Analyses analyses, int loop) {
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
    ByteLoop found = new ByteLoop(flow.block(before), header, flow.block(back));
    return found.matches() ? found : null;
  }

  private boolean matches() {
    Inst end = latch.last;
    if (end == null || end.op != Opcode.BRANCH || !takeAccesses(header)) {
      return false;
    }
    int back = end.targets[0].target == header ? 0 : 1;
    if (end.targets[1 - back].target == header || end.targets[back].target != header) {
      return false;
    }
    next = end.targets[back].args;
    for (Inst param : header.params) {
      if (step(param) == NO_STEP) {
        return false;
      }
    }
    boolean shape = latch == header ? moves() : compares();
    return shape && takeTest(end.args[0], back == 0) && takeDirection();
  }

  /** Finds the accesses of a block; false if there are others, or other effects. */
  private boolean takeAccesses(Block block) {
    for (Inst inst = block.first; inst != null && !inst.op.isTerminator(); inst = inst.next) {
      Access access = inst.access;
      if (access != null && access.region().lengths() != null && access.bytes() == 1) {
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
    return load == null ? value.type.isInt() && !isInside(value) : value == load;
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

  private boolean takeTest(Inst test, boolean goesOnIfTrue) {
    if (test.op == (goesOnIfTrue ? Opcode.ICMP_NE : Opcode.ICMP_EQ)) {
      boolean first = step(test.args[0]) != 0;
      counter = test.args[first ? 0 : 1];
      limit = test.args[first ? 1 : 0];
    } else if (goesOnIfTrue) {
      counter = test;
    }
    Inst by = counter;
    if (by == null || by.type != Type.I32) {
      return false;
    }
    Inst to = limit;
    int step = step(by);
    return (step == 1 || step == -1) && (to == null || step(to) == 0);
  }

  /** All addresses have to go the same way. */
  private boolean takeDirection() {
    for (Inst access : new Inst[] {load, secondLoad, store}) {
      if (access != null) {
        int step = isAddress(access) ? step(index(access)) : NO_STEP;
        if (step != 1 && step != -1 || direction != 0 && step != direction) {
          return false;
        }
        direction = step;
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
    Access field = base.access;
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
    Access how = access.access;
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
    if (value.op != Opcode.ADD && value.op != Opcode.SUB) {
      return NO_STEP;
    }
    int a = step(value.args[0], depth - 1);
    int b = step(value.args[1], depth - 1);
    boolean known = a != NO_STEP && b != NO_STEP;
    return known ? (value.op == Opcode.ADD ? a + b : a - b) : NO_STEP;
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
   * How many rounds the loop has that starts with {@code params}, less those that came before, as
   * an I32 in which zero stands for 2^32. A comparison that finds a difference may end it sooner.
   */
  Inst rounds(Inst[] params, Cursor at) {
    Inst by = counter;
    if (by == null) {
      throw new IllegalStateException("not a loop of bytes");
    }
    Inst from = inRound(by, params, at);
    Inst end = limit;
    Inst to = end == null ? at.iconst(Type.I32, 0) : inRound(end, params, at);
    Inst apart =
        step(by) > 0
            ? Algebra.make(at, Opcode.SUB, Type.I32, to, from)
            : Algebra.make(at, Opcode.SUB, Type.I32, from, to);
    return Algebra.make(at, Opcode.ADD, apart, 1);
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
