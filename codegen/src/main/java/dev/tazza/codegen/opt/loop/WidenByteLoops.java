package dev.tazza.codegen.opt.loop;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Cursor;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.algebra.Algebra;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a loop that takes eight bytes at a time before each {@link ByteLoop} that copies, fills or
 * compares bytes, for as long as more than eight are left; the loop itself does the rest.
 *
 * <pre>
 *   preheader:  rounds &gt; 15?               else narrow
 *   checks:     all addresses inside?      else narrow
 *               source and destination far enough apart?
 *   wide:       eight bytes, until at most eight are left (or they differ)
 *   narrow:     the new preheader
 *   header:     the loop as it was
 * </pre>
 *
 * <p>Nothing in the wide loop can trap: the length of the area is asked before, so that bytes in
 * front of one that is out of bounds are written by the narrow loop, as they must be. A copy to
 * where it is still to be read, less than eight bytes ahead, repeats what it wrote, and stays
 * narrow.
 *
 * <p>Requires a preheader for each loop ({@link InsertPreheaders}); loops without are left alone.
 * Preserves all analyses if there is no such loop, otherwise invalidates them.
 */
public final class WidenByteLoops {
  private static final int BYTES = 8;

  /** With fewer rounds a loop is done before it was prepared. */
  private static final int LEAST_ROUNDS = 16;

  /** A byte times this is eight of them. */
  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

  private final Function function;
  private final ByteLoop loop;
  private final Cursor at;

  /** What the loop starts with. */
  private final Inst[] initial;

  /** The preheader of the loop as it was. */
  private final Block narrow;

  private WidenByteLoops(Function function, ByteLoop loop, Inst jump) {
    this.function = function;
    this.loop = loop;
    at = new Cursor(function);
    at.before(jump);
    initial = jump.targets[0].args;
    narrow = function.newBlock();
  }

  public static void run(Analyses analyses) {
    Function function = analyses.function();
    LoopForest loops = analyses.loops();
    if (loops.count() == 0) {
      return;
    }
    List<ByteLoop> found = new ArrayList<>();
    for (int i = 0; i < loops.count(); i++) {
      ByteLoop loop = ByteLoop.find(analyses, i);
      if (loop != null) {
        found.add(loop);
      }
    }
    for (ByteLoop loop : found) {
      Inst jump = loop.preheader.last;
      if (jump != null) {
        new WidenByteLoops(function, loop, jump).insert(jump);
      }
    }
    if (!found.isEmpty()) {
      analyses.invalidate();
    }
  }

  private void insert(Inst jump) {
    Block header = loop.header;
    Inst[] params = new Inst[initial.length];
    for (int i = 0; i < params.length; i++) {
      params[i] = narrow.addParam(header.params.get(i).type);
    }
    List<Inst> accesses = accesses();
    accesses.forEach(access -> loop.moveOut(ByteLoop.base(access)));
    loop.preheader.remove(jump);
    at.atEnd(loop.preheader);

    Inst rounds = Algebra.make(at, Opcode.UEXTEND, Type.I64, loop.rounds(initial, at));
    require(compare(Opcode.ICMP_GE_U, rounds, at.iconst(Type.I64, LEAST_ROUNDS)));
    Inst length = length(accesses.getFirst());
    Inst[] indexes = new Inst[accesses.size()];
    for (int i = 0; i < indexes.length; i++) {
      Inst index = loop.inRound(ByteLoop.index(accesses.get(i)), initial, at);
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
    AliasRegion.Lengths lengths = ByteLoop.region(access).lengths();
    if (lengths == null) {
      throw new IllegalStateException("not a loop of bytes");
    }
    Inst field = ByteLoop.base(access);
    Inst length = function.newInst(Opcode.LOAD, Type.I64, field.args[0]);
    length.access = Access.full(Type.I64, lengths.region());
    length.imm = field.imm + lengths.behindBase();
    return at.insert(length);
  }

  /**
   * All bytes from that at {@code index + offset} on must be in the area, and no index on the way
   * may wrap around.
   */
  private void requireInside(Inst index, long offset, Inst rounds, Inst length) {
    if (loop.direction > 0) {
      Inst end = plus(Algebra.make(at, Opcode.ADD, Type.I64, index, rounds), offset);
      require(compare(Opcode.ICMP_LE_U, end, length));
    } else {
      require(compare(Opcode.ICMP_LE_U, plus(index, offset + 1), length));
      require(compare(Opcode.ICMP_GE_U, plus(index, 1), rounds));
    }
  }

  /** What is loaded must not have been stored by less than {@link #BYTES} rounds before. */
  private void requireApart(List<Inst> accesses, Inst[] indexes) {
    Inst from = plus(indexes[0], accesses.get(0).imm);
    Inst to = plus(indexes[1], accesses.get(1).imm);
    Inst ahead =
        loop.direction > 0
            ? Algebra.make(at, Opcode.SUB, Type.I64, to, from)
            : Algebra.make(at, Opcode.SUB, Type.I64, from, to);
    require(compare(Opcode.ICMP_GE_U, ahead, at.iconst(Type.I64, BYTES)));
  }

  private Inst plus(Inst value, long constant) {
    return constant == 0 ? value : Algebra.make(at, Opcode.ADD, value, constant);
  }

  // The loop of eight bytes.

  private void wide(Inst rounds) {
    Inst byteValue = loop.load == null ? filling() : null;
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
    Inst value = loop.load == null ? byteValue : wideLoad(loop.load, params);
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
      long step = (long) loop.step(loop.header.params.get(i)) * BYTES;
      last[i] = again[i] = plus(params[i], step);
    }
    again[count] = plus(left, -BYTES);
    Inst more = compare(Opcode.ICMP_GT_U, again[count], at.iconst(Type.I64, BYTES));
    end(Opcode.BRANCH, new Edge(block, again), new Edge(narrow, last), more);
  }

  private Inst filling() {
    Inst store = loop.store;
    if (store == null) {
      throw new IllegalStateException("nothing is stored");
    }
    Inst value = store.args[1];
    if (value.type != Type.I64) {
      value = Algebra.make(at, Opcode.UEXTEND, Type.I64, value);
    }
    return Algebra.make(at, Opcode.MUL, Algebra.make(at, Opcode.AND, value, 0xff), EACH_BYTE);
  }

  private Inst wideLoad(Inst load, Inst[] params) {
    Inst result = access(load, params);
    result.type = Type.I64;
    return at.insert(result);
  }

  /** The eight bytes that rounds from {@code params} on access. */
  private Inst access(Inst narrowAccess, Inst[] params, Inst... values) {
    Inst index = loop.inRound(ByteLoop.index(narrowAccess), params, at);
    if (loop.direction < 0) {
      // Of the lowest of the bytes, in 32 bits: whoever reads the code sees that it is not
      // negative.
      index = plus(index, 1 - BYTES);
    }
    Inst wideIndex = Algebra.make(at, Opcode.UEXTEND, Type.I64, index);
    Inst base = ByteLoop.base(narrowAccess);
    Inst address = Algebra.make(at, Opcode.ADD, Type.I64, base, wideIndex);
    Inst result = function.newCopy(narrowAccess, address);
    if (values.length > 0) {
      result.args = new Inst[] {address, values[0]};
    }
    result.access = new Access(BYTES, false, ByteLoop.region(narrowAccess));
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
