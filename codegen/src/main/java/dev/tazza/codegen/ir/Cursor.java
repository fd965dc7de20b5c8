package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/** A place in a block where new instructions go, and the source position that they get. */
public final class Cursor {
  private final Function function;
  private @Nullable Block block;
  private @Nullable Inst before;
  private int loc = -1;

  public Cursor(Function function) {
    this.function = function;
  }

  public Function function() {
    return function;
  }

  /** New instructions go to the end of {@code block}. */
  public void atEnd(Block block) {
    this.block = block;
    before = null;
  }

  /** New instructions go right before {@code inst} and take over its source position. */
  public void before(Inst inst) {
    block = inst.block;
    before = inst;
    loc = inst.loc;
  }

  /** The block that is being added to. */
  public Block block() {
    Block result = block;
    if (result == null) {
      throw new IllegalStateException("no block chosen");
    }
    return result;
  }

  public int loc() {
    return loc;
  }

  public void setLoc(int loc) {
    this.loc = loc;
  }

  /** Puts {@code inst} here and gives it the current source position. */
  public Inst insert(Inst inst) {
    inst.loc = loc;
    Inst successor = before;
    if (successor == null) {
      block().append(inst);
    } else {
      block().insertBefore(successor, inst);
    }
    return inst;
  }

  /** Makes an instruction and puts it here. */
  public Inst insert(Opcode op, Type type, Inst... args) {
    return insert(function.newInst(op, type, args));
  }

  /** An integer constant, or null as REF; for I32 the low 32 bits of {@code value} count. */
  public Inst iconst(Type type, long value) {
    Inst inst = function.newInst(Opcode.ICONST, type);
    inst.imm = type == Type.I32 ? (int) value : value;
    return insert(inst);
  }

  /** A float constant from its bits; for F32 the low 32 count. */
  public Inst fconst(Type type, long bits) {
    Inst inst = function.newInst(Opcode.FCONST, type);
    inst.imm = type == Type.F32 ? bits & 0xffff_ffffL : bits;
    return insert(inst);
  }

  /** A vector constant. */
  public Inst vconst(long low, long high) {
    Inst inst = function.newInst(Opcode.VCONST, Type.V128);
    inst.imm = low;
    inst.setImmHigh(high);
    return insert(inst);
  }
}
