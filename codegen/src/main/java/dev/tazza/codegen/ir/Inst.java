package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * One SSA instruction, which is also the value that it defines. Mutable; identity matters. Analyses
 * keep what they know in side tables indexed by {@link #id}.
 *
 * <p>What {@code imm}, {@code immHigh}, {@code shape}, {@code access} and {@code trap} mean is the
 * opcode's row in {@link Opcode}; an instruction whose opcode does not name them leaves them at
 * zero or null.
 */
public final class Inst {
  private static final Inst[] NO_ARGS = {};
  private static final Edge[] NO_TARGETS = {};
  private static final int[] NO_TAGS = {};

  /** As a tag: any exception continues there. */
  public static final int ANY_TAG = -1;

  /** Dense within the function. */
  public final int id;

  public Opcode op;
  public Type type;
  public Inst[] args = NO_ARGS;

  /** Successors of a terminator, in the order that the opcode defines. */
  public Edge[] targets = NO_TARGETS;

  public long imm;

  /** Loads and stores only, of fields too. */
  public @Nullable MemoryAccess access;

  /** Calls only. */
  public @Nullable Signature signature;

  /** Trap code of an instruction that can trap; 0: cannot. Meaning is the client's. */
  public int trap;

  /** What few instructions have, so that the others are small; null: none of it. */
  private @Nullable Rarity rarity;

  /**
   * Position in the source, -1 when there is none. From {@link InlineSites#FIRST} on it is one in
   * another function that stands in place of a call.
   */
  public int loc = -1;

  /** The block it stands in; null when it is not (or no longer) in a block. */
  public @Nullable Block block;

  public @Nullable Inst prev;
  public @Nullable Inst next;

  /** What stands for nothing is zero, null or empty. */
  private static final class Rarity {
    long immHigh;
    @Nullable Shape shape;
    int[] tags = NO_TAGS;
    int fuel;
  }

  /** Created by {@link Function#newInst}. */
  Inst(int id, Opcode op, Type type) {
    this.id = id;
    this.op = op;
    this.type = type;
  }

  /** Takes over all but operands, targets and where it stands. */
  void describeAs(Inst original) {
    imm = original.imm;
    access = original.access;
    signature = original.signature;
    trap = original.trap;
    loc = original.loc;
    Rarity other = original.rarity;
    if (other != null) {
      Rarity own = rarity();
      own.immHigh = other.immHigh;
      own.shape = other.shape;
      own.tags = other.tags;
      own.fuel = other.fuel;
    }
  }

  private Rarity rarity() {
    Rarity result = rarity;
    if (result == null) {
      rarity = result = new Rarity();
    }
    return result;
  }

  /** Upper half of the 128-bit constants of vector operations. */
  public long immHigh() {
    return rarity == null ? 0 : rarity.immHigh;
  }

  public void setImmHigh(long value) {
    if (rarity != null || value != 0) {
      rarity().immHigh = value;
    }
  }

  /** Of the operations that {@link Opcode#hasShape} names. */
  public @Nullable Shape shape() {
    return rarity == null ? null : rarity.shape;
  }

  public void setShape(@Nullable Shape value) {
    if (rarity != null || value != null) {
      rarity().shape = value;
    }
  }

  /** Of calls that end their block: the tags for the targets behind the first. */
  public int[] tags() {
    return rarity == null ? NO_TAGS : rarity.tags;
  }

  public void setTags(int[] value) {
    if (rarity != null || value.length > 0) {
      rarity().tags = value;
    }
  }

  /**
   * Of an instruction that can trap: how much fuel has been used up when it does, beyond what has
   * been charged by then.
   */
  public int fuel() {
    return rarity == null ? 0 : rarity.fuel;
  }

  public void setFuel(int value) {
    if (rarity != null || value != 0) {
      rarity().fuel = value;
    }
  }

  public boolean isConst() {
    return op.isConst();
  }

  /** Whether this is the integer constant {@code value}. */
  public boolean isInt(long value) {
    return op == Opcode.ICONST && imm == value;
  }

  /** Whether it must be kept in order and cannot be deleted when unused. */
  public boolean hasEffect() {
    Opcode.Effect effect = op.effect();
    boolean unlessItTraps = effect == Opcode.Effect.READS || effect == Opcode.Effect.TRAPS;
    return unlessItTraps ? trap != 0 : effect != Opcode.Effect.PURE;
  }

  /** Whether it takes fuel without a look at what is left. */
  public boolean isPlainCharge() {
    return op == Opcode.CHARGE && trap == 0 && args.length == 0;
  }

  /**
   * The trap code with the fuel in the bits above, as tables of traps have it; 0 if it cannot trap.
   */
  public int trapEntry() {
    return trap == 0 ? 0 : trap | fuel() << FUEL_SHIFT;
  }

  /** Where the fuel is in a {@link #trapEntry}. */
  public static final int FUEL_SHIFT = 8;

  /** Whether it can trap. */
  public boolean canTrap() {
    return trap != 0;
  }

  @Override
  public String toString() {
    return "v" + id;
  }
}
