package dev.tazza.codegen.machine;

import java.util.Arrays;

/**
 * A function as machine instructions over virtual registers, in final block order: what lowering
 * makes, register allocation reads and emission writes out. {@code I} is the ISA's instruction
 * type, which the allocator never looks into.
 *
 * <p>Invariants: virtual registers are in SSA form (one definition, or one block parameter, each).
 * Every block can be reached. No critical edges, with arguments or without: each successor of a
 * block with several successors has a single predecessor. Block parameters and arguments are
 * matched by position. A terminator whose edge carries arguments has no operands. The entry block
 * has no parameters: incoming values are fixed definitions of its first instruction.
 *
 * <p>Numbers are dense: instructions, blocks, virtual registers.
 */
public final class VCode<I> {
  /** A basic block: instructions {@code [from, to)}. */
  public static final class VBlock {
    public int from;
    public int to;
    public int[] succs = {};
    public int[] preds = {};

    /** Virtual registers. */
    public int[] params = {};

    /** {@code args[s]} are the virtual registers for the parameters of {@code succs[s]}. */
    public int[][] args = {};

    public int loopDepth;

    /** Expected to run rarely. */
    public boolean cold;

    /**
     * Of a block that ends with a call whose callee may also come back at landing pads: their tags,
     * in the order of the successors behind the first. Else empty.
     */
    public int[] tags = NO_TAGS;

    /**
     * Whether it is a landing pad: its only predecessor ends with a call that came back here. It
     * begins with nothing in registers but what its first instruction uses in fixed ones.
     */
    public boolean pad;

    private static final int[] NO_TAGS = {};
  }

  private Object[] insts = new Object[64];
  private int instCount;
  private int[] operandStart = new int[65];
  private long[] operands = new long[128];
  private int operandCount;
  private long[] clobbers = new long[64];
  private boolean[] moves = new boolean[64];
  private boolean[] commutative = new boolean[64];
  private boolean[] calls = new boolean[64];
  private boolean[] safepoints = new boolean[64];
  private int[] locs = new int[64];

  private byte[] vregKind = new byte[64];
  private int[] remat = new int[64];
  private int vregCount;
  private boolean refs;
  private boolean hasVectors;

  private VBlock[] blocks = new VBlock[8];
  private int blockCount;

  /**
   * The blocks outside of loops that come before every call with landing pads, innermost first, the
   * entry last; empty if there is no such call.
   */
  public int[] beforePads = {};

  /** What debuggers are to be told. */
  public final Labels labels = new Labels();

  /** Adds a virtual register. */
  public int newVReg(VRegKind kind) {
    if (vregCount == vregKind.length) {
      vregKind = Arrays.copyOf(vregKind, vregCount * 2);
      remat = Arrays.copyOf(remat, vregCount * 2);
    }
    refs |= kind == VRegKind.REF;
    vregKind[vregCount] = (byte) kind.ordinal();
    hasVectors |= kind == VRegKind.VECTOR;
    remat[vregCount] = -1;
    return vregCount++;
  }

  /** Adds a block at the end. */
  public VBlock newBlock() {
    if (blockCount == blocks.length) {
      blocks = Arrays.copyOf(blocks, blockCount * 2);
    }
    return blocks[blockCount++] = new VBlock();
  }

  /**
   * Adds an instruction at the end, to be followed by its {@link #operand}s.
   *
   * @param clobber registers overwritten late, besides those of the definitions
   * @param isMove a copy whose operands are exactly one use and one definition (a hint to coalesce)
   * @param loc source position, or -1
   */
  public int newInst(I inst, long clobber, boolean isMove, int loc) {
    if (instCount == insts.length) {
      insts = Arrays.copyOf(insts, instCount * 2);
      clobbers = Arrays.copyOf(clobbers, instCount * 2);
      moves = Arrays.copyOf(moves, instCount * 2);
      commutative = Arrays.copyOf(commutative, instCount * 2);
      calls = Arrays.copyOf(calls, instCount * 2);
      safepoints = Arrays.copyOf(safepoints, instCount * 2);
      locs = Arrays.copyOf(locs, instCount * 2);
      operandStart = Arrays.copyOf(operandStart, instCount * 2 + 1);
    }
    insts[instCount] = inst;
    clobbers[instCount] = clobber;
    moves[instCount] = isMove;
    locs[instCount] = loc;
    operandStart[++instCount] = operandCount;
    return instCount - 1;
  }

  /** Adds an operand ({@link Operand}) to the last instruction. */
  public void operand(long operand) {
    if (operandCount == operands.length) {
      operands = Arrays.copyOf(operands, operandCount * 2);
    }
    operands[operandCount++] = operand;
    operandStart[instCount] = operandCount;
  }

  /**
   * Declares that {@code vreg} can be made again anywhere by repeating {@code inst}, which has no
   * operand but its definition.
   */
  public void setRemat(int vreg, int inst) {
    remat[vreg] = inst;
  }

  /**
   * Declares that the virtual registers of the first two operands of {@code inst}, both uses, may
   * be exchanged.
   */
  public void setCommutative(int inst) {
    commutative[inst] = true;
  }

  public boolean isCommutative(int inst) {
    return commutative[inst];
  }

  /** Exchanges the virtual registers of the first two operands, not their constraints. */
  public void exchangeUses(int inst) {
    if (!commutative[inst]) {
      throw new IllegalArgumentException("not commutative");
    }
    int o = operandStart[inst];
    long difference = (operands[o] ^ operands[o + 1]) & 0xffff_ffffL;
    operands[o] ^= difference;
    operands[o + 1] ^= difference;
  }

  /** Declares that {@code inst} runs other code, which comes back. */
  public void setCall(int inst) {
    calls[inst] = true;
    safepoints[inst] = true;
  }

  public boolean isCall(int inst) {
    return calls[inst];
  }

  /** Declares that what references refer to may move meanwhile, as it may during calls. */
  public void setSafepoint(int inst) {
    safepoints[inst] = true;
  }

  /** Whether references live over {@code inst} in memory only, and are listed for it. */
  public boolean isSafepoint(int inst) {
    return safepoints[inst];
  }

  public int instCount() {
    return instCount;
  }

  @SuppressWarnings("unchecked")
  public I inst(int index) {
    return (I) insts[index];
  }

  /** Index of the instruction's first operand; that of the next instruction ends the range. */
  public int operandStart(int inst) {
    return operandStart[inst];
  }

  public int operandEnd(int inst) {
    return operandStart[inst + 1];
  }

  public int operandCount() {
    return operandCount;
  }

  public long operandAt(int index) {
    return operands[index];
  }

  public long clobbers(int inst) {
    return clobbers[inst];
  }

  public boolean isMove(int inst) {
    return moves[inst];
  }

  public int loc(int inst) {
    return locs[inst];
  }

  public int vregCount() {
    return vregCount;
  }

  /** Whether there is a virtual register of kind VECTOR. */
  public boolean hasVectors() {
    return hasVectors;
  }

  public VRegKind vregKind(int vreg) {
    return KINDS[vregKind[vreg]];
  }

  /** Whether there is any {@link VRegKind#REF}. */
  public boolean hasRefs() {
    return refs;
  }

  /** The instruction that makes {@code vreg} again, or -1. */
  public int remat(int vreg) {
    return remat[vreg];
  }

  public int blockCount() {
    return blockCount;
  }

  public VBlock block(int index) {
    return blocks[index];
  }

  private static final VRegKind[] KINDS = VRegKind.values();
}
