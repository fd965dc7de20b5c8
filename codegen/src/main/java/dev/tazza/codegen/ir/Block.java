package dev.tazza.codegen.ir;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A basic block: parameters, then a doubly linked list of instructions of which the last is the
 * terminator. Parameters are {@link Opcode#PARAM} instructions with {@code imm} their position.
 */
public final class Block {
  /** The bit of {@link #writes} for calls, which may write anything. */
  public static final int CALLS = 1 << 31;

  /** Dense within the function. */
  public final int id;

  public final Function function;
  public final List<Inst> params = new ArrayList<>();
  public @Nullable Inst first;
  public @Nullable Inst last;

  /** What {@link #writes} gives. */
  private int writes;

  /** What {@link #hasChecks} gives. */
  private boolean checks;

  /** What {@link #hasPolls} gives. */
  private boolean polls;

  /**
   * Expected to run rarely (ends in a trap, or the producer knows): laid out last, spilled into
   * first.
   */
  public boolean cold;

  /** Created by {@link Function#newBlock}. */
  Block(int id, Function function) {
    this.id = id;
    this.function = function;
  }

  /** Adds a parameter; the edges that come here must be given a value for it by the caller. */
  public Inst addParam(Type type) {
    Inst param = function.newInst(Opcode.PARAM, type);
    addParam(param);
    return param;
  }

  /** Adds a PARAM that was made before and stands nowhere. */
  public void addParam(Inst param) {
    param.imm = params.size();
    param.block = this;
    params.add(param);
  }

  /** Appends a jump along {@code edge}; {@code loc} is its source position. */
  public void jump(Edge edge, int loc) {
    Inst jump = function.newInst(Opcode.JUMP, Type.NONE);
    jump.targets = new Edge[] {edge};
    jump.loc = loc;
    append(jump);
  }

  /** The terminator; null while the block is under construction. */
  public @Nullable Inst terminator() {
    return last != null && last.op.isTerminator() ? last : null;
  }

  /** Successor edges; empty while there is no terminator, for nothing else has targets. */
  public Edge[] successors() {
    Inst end = last;
    return end == null ? NO_EDGES : end.targets;
  }

  private static final Edge[] NO_EDGES = {};

  /**
   * What its instructions may write, so that it need not be read to know: a bit for each {@link
   * AliasRegion}, by id, that is stored to, here or by other threads whose stores are seen here,
   * and {@link #CALLS}. Bits stay when an instruction is removed.
   */
  public int writes() {
    return writes;
  }

  /** Whether there may be a call among its instructions. */
  public boolean hasCalls() {
    return (writes & CALLS) != 0;
  }

  /**
   * Whether there may be an instruction among its own that traps if a condition holds, or one that
   * keeps an index at what it would trap beyond ({@link Opcode#CLAMP_MIN}). It stays so when one is
   * removed.
   */
  public boolean hasChecks() {
    return checks;
  }

  /** Whether there may be a poll among its instructions. It stays so when one is removed. */
  public boolean hasPolls() {
    return polls;
  }

  private void note(Inst inst) {
    Opcode op = inst.op;
    polls |= op == Opcode.POLL;
    checks |= op == Opcode.TRAP_IF || op == Opcode.TRAP_UNLESS || op == Opcode.CLAMP_MIN;
    if (op.mayWrite()) {
      MemoryAccess access = inst.access;
      boolean synchronizes = op.effect() == Opcode.Effect.SYNCHRONIZES;
      writes |= access != null ? 1 << access.region().id() : synchronizes ? 0 : CALLS;
      writes |= synchronizes ? function.regions.shared() : 0;
    }
  }

  /** Removes the instructions with this opcode. */
  public void removeAll(Opcode op) {
    Inst after;
    for (Inst inst = first; inst != null; inst = after) {
      after = inst.next;
      if (inst.op == op) {
        remove(inst);
      }
    }
  }

  /** Takes all instructions out, which still say that they stand here. */
  public void clear() {
    first = null;
    last = null;
    writes = 0;
    checks = false;
    polls = false;
  }

  /** Appends the instructions of {@code other}, which is empty then. */
  public void appendAll(Block other) {
    for (Inst inst = other.first; inst != null; inst = inst.next) {
      inst.block = this;
    }
    Inst next = other.first;
    if (last == null || next == null) {
      first = last == null ? next : first;
    } else {
      last.next = next;
      next.prev = last;
    }
    last = other.last == null ? last : other.last;
    writes |= other.writes;
    checks |= other.checks;
    polls |= other.polls;
    other.clear();
  }

  /** Appends at the end. */
  public void append(Inst inst) {
    note(inst);
    inst.block = this;
    inst.prev = last;
    inst.next = null;
    if (last == null) {
      first = inst;
    } else {
      last.next = inst;
    }
    last = inst;
  }

  /** Inserts {@code inst} right before {@code at}, which stands in this block's list. */
  public void insertBefore(Inst at, Inst inst) {
    note(inst);
    inst.block = this;
    inst.next = at;
    inst.prev = at.prev;
    if (at.prev == null) {
      first = inst;
    } else {
      at.prev.next = inst;
    }
    at.prev = inst;
  }

  /** Inserts at the start of the list. */
  public void prepend(Inst inst) {
    if (first == null) {
      append(inst);
    } else {
      insertBefore(first, inst);
    }
  }

  /** Takes {@code inst} out of the list; it can be inserted elsewhere after that. */
  public void remove(Inst inst) {
    if (inst.prev == null) {
      first = inst.next;
    } else {
      inst.prev.next = inst.next;
    }
    if (inst.next == null) {
      last = inst.prev;
    } else {
      inst.next.prev = inst.prev;
    }
    inst.prev = null;
    inst.next = null;
    inst.block = null;
  }

  @Override
  public String toString() {
    return "b" + id;
  }
}
