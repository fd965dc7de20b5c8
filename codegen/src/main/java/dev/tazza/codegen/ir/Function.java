package dev.tazza.codegen.ir;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function in SSA form. {@code blocks.get(0)} is the entry; its parameters are the function's.
 * The entry has no predecessors. The order of {@code blocks} after block layout is the order of the
 * code.
 *
 * <p>Every use is dominated by its definition; each edge gives a value of the right type to each
 * parameter of its target. {@code Verifier} checks this.
 */
public final class Function {
  /** For messages and dumps. */
  public final String name;

  public final Signature signature;

  /** What its accesses tell apart. */
  public final AliasRegions regions;

  public final List<Block> blocks = new ArrayList<>();

  /**
   * Whether it goes back to its caller by an indirect jump instead of a return: for code whose
   * return the processor would predict wrongly, because control has left and come back by other
   * ways in between.
   */
  public boolean returnsByJump;

  /** Whether it uses up fuel. */
  public boolean usesFuel;

  /** Where its variables are assigned; null: debuggers are told nothing of them. */
  public @Nullable LabelPositions labels;

  /** What direct calls name it, -1 when none do. */
  public long symbol = -1;

  /** The calls that are no more, because the callee's body stands in their place. */
  public final InlineSites inlineSites = new InlineSites();

  private int instCount;
  private int blockCount;

  public Function(String name, Signature signature, AliasRegions regions) {
    this.name = name;
    this.signature = signature;
    this.regions = regions;
  }

  public Block entry() {
    return blocks.get(0);
  }

  /** Number of instruction ids given out: the size for side tables. */
  public int instCount() {
    return instCount;
  }

  /** Number of block ids given out: the size for side tables. */
  public int blockCount() {
    return blockCount;
  }

  /** A new block at the end of {@link #blocks}. */
  public Block newBlock() {
    Block block = new Block(blockCount++, this);
    blocks.add(block);
    return block;
  }

  /** A new block with an id of the caller's choice, for the parser. */
  Block newBlock(int id) {
    Block block = new Block(id, this);
    blockCount = Math.max(blockCount, id + 1);
    blocks.add(block);
    return block;
  }

  /** Keeps new instructions from getting {@code id} or a lower one. */
  void reserve(int id) {
    instCount = Math.max(instCount, id + 1);
  }

  /** A new instruction with an id of the caller's choice, for the parser. */
  Inst newInst(int id, Opcode op, Type type) {
    reserve(id);
    return new Inst(id, op, type);
  }

  /** A new instruction that stands in no block yet. */
  public Inst newInst(Opcode op, Type type, Inst... args) {
    Inst inst = new Inst(instCount++, op, type);
    if (args.length > 0) {
      inst.args = args;
    }
    return inst;
  }

  /**
   * A new instruction that does what {@code original} does, perhaps one of another function, with
   * {@code args}, at the same position. It has no targets, and stands in no block yet.
   */
  public Inst newCopy(Inst original, Inst... args) {
    Inst copy = newInst(original.op, original.type, args);
    copy.describeAs(original);
    return copy;
  }
}
