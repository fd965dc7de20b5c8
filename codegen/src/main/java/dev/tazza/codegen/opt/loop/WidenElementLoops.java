package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import java.util.ArrayList;
import java.util.List;

/**
 * Loop idiom recognition: puts a loop that takes several elements at a time before each {@link
 * ElementLoop} that copies, fills or compares memory, for as long as more than that are left; the
 * loop itself does the rest.
 *
 * <pre>
 *   preheader:  enough rounds?             else narrow
 *   checks:     all addresses inside?      else narrow
 *               source and destination far enough apart?
 *   wide:       several elements, until at most so many are left (or they differ)
 *   narrow:     the new preheader
 *   header:     the loop as it was
 * </pre>
 *
 * <p>Eight bytes are taken at a time, sixteen of elements of four or eight bytes; those of sixteen
 * are as wide as registers are. Nothing in the wide loop can trap: the length of the area is asked
 * before, so that bytes in front of one that is out of bounds are written by the narrow loop, as
 * they must be. A copy to where it is still to be read, less than one wide access ahead, repeats
 * what it wrote, and stays narrow.
 *
 * <p>The idea is that of LLVM's {@code LoopIdiomRecognize}, which calls {@code memcpy} and {@code
 * memset} instead: a call would make a function one that calls.
 *
 * <p>Requires a preheader for each loop ({@link InsertPreheaders}); loops without are left alone.
 * Preserves all analyses if there is no such loop, otherwise invalidates them.
 */
public final class WidenElementLoops {
  /** With fewer rounds a loop is done before it was prepared. */
  private static final int LEAST_ROUNDS = 8;

  /** A byte times this is eight of them. */
  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

  /** Two bytes times this is four of them. */
  private static final long EACH_PAIR = 0x0001_0001_0001_0001L;

  private final Function function;
  private final ElementLoop loop;
  private final Cursor at;

  /** How many bytes are taken at a time, and how many elements that is. */
  private final int wideBytes;

  private final int elements;

  /** What the loop starts with. */
  private final Inst[] initial;

  /** The preheader of the loop as it was. */
  private final Block narrow;

  private WidenElementLoops(Function function, ElementLoop loop, Inst jump, Cursor at) {
    this.function = function;
    this.loop = loop;
    this.at = at;
    wideBytes = wideBytes(loop);
    elements = wideBytes / loop.bytes;
    initial = jump.targets[0].args;
    narrow = function.newBlock();
  }

  public static void run(Analyses analyses) {
    Function function = analyses.function();
    LoopForest loops = analyses.loops();
    if (loops.count() == 0) {
      return;
    }
    List<ElementLoop> found = new ArrayList<>();
    for (int i = 0; i < loops.count(); i++) {
      ElementLoop loop = ElementLoop.find(analyses, i);
      if (loop != null && wideBytes(loop) > loop.bytes) {
        found.add(loop);
      }
    }
    boolean changed = false;
    for (ElementLoop loop : found) {
      Inst jump = loop.preheader.last;
      changed |= jump != null && widen(function, loop, jump);
    }
    if (changed) {
      analyses.invalidate();
    }
  }

  private static int wideBytes(ElementLoop loop) {
    return loop.secondLoad != null || loop.bytes < 4 ? 8 : 16;
  }

  /** Gives false if there never are rounds enough, as in a loop that does what another has left. */
  private static boolean widen(Function function, ElementLoop loop, Inst jump) {
    Cursor at = new Cursor(function);
    at.before(jump);
    int least = Math.max(LEAST_ROUNDS, 2 * wideBytes(loop) / loop.bytes);
    Inst enough = loop.hasRounds(jump.targets[0].args, least, at);
    if (enough.isInt(0)) {
      return false;
    }
    new WidenElementLoops(function, loop, jump, at).insert(jump, enough);
    return true;
  }

