package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.AliasRegions;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.machine.CpuFeature;
import dev.tazza.codegen.machine.Labels;
import dev.tazza.codegen.machine.VRegKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What instruction selection knows about the function at its current position. The walk goes
 * backwards, so all uses of a value come before its definition, and a definition that no use has
 * asked to have in a register ({@link #reg}) needs no code of its own: its users have taken it into
 * theirs.
 *
 * <p>Pure values may be taken into any user. A load may be taken into its only user, if nothing
 * that it must not pass stands in between: that is what the counters are for.
 *
 * <p>Some values are other values in the same register: parameters of blocks with one predecessor,
 * {@code uextend}, and a {@code wrap} all of whose users look at the low 32 bits only.
 *
 * @param <I> the target's instructions
 */
public final class Selection<I> {
  private static final int ANYWHERE = -2;

  /**
   * How many instructions a chain may have that is looked through; without a limit, the time would
   * be quadratic.
   */
  public static final int LONGEST_CHAIN = 8;

  /** How far back to look for a sum. */
  private static final int SUM_DISTANCE = 8;

  /** How far a load that may trap moves at most. */
  private static final int LOAD_DISTANCE = 32;

  public final Function function;
  public final MachineBuffer<I> buffer;
  private final Settings settings;
  private final LowBits lowBits;
  private final ControlFlow flow;
  private final LoopForest loops;
  private final int[] vregs;
  private final int[] uses;
  private final @Nullable Inst[] aliases;

  /** What {@link #register} has found before. */
  private final @Nullable Inst[] registers;

  /** Wraps that have to clear the high half. */
  private final boolean[] clearsHigh;

  private final boolean[] taken;

  // For loads: stores, calls and traps before (but the traps of loads); stores to their region, and
  // calls, before.
  private final int[] effectsBefore;
  private final int[] writesBefore;

  private int effects;
  private final AliasRegions regions;
  private final int[] writes;
  private @Nullable Block block;

  /** What is being selected. */
  private @Nullable Inst position;

  private int depth;
  private boolean shared;
  private int trapsAt = ANYWHERE;

  /** Values that may be others in the same register. */
  private Inst[] names = new Inst[16];

  private int nameCount;

  Selection(
      Function function,
      Analyses analyses,
      Settings settings,
      MachineBuffer<I> buffer,
      LowBits lowBits) {
    this.function = function;
    this.buffer = buffer;
    this.settings = settings;
    this.lowBits = lowBits;
    regions = function.regions;
    writes = new int[regions.count()];
    flow = analyses.controlFlow();
    loops = analyses.loops();
    int size = function.instCount();
    vregs = new int[size];
    Arrays.fill(vregs, -1);
    uses = new int[size];
    aliases = new Inst[size];
    registers = new Inst[size];
    clearsHigh = new boolean[size];
    taken = new boolean[size];
    effectsBefore = new int[size];
    writesBefore = new int[size];
    scan();
    moveUses();
  }

  /**
   * Looks at everything once, in the order that the walk will take backwards: the counters end
   * where it starts. Of uses, those of values with other names are counted under each name.
   */
  private void scan() {
    for (int b = 0; b < flow.size(); b++) {
      Block at = flow.block(b);
      if (flow.predCount(b) == 1) {
        nameParams(at, flow.predEdge(flow.predStart(b)));
      }
      for (Inst inst = at.first; inst != null; inst = inst.next) {
        scan(inst);
      }
      for (Edge edge : at.successors()) {
        boolean isUse = hasSeveralPreds(edge.target);
        for (Inst arg : edge.args) {
          clearsHigh[arg.id] = true;
          uses[arg.id] += isUse ? 1 : 0;
        }
      }
    }
  }

  private void nameParams(Block target, Edge edge) {
    for (int i = 0; i < edge.args.length; i++) {
      // The predecessor came before, so chains have one step.
      Inst param = target.params.get(i);
      aliases[param.id] = value(edge.args[i]);
      note(param);
    }
  }

  private void scan(Inst inst) {
    if (inst.op == Opcode.LABEL) {
      return; // asks for nothing
    }
    Inst[] args = inst.args;
    for (int i = 0; i < args.length; i++) {
      Inst arg = args[i];
      uses[arg.id]++;
      if (arg.op == Opcode.WRAP && !lowBits.readsLow32(inst, i)) {
        clearsHigh[arg.id] = true;
      }
    }
    if (inst.op == Opcode.LOAD && inst.access != null) {
      effectsBefore[inst.id] = effects;
      writesBefore[inst.id] = writes[inst.access.region().id()];
    } else if (inst.op == Opcode.WRAP || inst.op == Opcode.UEXTEND) {
      note(inst);
    }
    count(inst, 1);
  }

  /** Notes a value that may be another one in the same register. */
  private void note(Inst inst) {
    if (nameCount == names.length) {
      names = Arrays.copyOf(names, 2 * nameCount);
    }
    names[nameCount++] = inst;
  }

  /** Gives the uses of values with other names to the values themselves. */
  private void moveUses() {
    for (int n = 0; n < nameCount; n++) {
      Inst name = names[n];
      if (isAlias(name)) {
        uses[name.args[0].id]--;
      }
    }
    for (int n = 0; n < nameCount; n++) {
      Inst name = names[n];
      Inst itself = register(name);
      if (itself != name) {
        uses[itself.id] += uses[name.id];
        uses[name.id] = 0;
      }
    }
  }

  /** Whether code may use a feature beyond the baseline. Asked for only where it matters. */
  public boolean has(CpuFeature feature) {
    return settings.cpuFeatures().contains(feature);
  }

  /** {@link Settings#clampTables}. */
  public boolean clampsTables() {
    return settings.clampTables();
  }

  /** Whether the runtime knows what to do when a poll stops the function. */
  public boolean polls() {
    return settings.polls() != null;
  }

  public boolean hasSeveralPreds(Block target) {
    return flow.predCount(flow.number(target)) > 1;
  }

  /** Whether it is only another name for its operand's register. */
  public boolean isAlias(Inst inst) {
    return inst.op == Opcode.UEXTEND
        || inst.op == Opcode.WRAP && (!clearsHigh[inst.id] || lowBits.highIsZero(inst.args[0]));
  }

  /** The value itself, where it is a parameter that can have one value only. */
  public Inst value(Inst inst) {
    Inst alias = aliases[inst.id];
    return alias == null ? inst : alias;
  }

  /** The value in whose register {@code inst} is. */
  private Inst register(Inst inst) {
    Inst known = registers[inst.id];
    if (known != null) {
      return known;
    }
    Inst at = value(inst);
    while (isAlias(at)) {
      Inst root = registers[at.id];
      at = root != null ? root : value(at.args[0]);
    }
    registers[inst.id] = at;
    return at;
  }

  // The walk.

  /** Enters a block at its end; the one after it, in reverse postorder, came before. */
  void enter(Block entered) {
    block = entered;
    depth = loops.depthOf(entered);
  }

  /** Steps back over {@code inst}: the position is right before it. */
  void step(Inst inst) {
    position = inst;
    count(inst, -1);
  }

  private void count(Inst inst, int by) {
    if (!inst.op.isPure()) {
      countEffect(inst, by);
    }
  }

  private void countEffect(Inst inst, int by) {
    switch (inst.op.effect()) {
      case WRITES -> {
        effects += by;
        if (inst.access != null) {
          writes[inst.access.region().id()] += by;
        }
      }
      case CALL -> {
        effects += by;
        for (int i = 0; i < writes.length; i++) {
          writes[i] += regions.get(i).isConstant() ? 0 : by;
        }
      }
      case SYNCHRONIZES -> {
        effects += by;
        int own = inst.access == null ? -1 : inst.access.region().id();
        for (int i = 0; i < writes.length; i++) {
          writes[i] += i == own || regions.get(i).isShared() ? by : 0;
        }
      }
      case POLLS, CHARGES, KEEPS -> effects += by;
      case TRAPS -> effects += inst.trap != 0 ? by : 0;
      case PURE, READS, TELLS, TERMINATES -> {}
    }
  }

  /** Whether the instruction needs code here. */
  public boolean isNeeded(Inst inst) {
    return !taken[inst.id] && (vregs[inst.id] >= 0 || inst.hasEffect());
  }

  // Values in registers.

  /** The virtual register of a value, which is from now on asked for. */
  public int reg(Inst inst) {
    Inst at = register(inst);
    if (vregs[at.id] < 0) {
      vregs[at.id] = buffer.code.newVReg(kind(at.type));
    }
    return vregs[at.id];
  }

  /** The virtual register that {@code inst} defines; a new one if nobody asked for it. */
  public int def(Inst inst) {
    if (vregs[inst.id] < 0) {
      vregs[inst.id] = buffer.code.newVReg(kind(inst.type));
    }
    return vregs[inst.id];
  }

  /** A register for a value of {@code type}. */
  public int newReg(Type type) {
    return buffer.code.newVReg(kind(type));
  }

  public int newInt() {
    return buffer.code.newVReg(VRegKind.INT);
  }

  public int newFloat() {
    return buffer.code.newVReg(VRegKind.FLOAT);
  }

  public int newVector() {
    return buffer.code.newVReg(VRegKind.VECTOR);
  }

  /** Whether somebody asked for the value in a register. */
  public boolean isAskedFor(Inst inst) {
    return vregs[register(inst).id] >= 0;
  }

  /** What a label says, once all is selected. */
  Labels.Label label(Inst label) {
    int vreg = Labels.UNKNOWN;
    long bits = 0;
    if (label.args.length > 0) {
      Inst value = register(label.args[0]);
      if (value.op == Opcode.ICONST || value.op == Opcode.FCONST) {
        vreg = Labels.CONSTANT;
        bits = value.imm;
      } else if (vregs[value.id] >= 0) {
        vreg = vregs[value.id];
      }
      long offset = 0;
      for (int i = 0; i < LONGEST_CHAIN && vreg != Labels.CONSTANT; i++) {
        if (value.op != Opcode.ADD || !isInt32(value.args[1])) {
          break;
        }
        offset += value.args[1].imm;
        value = register(value.args[0]);
        if (vregs[value.id] >= 0 && offset == (int) offset) {
          int base = vregs[value.id];
          return new Labels.Label(0, (int) label.imm, label.loc, vreg, 0, base, (int) offset);
        }
      }
    }
    return new Labels.Label(0, (int) label.imm, label.loc, vreg, bits, -1, 0);
  }

  private static VRegKind kind(Type type) {
    return switch (type) {
      case I32, I64 -> VRegKind.INT;
      case REF -> VRegKind.REF;
      case F32, F64 -> VRegKind.FLOAT;
      case V128 -> VRegKind.VECTOR;
      case NONE -> throw new IllegalArgumentException("no value");
    };
  }

  // Taking values into their users.

  public boolean hasOneUse(Inst inst) {
    return uses[inst.id] == 1;
  }

  /** Whether {@code inst} stands in the current block. */
  public boolean isHere(Inst inst) {
    return inst.block == block;
  }

  /** Whether {@code inst} is in fewer loops than the current position. */
  public boolean isOutsideOfLoop(Inst inst) {
    Block home = inst.block;
    return home != null && home != block && loops.depthOf(home) < depth;
  }

  /**
   * To be called when the operands of {@code inst} are about to be taken into a user: if it has
   * other users, it may be computed again there, so none of its loads may be taken.
   *
   * @return the state to {@link #leave} with
   */
  public boolean look(Inst inst) {
    boolean before = shared;
    shared |= !hasOneUse(inst);
    return before;
  }

  public void leave(boolean before) {
    shared = before;
  }

  /**
   * The instruction being selected traps itself, at this source position: it takes no loads that
   * trap elsewhere.
   */
  public void trapsAt(int loc) {
    trapsAt = loc;
  }

  /** The end of {@link #trapsAt}. */
  public void trapsAnywhere() {
    trapsAt = ANYWHERE;
  }

  /**
   * The load that {@code inst} is, if it can be done at the current position instead of its own;
   * else null.
   */
  public @Nullable Inst movableLoad(Inst inst) {
    Inst load = value(inst);
    if (load.op != Opcode.LOAD
        || load.access == null
        || shared
        || load.block != block
        || uses[load.id] != 1
        || vregs[load.id] >= 0
        || taken[load.id]
        || load.trap != 0 && trapsAt != ANYWHERE && trapsAt != load.loc) {
      return null;
    }
    boolean inOrder =
        writesBefore[load.id] == writes[load.access.region().id()]
            && (load.trap == 0 || effectsBefore[load.id] == effects && isNextToTrap(load));
    return inOrder ? load : null;
  }

  /**
   * Whether no other load that may trap would be done before one of the current block that moves to
   * the current position: a backtrace tells which of them it was. Those that were taken by users
   * are done there.
   */
  private boolean isNextToTrap(Inst load) {
    Inst at = load.next;
    for (int i = 0; i < LOAD_DISTANCE && at != null && at != position; i++) {
      if (at.op == Opcode.LOAD && at.trap != 0 && !taken[at.id]) {
        return false;
      }
      at = at.next;
    }
    return at == null || at == position;
  }

  /**
   * The load that {@code inst} is, if it stands a little before the current position and is done
   * there whatever becomes of the current one; else null. Of memory that other threads write to
   * there is none, for that is read once only.
   */
  public @Nullable Inst loadBefore(Inst inst) {
    Inst load = value(inst);
    if (load.op != Opcode.LOAD
        || load.access == null
        || load.block != block
        || taken[load.id]
        || load.trap == 0 && vregs[load.id] < 0
        || regions.isWrittenByOthers(load.access.region())) {
      return null;
    }
    Inst at = load;
    for (int i = 0; i < LOAD_DISTANCE && at != null && at != position; i++) {
      at = at.next;
    }
    return at == position ? load : null;
  }

  /** The load is done by the instruction that is being selected. */
  public void take(Inst load) {
    taken[load.id] = true;
    if (load.trap != 0) {
      buffer.setLoc(load.loc);
    }
  }

  /**
   * A sum {@code inst + constant} of the current block, before the current position, that is in a
   * register anyway, when {@code inst} is not: a loop counter before and after its step, of which
   * only the latter should live on.
   */
  public @Nullable Inst sumInstead(Inst inst) {
    if (inst.op == Opcode.ICONST || isAskedFor(inst)) {
      return null;
    }
    Inst at = position;
    for (int i = 0; i < SUM_DISTANCE && at != null; i++) {
      if (at.op == Opcode.ADD
          && vregs[at.id] >= 0
          && value(at.args[0]) == inst
          && isInt32(value(at.args[1]))) {
        return at;
      }
      at = at.prev;
    }
    return null;
  }

  // Constants.

  public static boolean isInt32(Inst inst) {
    return inst.op == Opcode.ICONST && inst.imm == (int) inst.imm;
  }
}
