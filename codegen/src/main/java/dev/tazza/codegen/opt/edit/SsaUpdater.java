package dev.tazza.codegen.opt.edit;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes SSA form again when values have got further definitions, in copies of the blocks that
 * define them: each such value is a variable now, and each use of it outside of its own block gets
 * the definition that reaches it, or a new parameter of a block in which several meet.
 *
 * <p>After the idea of LLVM's {@code SSAUpdater}, as M. Braun et al. construct SSA form ("Simple
 * and Efficient Construction of Static Single Assignment Form", 2013): from the uses back to the
 * definitions, with a parameter wherever ways meet in between, of which those are dropped that get
 * one value only. Instead of by recursion, blocks are visited by a list, and then in reverse post
 * order. The time for a variable is proportional to what lies between its definitions and its uses;
 * finding the uses takes one walk over the function for all variables.
 */
public final class SsaUpdater {
  /** How often parameters are looked at for those that get one value only. */
  private static final int MOST_ROUNDS = 16;

  private static final int NONE = -1;
  private static final boolean[] EVERYWHERE = {};

  private final Function function;

  // Variables, by number.
  private final List<Inst> variables = new ArrayList<>();
  private int[] firstDefinition = new int[16];
  private int[] firstUse = {};

  /** By instruction id: one more than the number of the variable that it is, or 0. */
  private int[] numbers = {};

  // Definitions; those of one variable are a chain.
  private Block[] definedIn = new Block[16];
  private Inst[] definedAs = new Inst[16];
  private int[] nextDefinition = new int[16];
  private int definitionCount;

  // Uses; those of one variable are a chain.
  private Inst[][] usedBy = new Inst[16][];
  private int[] usedAt = new int[16];
  private int[] useBlock = new int[16];
  private boolean[] usedAtEnd = new boolean[16];
  private int[] nextUse = new int[16];
  private int useCount;

  /** A block in which definitions of a variable meet, and what they become there. */
  private record Meeting(int block, Inst param, Inst[] args) {}

  private final List<Meeting> meetings = new ArrayList<>();
  private final Replacements replacements;

  // While a variable is in work, by block number. What the first two say holds if they have its
  // number plus one.
  private int[] isDefined = {};
  private int[] isLive = {};
  private @Nullable Inst[] atEnd = {};
  private @Nullable Inst[] atStart = {};
  private int[] live = new int[16];
  private int liveCount;

  private final boolean dropsRedundant;

  public SsaUpdater(Function function) {
    this(function, true);
  }

  /**
   * @param dropsRedundant whether no parameters are left that get one value only; otherwise there
   *     are some in loops, which who updates a function several times removes faster at the end
   */
  public SsaUpdater(Function function, boolean dropsRedundant) {
    this.function = function;
    this.dropsRedundant = dropsRedundant;
    replacements = new Replacements(function);
  }