  private void insert(Inst jump, Inst enough) {
    Block header = loop.header;
    Inst[] params = new Inst[initial.length];
    for (int i = 0; i < params.length; i++) {
      params[i] = narrow.addParam(header.params.get(i).type);
    }
    List<Inst> accesses = accesses();
    accesses.forEach(access -> loop.moveOut(ElementLoop.base(access)));
    if (loop.load == null && loop.store != null) {
      loop.moveOut(loop.store.args[1]);
    }
    loop.preheader.remove(jump);
    at.atEnd(loop.preheader);

    // First what tells of most loops that are short; nothing else is computed for those.
    require(enough);
    Inst goesOn = loop.goesOn(initial, at);
    if (goesOn != null) {
      require(goesOn);
    }
    Inst rounds = loop.rounds(initial, at);
    Inst length = length(accesses.getFirst());
    Inst[] indexes = new Inst[accesses.size()];
    for (int i = 0; i < indexes.length; i++) {
      Inst index = loop.inRound(ElementLoop.index(accesses.get(i)), initial, at);
      indexes[i] = Algebra.make(at, Opcode.UEXTEND, Type.I64, index);
      requireInside(indexes[i], accesses.get(i).imm, rounds, length);
    }
    if (loop.load != null && loop.store != null) {
      requireApart(accesses, indexes);
    }
    wide(rounds);

    at.atEnd(narrow);
    end(Opcode.JUMP, new Edge(header, params));
  }

  /** At least one; what is loaded comes first. */
  private List<Inst> accesses() {
    List<Inst> result = new ArrayList<>();
    for (Inst access : new Inst[] {loop.load, loop.secondLoad, loop.store}) {
      if (access != null) {
        result.add(access);
      }
    }
    return result;
  }

  // The checks.

  /** Goes on in a new block if {@code condition} holds, otherwise to the loop as it was. */
  private void require(Inst condition) {
    Block then = function.newBlock();
    end(Opcode.BRANCH, new Edge(then), new Edge(narrow, initial.clone()), condition);
    at.atEnd(then);
  }

  /** The length of the area that is accessed. */
  private Inst length(Inst access) {
    AliasRegion.Lengths lengths = ElementLoop.region(access).lengths();
    if (lengths == null) {
      throw new IllegalStateException("not a loop over elements");
    }
    Inst field = ElementLoop.base(access);
    Inst length = function.newInst(Opcode.LOAD, Type.I64, field.args[0]);
    length.access = MemoryAccess.full(Type.I64, lengths.region());
    length.imm = field.imm + lengths.behindBase();
    return at.insert(length);
  }

  /**
   * All bytes from that at {@code index + offset} on must be in the area, and no index on the way
   * may wrap around.
   */
  private void requireInside(Inst index, long offset, Inst rounds, Inst length) {
    int shift = Integer.numberOfTrailingZeros(loop.bytes);
    Inst size = shift == 0 ? rounds : Algebra.make(at, Opcode.SHL, rounds, shift);
    if (loop.direction > 0) {
      Inst end = plus(Algebra.make(at, Opcode.ADD, Type.I64, index, size), offset);
      require(compare(Opcode.ICMP_LE_U, end, length));
    } else {
      require(compare(Opcode.ICMP_LE_U, plus(index, offset + loop.bytes), length));
      require(compare(Opcode.ICMP_GE_U, plus(index, loop.bytes), size));
    }
  }

  /** What is loaded must not have been stored by the rounds just before that are now one. */
  private void requireApart(List<Inst> accesses, Inst[] indexes) {
    Inst from = plus(indexes[0], accesses.get(0).imm);
    Inst to = plus(indexes[1], accesses.get(1).imm);
    Inst ahead =
        loop.direction > 0
            ? Algebra.make(at, Opcode.SUB, Type.I64, to, from)
            : Algebra.make(at, Opcode.SUB, Type.I64, from, to);
    require(compare(Opcode.ICMP_GE_U, ahead, at.iconst(Type.I64, wideBytes)));
  }

  private Inst plus(Inst value, long constant) {
    return constant == 0 ? value : Algebra.make(at, Opcode.ADD, value, constant);
  }

  // The wide loop.

