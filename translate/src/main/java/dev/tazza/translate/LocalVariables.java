package dev.tazza.translate;

import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.wasm.ResourceLimitException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns local variables into SSA values while the blocks are being made. As in Braun et al.,
 * "Simple and Efficient Construction of Static Single Assignment Form" (CC 2013), parameters are
 * made only where a value is asked for; but nothing walks from block to block, since in structured
 * control it is known where a local may have another value than before:
 *
 * <ul>
 *   <li>where it is assigned,
 *   <li>in a loop header, if it is assigned somewhere in the loop ({@link LocalAssignments}),
 *   <li>where the ways through a construct meet, if it was assigned since the first of them left.
 * </ul>
 *
 * Each of these makes a new {@link Version} of the local, and says how its value is found if
 * somebody asks. Time is counted in edges into joins, in the order in which they are made: the
 * value that a local has on an edge is that of its last version since before the edge's
 * <i>moment</i>.
 *
 * <pre>
 *   local.set 0  (a)       versions of local 0:  a since 1
 *   block
 *     br_if 0              edge of moment 1
 *     local.set 0  (b)                           b since 2
 *   end                    edge of moment 2
 *                                                the join of moments 1 and 2 since 3
 * </pre>
 *
 * A forward join looks at all its ways before it decides, so a parameter appears only where values
 * differ. Nothing recurses: reads use an explicit stack, since code can have hundreds of thousands
 * of joins in a row.
 *
 * <p>Throws a {@link ResourceLimitException} for functions that take too much space.
 *
 * <p>Order of use: {@link #addEdge} for each way into a join; {@link #startAfter} once all the ways
 * in are known, or {@link #startLoop} (when all but the back edges are); {@link #get} and {@link
 * #set} in between; {@link #finish} at the very end.
 */
final class LocalVariables {
  /**
   * Functions of n bytes can have n² values where ways meet; real ones have fewer than 2n (ruby,
   * esbuild, sqlite3). Those with more than this are refused.
   */
  private static final int VALUES_PER_BYTE = 8;

  /** What a function of any size may have. */
  private static final int LEAST_VALUES = 1 << 20;

  /** So many looks at an assignment or a local take as long as one value. */
  private static final int LOOKS_PER_VALUE = 16;

  /** What a local is from one moment on, until its next version begins. */
  private static final class Version {
    final int since;

    /** Null: nobody has asked. */
    @Nullable Inst value;

    /** The join at the start of which the value is to be found; null: it is zero. */
    @Nullable Join join;

    final Version before;

    /**
     * A version further back, such that any is found in a logarithmic number of steps (Myers, "An
     * applicative random-access stack", 1983).
     */
    final Version farBefore;

    /** The number of versions before. */
    final int number;

    /** That of all locals of a type before they are assigned. */
    Version() {
      since = 0;
      before = this;
      farBefore = this;
      number = 0;
    }

    /** One that follows {@code before}. */
    Version(Version before, int since) {
      this.before = before;
      this.since = since;
      number = before.number + 1;
      Version far = before.farBefore;
      boolean sameStep = before.number - far.number == far.number - far.farBefore.number;
      farBefore = sameStep ? far.farBefore : before;
    }
  }

  /** A read under way at a join: which way in comes next and what the others gave. */
  private static final class PendingRead {
    Version asked;
    Version atJoin;
    Join join;
    int next;
    @Nullable Inst common;
    Inst[] values = new Inst[4];

    PendingRead(Version asked, Version atJoin, Join join) {
      this.asked = asked;
      this.atJoin = atJoin;
      this.join = join;
    }
  }

  private final Function function;
  private final Type[] types;
  private final LocalAssignments assignments;

  /** By local. */
  private final Version[] latest;

  /** That of the next edge. */
  private int moment = 1;

  private final List<PendingRead> frames = new ArrayList<>();
  private int depth;

  /** Loops with parameters of which not all ways in know the value. */
  private final ArrayDeque<Join> incomplete = new ArrayDeque<>();

  private final List<Join> joinsWithParams = new ArrayList<>();

  /** Locals that got a version at the last start. */
  private int[] changed = new int[8];

  private int operands;

  /** How many versions at joins, and values on edges into them, there may be. */
  private final long limit;

  /** How many more there may be. */
  private long budget;

  /**
   * @param types of all locals, parameters first
   * @param params the values of the parameters, at the entry block
   * @param bytes the size of the function's body
   */
  LocalVariables(
      Function function, Type[] types, List<Inst> params, LocalAssignments assignments, int bytes) {
    this.function = function;
    this.types = types;
    this.assignments = assignments;
    limit = LEAST_VALUES + (long) VALUES_PER_BYTE * bytes;
    budget = limit;
    latest = new Version[types.length];
    @Nullable Version[] first = new Version[Type.values().length];
    for (int i = 0; i < types.length; i++) {
      Version version = first[types[i].ordinal()];
      if (version == null) {
        version = new Version();
        first[types[i].ordinal()] = version;
      }
      latest[i] = version;
    }
    for (int i = 0; i < params.size(); i++) {
      set(i, params.get(i));
    }
  }

  /** The value of {@code local} at this point. */
  Inst get(int local) {
    Inst value = latest[local].value;
    if (value == null) {
      value = read(latest[local], local);
      fillIncomplete();
    }
    return value;
  }

  /** Assigns {@code local} at this point. */
  void set(int local, Inst value) {
    newVersion(local).value = value;
  }

  private Version newVersion(int local) {
    Version version = latest[local];
    if (version.since < moment) {
      version = new Version(version, moment);
      latest[local] = version;
    }
    return version;
  }

  /**
   * Announces an edge from this point into {@code join}. Its {@code args} are those for the
   * operand-stack parameters.
   */
  void addEdge(Join join, Edge edge) {
    addEdge(join, edge, moment++);
  }

  /** Announces an edge into {@code join} from a block without code that {@code from} leads into. */
  void addEdgeThrough(Join from, Join join, Edge edge) {
    addEdge(join, edge, from.firstMoment());
  }

  private void addEdge(Join join, Edge edge, int at) {
    int number = join.add(edge, at);
    if (join.isLoop) {
      fill(join, number);
      fillIncomplete();
    }
  }

  /**
   * Goes on in {@code join}, which is reached on ways around or through the code with the
   * assignments from {@code first} to below {@code end}. All edges into it have been announced.
   *
   * @return how many locals may have {@link #changed}
   */
  int startAfter(Join join, int first, int end) {
    int count = find(first, end);
    int changes = 0;
    for (int i = 0; i < count; i++) {
      int local = assignments.found(i);
      if (latest[local].since > join.firstMoment()) {
        spend(1);
        Version version = newVersion(local);
        version.value = null;
        version.join = join;
        change(changes++, local);
      }
    }
    return changes;
  }

  private void change(int index, int local) {
    if (index == changed.length) {
      changed = Arrays.copyOf(changed, 2 * index);
    }
    changed[index] = local;
  }

  /** A local that may have another value since the last start. */
  int changed(int index) {
    return changed[index];
  }

  /**
   * Goes on in the loop header {@code join}; the loop has the assignments from {@code first} to
   * below {@code end}.
   *
   * @return how many locals may have {@link #changed}
   */
  int startLoop(Join join, int first, int end) {
    int count = find(first, end);
    spend(count);
    for (int i = 0; i < count; i++) {
      newVersion(assignments.found(i)).join = join;
      change(i, assignments.found(i));
    }
    return count;
  }

  private int find(int first, int end) {
    spend(Math.min(end - first, types.length) / LOOKS_PER_VALUE);
    return assignments.find(first, end);
  }

  /** Gives the edges their arguments. */
  void finish() {
    for (Join join : joinsWithParams) {
      operands += join.finish();
    }
  }

  /**
   * Gives edges into loop headers the arguments for parameters that came up since. Reading them may
   * bring up more.
   */
  private void fillIncomplete() {
    for (Join join = incomplete.pollFirst(); join != null; join = incomplete.pollFirst()) {
      for (int edge = 0; edge < join.edgeCount(); edge++) {
        fill(join, edge);
      }
    }
  }

  private void fill(Join join, int edge) {
    while (join.unfilled(edge) < join.paramCount()) {
      spend(1);
      int local = join.local(join.unfilled(edge));
      join.fill(edge, read(versionAt(join.moment(edge), local), local));
    }
  }

  /** The version that {@code local} had on the edge of moment {@code moment}. */
  private Version versionAt(int moment, int local) {
    Version version = latest[local];
    while (version.since > moment) {
      Version far = version.farBefore;
      version = far.since > moment ? far : version.before;
    }
    return version;
  }

  /** The value of a version. */
  private Inst read(Version asked, int local) {
    int base = depth;
    Inst result = descend(asked, local);
    while (depth > base) {
      PendingRead frame = frames.get(depth - 1);
      if (result != null) {
        accept(frame, result);
      }
      if (frame.next < frame.join.edgeCount()) {
        result = descend(versionAt(frame.join.moment(frame.next), local), local);
      } else {
        result = join(frame, local);
        depth--;
      }
    }
    if (result == null) {
      throw new AssertionError("read of a local ended without a value");
    }
    return result;
  }

  /**
   * Looks for a value back to the first join with several ways in; null when one was met, whose
   * frame is now on top.
   */
  private @Nullable Inst descend(Version asked, int local) {
    Version version = asked;
    while (version.value == null) {
      Join join = version.join;
      if (join == null) {
        version.value = zero(types[local]);
      } else if (join.isLoop) {
        version.value = addLoopParam(join, local);
      } else if (join.edgeCount() == 1) {
        version = versionAt(join.moment(0), local);
      } else {
        push(asked, version, join);
        return null;
      }
    }
    asked.value = version.value;
    return version.value;
  }

  private void push(Version asked, Version atJoin, Join join) {
    if (depth == frames.size()) {
      frames.add(new PendingRead(asked, atJoin, join));
    }
    PendingRead frame = frames.get(depth++);
    frame.asked = asked;
    frame.atJoin = atJoin;
    frame.join = join;
    frame.next = 0;
    frame.common = null;
  }

  private static void accept(PendingRead frame, Inst value) {
    if (frame.next == 0) {
      frame.common = value;
    } else if (frame.common != value) {
      frame.common = null;
    }
    if (frame.next == frame.values.length) {
      frame.values = Arrays.copyOf(frame.values, frame.next * 2);
    }
    frame.values[frame.next++] = value;
  }

  /** All ways into a forward join have answered. */
  private Inst join(PendingRead frame, int local) {
    Inst value = frame.common;
    if (value == null) {
      spend(frame.next);
      value = addParam(frame.join, local, Arrays.copyOf(frame.values, frame.next));
    }
    frame.atJoin.value = value;
    frame.asked.value = value;
    return value;
  }

  /** A parameter at a loop header; its edges get their arguments in {@link #fillIncomplete}. */
  private Inst addLoopParam(Join join, int local) {
    incomplete.addLast(join);
    return addParam(join, local, new Inst[Math.max(2, join.edgeCount())]);
  }

  /** What the ways in to joins pass for locals, once {@link #finish finished}. */
  int operands() {
    return operands;
  }

  private void spend(int count) {
    budget -= count;
    if (budget < 0) {
      throw new ResourceLimitException(
          "function %s has more than %d values of locals where control flow meets"
              .formatted(function.name, limit));
    }
  }

  private Inst addParam(Join join, int local, Inst[] values) {
    if (join.paramCount() == 0) {
      joinsWithParams.add(join);
    }
    return join.addParam(local, types[local], values);
  }

  /** The first value of all locals of a type that are no parameters. */
  private Inst zero(Type type) {
    Opcode op =
        switch (type) {
          case F32, F64 -> Opcode.FCONST;
          case V128 -> Opcode.VCONST;
          default -> Opcode.ICONST;
        };
    Inst zero = function.newInst(op, type);
    function.entry().prepend(zero);
    return zero;
  }
}