  /**
   * At the end of {@code block}, {@code variable} is {@code value}. If that is another variable of
   * a block other than {@code block}, it is one that dominates the first one's.
   */
  public void define(Inst variable, Block block, Inst value) {
    if (variable.id >= numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(function.instCount(), variable.id + 1));
    }
    if (numbers[variable.id] == 0) {
      if (variables.size() == firstDefinition.length) {
        firstDefinition = Arrays.copyOf(firstDefinition, variables.size() * 2);
      }
      firstDefinition[variables.size()] = NONE;
      variables.add(variable);
      numbers[variable.id] = variables.size();
    }
    if (definitionCount == definedIn.length) {
      definedIn = Arrays.copyOf(definedIn, definitionCount * 2);
      definedAs = Arrays.copyOf(definedAs, definitionCount * 2);
      nextDefinition = Arrays.copyOf(nextDefinition, definitionCount * 2);
    }
    int number = numbers[variable.id] - 1;
    definedIn[definitionCount] = block;
    definedAs[definitionCount] = value;
    nextDefinition[definitionCount] = firstDefinition[number];
    firstDefinition[number] = definitionCount++;
  }

  /** Rewrites all uses. Blocks and edges must be as they will stay; they are what is analyzed. */
  public void run(Analyses analyses) {
    run(analyses, EVERYWHERE);
  }

  /**
   * The same for a caller who knows where uses may be.
   *
   * @param mayUse by block id: whether a block may use any of the variables; those with greater ids
   *     all may
   */
  public void run(Analyses analyses, boolean[] mayUse) {
    if (variables.isEmpty()) {
      return;
    }
    ControlFlow flow = analyses.controlFlow();
    findUses(flow, mayUse);
    isDefined = new int[flow.size()];
    isLive = new int[flow.size()];
    atEnd = new Inst[flow.size()];
    atStart = new Inst[flow.size()];
    for (long key : byPlace(flow)) {
      update(flow, (int) key);
    }
    for (Meeting meeting : meetings) {
      if (!replacements.isReplaced(meeting.param)) {
        addParam(flow, meeting);
      }
    }
  }

  /** The numbers of variables, in the low halves, by where they are first defined. */
  private long[] byPlace(ControlFlow flow) {
    long[] keys = new long[variables.size()];
    for (int i = 0; i < keys.length; i++) {
      Block home = variables.get(i).block;
      keys[i] = (long) (home == null ? NONE : flow.number(home)) << 32 | i;
    }
    Arrays.sort(keys);
    return keys;
  }

  // Uses.

  private void findUses(ControlFlow flow, boolean[] mayUse) {
    firstUse = new int[variables.size()];
    Arrays.fill(firstUse, NONE);
    for (int b = 0; b < flow.size(); b++) {
      Block block = flow.block(b);
      if (block.id < mayUse.length && !mayUse[block.id]) {
        continue;
      }
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        findUses(inst.args, block, b, false);
        for (Edge edge : inst.targets) {
          findUses(edge.args, block, b, true);
        }
      }
    }
    for (int i = 0; i < definitionCount; i++) {
      int b = flow.number(definedIn[i]);
      if (b >= 0) {
        note(definedAs, i, definedIn[i], b, false);
      }
    }
  }

  private void findUses(Inst[] args, Block block, int number, boolean end) {
    for (int i = 0; i < args.length; i++) {
      note(args, i, block, number, end);
    }
  }

  private void note(Inst[] args, int index, Block block, int number, boolean end) {
    Inst value = args[index];
    int variable = value.id < numbers.length ? numbers[value.id] - 1 : NONE;
    if (variable == NONE || value.block == block) {
      return;
    }
    if (useCount == usedBy.length) {
      usedBy = Arrays.copyOf(usedBy, useCount * 2);
      usedAt = Arrays.copyOf(usedAt, useCount * 2);
      useBlock = Arrays.copyOf(useBlock, useCount * 2);
      usedAtEnd = Arrays.copyOf(usedAtEnd, useCount * 2);
      nextUse = Arrays.copyOf(nextUse, useCount * 2);
    }
    usedBy[useCount] = args;
    usedAt[useCount] = index;
    useBlock[useCount] = number;
    usedAtEnd[useCount] = end;
    nextUse[useCount] = firstUse[variable];
    firstUse[variable] = useCount++;
  }

  // One variable.

  private void update(ControlFlow flow, int number) {
    if (firstUse[number] == NONE) {
      return;
    }
    Inst variable = variables.get(number);
    int first = firstDefinition[number];
    if (nextDefinition[first] == NONE && definedIn[first] == variable.block) {
      for (int use = firstUse[number]; use != NONE; use = nextUse[use]) {
        usedBy[use][usedAt[use]] = definedAs[first];
      }
      return;
    }
    int mark = number + 1;
    define(flow, variable.block, variable, mark);
    for (int i = firstDefinition[number]; i != NONE; i = nextDefinition[i]) {
      define(flow, definedIn[i], definedAs[i], mark);
    }
    liveCount = 0;
    for (int use = firstUse[number]; use != NONE; use = nextUse[use]) {
      if (!usedAtEnd[use] || isDefined[useBlock[use]] != mark) {
        addLive(useBlock[use], mark);
      }
    }
    for (int i = 0; i < liveCount; i++) {
      for (int k = flow.predStart(live[i]); k < flow.predEnd(live[i]); k++) {
        if (isDefined[flow.pred(k)] != mark) {
          addLive(flow.pred(k), mark);
        }
      }
    }
    int firstMeeting = meetings.size();
    findValues(flow, variable, mark);
    if (dropsRedundant) {
      dropRedundant(firstMeeting);
    }
    for (int use = firstUse[number]; use != NONE; use = nextUse[use]) {
      int b = useBlock[use];
      Inst value = usedAtEnd[use] ? valueAtEnd(b, mark) : atStart[b];
      usedBy[use][usedAt[use]] = replacements.resolve(known(value, variable));
    }
  }

  private void define(ControlFlow flow, @Nullable Block block, Inst value, int mark) {
    int b = block == null ? NONE : flow.number(block);
    if (b >= 0) {
      isDefined[b] = mark;
      atEnd[b] = value;
    }
  }

  private void addLive(int block, int mark) {
    if (isLive[block] != mark) {
      isLive[block] = mark;
      if (liveCount == live.length) {
        live = Arrays.copyOf(live, liveCount * 2);
      }
      live[liveCount++] = block;
    }
  }

  private @Nullable Inst valueAtEnd(int block, int mark) {
    return isDefined[block] == mark ? atEnd[block] : atStart[block];
  }

  private static Inst known(@Nullable Inst value, Inst variable) {
    if (value == null) {
      throw notDefined(variable);
    }
    return value;
  }

  private static IllegalStateException notDefined(Inst variable) {
    return new IllegalStateException(variable + " is not defined on all ways to a use");
  }

  /** Finds what the variable is at the start of each block in which it is live. */
  private void findValues(ControlFlow flow, Inst variable, int mark) {
    Arrays.sort(live, 0, liveCount);
    int firstMeeting = meetings.size();
    for (int i = 0; i < liveCount; i++) {
      int b = live[i];
      Inst value = commonValue(flow, b, mark);
      if (value == null) {
        if (flow.predCount(b) == 0) {
          throw notDefined(variable);
        }
        value = function.newInst(Opcode.PARAM, variable.type);
        meetings.add(new Meeting(b, value, new Inst[flow.predCount(b)]));
      }
      atStart[b] = value;
    }
    for (int i = firstMeeting; i < meetings.size(); i++) {
      Meeting meeting = meetings.get(i);
      int start = flow.predStart(meeting.block);
      for (int k = 0; k < meeting.args.length; k++) {
        meeting.args[k] = known(valueAtEnd(flow.pred(start + k), mark), variable);
      }
    }
  }

  /** What the variable is on all ways to a block, if that is one value and seen already. */
  private @Nullable Inst commonValue(ControlFlow flow, int b, int mark) {
    Inst common = null;
    for (int k = flow.predStart(b); k < flow.predEnd(b); k++) {
      int pred = flow.pred(k);
      Inst value = pred < b || isDefined[pred] == mark ? valueAtEnd(pred, mark) : null;
      if (value == null || common != null && common != value) {
        return null;
      }
      common = value;
    }
    return common;
  }

  /** Replaces parameters that get one value, or themselves. */
  private void dropRedundant(int firstMeeting) {
    boolean changed = meetings.size() > firstMeeting;
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
      changed = false;
      // Of loops in loops the inner ones have to go first.
      for (int i = meetings.size() - 1; i >= firstMeeting; i--) {
        Meeting meeting = meetings.get(i);
        if (!replacements.isReplaced(meeting.param)) {
          Inst only = onlyValue(meeting);
          if (only != null) {
            replacements.replace(meeting.param, only);
            changed = true;
          }
        }
      }
    }
  }

  private @Nullable Inst onlyValue(Meeting meeting) {
    Inst only = null;
    for (Inst arg : meeting.args) {
      Inst value = replacements.resolve(arg);
      if (value != meeting.param) {
        if (only != null && only != value) {
          return null;
        }
        only = value;
      }
    }
    return only;
  }

  private void addParam(ControlFlow flow, Meeting meeting) {
    Block block = flow.block(meeting.block);
    block.addParam(meeting.param);
    int start = flow.predStart(meeting.block);
    for (int k = 0; k < meeting.args.length; k++) {
      Edge edge = flow.predEdge(start + k);
      Inst[] args = Arrays.copyOf(edge.args, edge.args.length + 1);
      args[args.length - 1] = replacements.resolve(meeting.args[k]);
      edge.args = args;
    }
  }
}