  private void wide(Inst rounds) {
    Inst filling = loop.load == null ? filling() : null;
    Block block = function.newBlock();
    int count = initial.length;
    Inst[] params = new Inst[count];
    Inst[] start = new Inst[count + 1];
    for (int i = 0; i < count; i++) {
      params[i] = block.addParam(initial[i].type);
      start[i] = initial[i];
    }
    start[count] = rounds;
    Inst left = block.addParam(Type.I64);
    end(Opcode.JUMP, new Edge(block, start));

    at.atEnd(block);
    if (loop.polls) {
      at.insert(Opcode.POLL, Type.NONE);
    }
    Inst value = loop.load == null ? filling : wideLoad(loop.load, params);
    if (loop.store != null && value != null) {
      at.insert(access(loop.store, params, value));
    } else if (loop.secondLoad != null && value != null) {
      Block same = function.newBlock();
      Inst equal = compare(Opcode.ICMP_EQ, value, wideLoad(loop.secondLoad, params));
      end(Opcode.BRANCH, new Edge(same), new Edge(narrow, params.clone()), equal);
      at.atEnd(same);
    }
    Inst[] again = new Inst[count + 1];
    Inst[] last = new Inst[count];
    for (int i = 0; i < count; i++) {
      long step = (long) loop.step(loop.header.params.get(i)) * elements;
      last[i] = again[i] = plus(params[i], step);
    }
    again[count] = plus(left, -elements);
    Inst more = compare(Opcode.ICMP_GT_U, again[count], at.iconst(Type.I64, elements));
    end(Opcode.BRANCH, new Edge(block, again), new Edge(narrow, last), more);
  }

  private Inst filling() {
    Inst store = loop.store;
    if (store == null) {
      throw new IllegalStateException("nothing is stored");
    }
    Inst value = store.args[1];
    if (wideBytes == 16) {
      return splat(value);
    }
    if (value.type != Type.I64) {
      value = Algebra.make(at, Opcode.UEXTEND, Type.I64, value);
    }
    Inst element = Algebra.make(at, Opcode.AND, value, loop.bytes == 1 ? 0xff : 0xffff);
    return Algebra.make(at, Opcode.MUL, element, loop.bytes == 1 ? EACH_BYTE : EACH_PAIR);
  }

  private Inst splat(Inst value) {
    Inst element = value;
    if (value.type == Type.I64 && loop.bytes == 4) {
      element = Algebra.make(at, Opcode.WRAP, Type.I32, value);
    }
    Inst splat = function.newInst(Opcode.VSPLAT, Type.V128, element);
    splat.setShape(
        switch (element.type) {
          case F32 -> Shape.F32X4;
          case F64 -> Shape.F64X2;
          case I64 -> Shape.I64X2;
          default -> Shape.I32X4;
        });
    return at.insert(splat);
  }

  private Inst wideLoad(Inst load, Inst[] params) {
    Inst result = access(load, params);
    result.type = wideBytes == 16 ? Type.V128 : Type.I64;
    return at.insert(result);
  }

  /** All that the next rounds from {@code params} on access. */
  private Inst access(Inst narrowAccess, Inst[] params, Inst... values) {
    Inst index = loop.inRound(ElementLoop.index(narrowAccess), params, at);
    if (loop.direction < 0) {
      // Of the lowest of the bytes, in 32 bits: whoever reads the code sees that it is not
      // negative.
      index = plus(index, loop.bytes - wideBytes);
    }
    Inst wideIndex = Algebra.make(at, Opcode.UEXTEND, Type.I64, index);
    Inst base = ElementLoop.base(narrowAccess);
    Inst address = Algebra.make(at, Opcode.ADD, Type.I64, base, wideIndex);
    Inst result = function.newCopy(narrowAccess, address);
    if (values.length > 0) {
      result.args = new Inst[] {address, values[0]};
    }
    result.access = new MemoryAccess(wideBytes, false, ElementLoop.region(narrowAccess));
    return result;
  }

  private Inst compare(Opcode op, Inst a, Inst b) {
    return Algebra.make(at, op, Type.I32, a, b);
  }

  private void end(Opcode op, Edge target) {
    at.insert(op, Type.NONE).targets = new Edge[] {target};
  }

  private void end(Opcode op, Edge then, Edge otherwise, Inst condition) {
    at.insert(op, Type.NONE, condition).targets = new Edge[] {then, otherwise};
  }
}
