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

  /** By instruction: the bits below. */
  private byte[] properties = new byte[64];

  private static final int MOVE = 1;
  private static final int COMMUTATIVE = 2;
  private static final int CALL = 4;
  private static final int SAFEPOINT = 8;
  private static final int FRAME = 16;

  private int[] locs = new int[64];

  private byte[] vregKind = new byte[64];
  private int[] remat = new int[64];
  private int vregCount;

  /** The kinds of virtual registers that there are: a bit for each, by its ordinal. */
  private int kinds;

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
    kinds |= 1 << kind.ordinal();
    vregKind[vregCount] = (byte) kind.ordinal();
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
      growTo(instCount * 2);
    }
    insts[instCount] = inst;
    clobbers[instCount] = clobber;
    properties[instCount] = (byte) (isMove ? MOVE : 0);
    locs[instCount] = loc;
    operandStart[++instCount] = operandCount;
    return instCount - 1;
  }

  /** Makes room for so many more instructions, that what is there need not be copied. */
  public void reserve(int more) {
    if (instCount + more > insts.length) {
      growTo(instCount + more);
    }
    if (operandCount + 2 * more > operands.length) {
      operands = Arrays.copyOf(operands, operandCount + 2 * more);
    }
  }

  private void growTo(int size) {
    insts = Arrays.copyOf(insts, size);
    clobbers = Arrays.copyOf(clobbers, size);
    properties = Arrays.copyOf(properties, size);
    locs = Arrays.copyOf(locs, size);
    operandStart = Arrays.copyOf(operandStart, size + 1);
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
    properties[inst] |= COMMUTATIVE;
  }

  public boolean isCommutative(int inst) {
    return has(inst, COMMUTATIVE);
  }

  /** Exchanges the virtual registers of the first two operands, not their constraints. */
  public void exchangeUses(int inst) {
    if (!isCommutative(inst)) {
      throw new IllegalArgumentException("not commutative");
    }
    int o = operandStart[inst];
    long difference = (operands[o] ^ operands[o + 1]) & 0xffff_ffffL;
    operands[o] ^= difference;
    operands[o + 1] ^= difference;
  }

  /** Declares that {@code inst} is a copy: see {@link #newInst}. */
  public void setMove(int inst) {
    properties[inst] |= MOVE;
  }

  /** Declares that {@code inst} runs other code, which comes back. */
  public void setCall(int inst) {
    properties[inst] |= CALL | SAFEPOINT;
  }

  public boolean isCall(int inst) {
    return has(inst, CALL);
  }

  /** Declares that what references refer to may move meanwhile, as it may during calls. */
  public void setSafepoint(int inst) {
    properties[inst] |= SAFEPOINT;
  }

  /** Whether references live over {@code inst} in memory only, and are listed for it. */
  public boolean isSafepoint(int inst) {
    return has(inst, SAFEPOINT);
  }

  /** Declares that the target has to look at {@code inst} when it lays out the frame. */
  public void setNeedsFrame(int inst) {
    properties[inst] |= FRAME;
  }

  /** What {@link #setNeedsFrame} has declared. */
  public boolean needsFrame(int inst) {
    return has(inst, FRAME);
  }

  private boolean has(int inst, int property) {
    return (properties[inst] & property) != 0;
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

  /** Declares what {@code inst} overwrites late, besides its definitions. */
  public void setClobbers(int inst, long registers) {
    clobbers[inst] = registers;
  }

  public long clobbers(int inst) {
    return clobbers[inst];
  }

  public boolean isMove(int inst) {
    return has(inst, MOVE);
  }

  public int loc(int inst) {
    return locs[inst];
  }

  public int vregCount() {
    return vregCount;
  }

  /** Whether there is a virtual register of kind VECTOR. */
  public boolean hasVectors() {
    return (kinds & 1 << VRegKind.VECTOR.ordinal()) != 0;
  }

  public VRegKind vregKind(int vreg) {
    return KINDS[vregKind[vreg]];
  }

  /** Whether there is any {@link VRegKind#REF}. */
  public boolean hasRefs() {
    return (kinds & 1 << VRegKind.REF.ordinal()) != 0;
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
