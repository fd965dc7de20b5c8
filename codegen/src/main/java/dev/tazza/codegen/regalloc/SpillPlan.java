package dev.tazza.codegen.regalloc;

import java.util.Arrays;

/**
 * What {@link Spiller} decides and {@link Assigner} carries out: for each point of the program,
 * which values are in registers (though not in which ones), and how values reach memory.
 */
final class SpillPlan {
  /** Flag of an operand: the value must be loaded, or made again, before the instruction. */
  static final int LOAD = 1;

  /** Flag of an operand: it stands for the slot. */
  static final int SLOT = 2;

  /** Flag of an operand: the value is in no register after the instruction. */
  static final int KILL = 4;

  /** Flag of a FIXED use: the value is to stay in that register. */
  static final int MOVE_HOME = 8;

  /** Flag of the definition of a constant: leave it out, it is made where it is used. */
  static final int DROP = 16;

  /** By operand. */
  final byte[] flags;

  // Values that leave their registers before an instruction although they live on, in the order of
  // the walk.
  private int[] eventInst = new int[16];
  private int[] eventValue = new int[16];
  private boolean[] eventDirty = new boolean[16];
  private int eventCount;

  // Values in registers at the start and the end of blocks.
  private int[] pool;
  private int poolCount;
  final int[] entryAt;
  final int[] entryCount;
  final int[] exitAt;
  final int[] exitCount;

  /**
   * Blocks that start with all that their only predecessor has in registers for them. Their entries
   * are among its exits, in the same order.
   */
  final boolean[] inherits;

  /** By the block in which the moves of an edge stand: whether values leave registers there. */
  final boolean[] evictsOnEdge;

  final SlotAccesses slotAccesses = new SlotAccesses();

  /** Values that are in memory at some time. */
  final boolean[] needsSlot;

  /**
   * Of those, the ones stored right after their definition; the others are stored when they leave
   * their registers.
   */
  final boolean[] storeAtDefinition;

  /** Values that must be in their slots wherever they are live: landing pads find them there. */
  final boolean[] landing;

  /** Values that come into being in their slot. */
  final boolean[] bornInSlot;

  /** Block parameters that nobody uses. */
  private final boolean[] unused;

  SpillPlan(int operands, int vregs, int blocks) {
    this.flags = new byte[operands];
    this.pool = new int[64 + 12 * blocks];
    this.entryAt = new int[blocks];
    this.entryCount = new int[blocks];
    this.exitAt = new int[blocks];
    this.exitCount = new int[blocks];
    this.inherits = new boolean[blocks];
    this.evictsOnEdge = new boolean[blocks];
    this.needsSlot = new boolean[vregs];
    this.storeAtDefinition = new boolean[vregs];
    this.bornInSlot = new boolean[vregs];
    this.landing = new boolean[vregs];
    this.unused = new boolean[vregs];
  }

  void addEviction(int inst, int v, boolean dirty) {
    if (eventCount == eventInst.length) {
      eventInst = Arrays.copyOf(eventInst, eventCount * 2);
      eventValue = Arrays.copyOf(eventValue, eventCount * 2);
      eventDirty = Arrays.copyOf(eventDirty, eventCount * 2);
    }
    eventInst[eventCount] = inst;
    eventValue[eventCount] = v;
    eventDirty[eventCount++] = dirty;
  }

  int evictions() {
    return eventCount;
  }

  int evictionInst(int event) {
    return event < eventCount ? eventInst[event] : -1;
  }

  int evicted(int event) {
    return eventValue[event];
  }

  /** Whether the slot does not hold the value yet, unless it is stored at the definition. */
  boolean isDirty(int event) {
    return eventDirty[event];
  }

  /**
   * Whether the value is stored each time it leaves its register, unless its slot holds it already.
   */
  boolean isStoredWhenEvicted(int v) {
    return needsSlot[v] && !storeAtDefinition[v] && !bornInSlot[v];
  }

  void setUnused(int param) {
    unused[param] = true;
  }

  boolean isUnused(int param) {
    return unused[param];
  }

  /** Appends to the pool of {@link #value}s and returns the index. */
  int push(int word) {
    if (poolCount == pool.length) {
      pool = Arrays.copyOf(pool, poolCount * 2);
    }
    pool[poolCount] = word;
    return poolCount++;
  }

  /** Appends to the pool what is in it at an index. */
  void repeat(int index) {
    push(pool[index]);
  }

  int poolCount() {
    return poolCount;
  }

  /** The value of an entry or exit. */
  int value(int index) {
    return pool[index] >> 1;
  }

  /** Whether the value of an entry is a parameter of the block, which inherits nothing. */
  boolean isParam(int index) {
    return (pool[index] & 1) != 0;
  }

  /** Whether the slot of an exit's value holds it, too. */
  boolean isClean(int index) {
    return (pool[index] & 1) != 0;
  }
}
