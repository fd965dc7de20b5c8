package dev.tazza.translate;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns local variables into SSA values while the blocks are being made, after Braun et al.,
 * "Simple and Efficient Construction of Static Single Assignment Form" (CC 2013), with changes that
 * WebAssembly's structured control allows, since it is known beforehand where each local is
 * assigned ({@link LocalAssignments}):
 *
 * <ul>
 *   <li>A loop header gets a parameter only for locals that are assigned somewhere in the loop, so
 *       few parameters are redundant.
 *   <li>What a construct does not assign has the same value behind it as before it. So its value
 *       stays at hand, and reads from elsewhere step over the construct: thousands of locals may
 *       live through thousands of joins.
 *   <li>A forward join looks at all its predecessors before it decides, so a parameter appears only
 *       where values differ.
 * </ul>
 *
 * Nothing recurses: reads use an explicit stack, since code can have hundreds of thousands of joins
 * in a row.
 *
 * <p>Order of use: {@link #open} where a construct begins; {@link #addEdge} for each way into a
 * block; {@link #startBlock} or {@link #startAfter} once all the ways in are known (a loop header:
 * all but the back edges, and {@link #addEdge} for those later); then {@link #get} and {@link #set}
 * while the block is current; {@link #finish} at the very end.
 */
final class LocalVariables {
  private static final int ENTRY = 0;
  private static final int JOIN = 1;
  private static final int LOOP = 2;

  /** What is known of one block, by block id. */
  private static final class BlockState {
    final Block block;
    int kind = JOIN;

    /** Byte range in the source of the loop, or of the construct that this block ends. */
    int start;

    int end;

    /** The block in which the construct begins that this block ends, if it ends one. */
    @Nullable BlockState before;

    /**
     * A bit for each local that the tables of values and of short cuts may know something of here,
     * by the local's number modulo 64: most of them have nothing to tell of most blocks.
     */
    long inValues;

    long inShortCuts;

    final List<Incoming> incoming = new ArrayList<>(2);

    /**
     * Locals of the parameters that were added here, in order; they follow the operand-stack
     * parameters.
     */
    int[] paramLocals = new int[4];

    int paramCount;

    BlockState(Block block) {
      this.block = block;
    }
  }

  /** One edge into a block, with room for the arguments that later parameters need. */
  private static final class Incoming {
    final BlockState from;
    final BlockState to;
    final Edge edge;
    int argCount;

    /** How many of the target's locals have their argument. */
    int filled;

    Incoming(BlockState from, BlockState to, Edge edge) {
      this.from = from;
      this.to = to;
      this.edge = edge;
      this.argCount = edge.args.length;
    }

    void append(Inst value) {
      if (argCount == edge.args.length) {
        edge.args = Arrays.copyOf(edge.args, Math.max(4, argCount * 2));
      }
      edge.args[argCount++] = value;
    }
  }

  /** A read under way at a join: which predecessor comes next and what the others gave. */
  private static final class Frame {
    BlockState state;
    int next;
    @Nullable Inst common;
    Inst[] values = new Inst[4];

    Frame(BlockState state) {
      this.state = state;
    }
  }

  private final Function function;
  private final Type[] types;
  private final LocalAssignments assignments;
  private BlockState[] states = new BlockState[32];
  private final BlockTable<Inst> values = new BlockTable<>();

  /**
   * The value of each local at this point; null if it was not asked for since it may have changed.
   */
  private final @Nullable Inst[] current;

  /** The block at whose end, as far as it is built, each local has the value that it has here. */
  private final BlockState[] origin;

  /** By block and local, the block far above that has the same value. */
  private final BlockTable<BlockState> shortCuts = new BlockTable<>();

  /** From how many blocks on a way upwards is worth a short cut. */
  private static final int FAR = 32;

  private BlockState block;
  private final BlockState entry;
  private final List<Frame> frames = new ArrayList<>();
  private int depth;
  private final ArrayDeque<Incoming> incomplete = new ArrayDeque<>();
  private final Inst[] zeros = new Inst[Type.values().length];

  /**
   * @param types of all locals, parameters first
   * @param params the values of the parameters, at the entry block
   */
  LocalVariables(Function function, Type[] types, List<Inst> params, LocalAssignments assignments) {
    this.function = function;
    this.types = types;
    this.assignments = assignments;
    this.current = new Inst[types.length];
    this.origin = new BlockState[types.length];
    this.entry = state(function.entry());
    this.block = entry;
    entry.kind = ENTRY;
    Arrays.fill(origin, entry);
    for (int i = 0; i < params.size(); i++) {
      set(i, params.get(i));
    }
  }

  /** The value of {@code local} at this point of the current block. */
  Inst get(int local) {
    Inst value = current[local];
    if (value == null) {
      value = read(origin[local], local);
      current[local] = value;
      fillIncomplete();
    }
    return value;
  }

  /** Assigns {@code local} at this point of the current block. */
  void set(int local, Inst value) {
    current[local] = value;
    origin[local] = block;
    note(block, local, value);
  }

  /**
   * At this point of the current block a construct begins, which spans the bytes from {@code start}
   * to {@code end} of the source and goes on in {@code next}. What it assigns will be asked for
   * where its ways meet.
   */
  void open(Block next, int start, int end) {
    state(next).before = block;
    int count = assignments.find(start, end);
    for (int i = 0; i < count; i++) {
      int local = assignments.found(i);
      if (block.block.id - origin[local].block.id > FAR) {
        shortCuts.put(block.block.id, local, origin[local]);
        block.inShortCuts |= bit(local);
      }
    }
  }

  /**
   * Announces an edge out of the current block. Its {@code args} are those for the operand-stack
   * parameters of the target.
   */
  void addEdge(Edge edge) {
    BlockState target = state(edge.target);
    Incoming incoming = new Incoming(block, target, edge);
    target.incoming.add(incoming);
    incomplete.addLast(incoming);
    fillIncomplete();
  }

  /**
   * Gives edges into loop headers the arguments for parameters that came up since. Reading them may
   * bring up more.
   */
  private void fillIncomplete() {
    while (true) {
      Incoming incoming = incomplete.pollFirst();
      if (incoming == null) {
        return;
      }
      while (incoming.to.kind == LOOP && incoming.filled < incoming.to.paramCount) {
        int local = incoming.to.paramLocals[incoming.filled++];
        incoming.append(read(incoming.from, local));
      }
    }
  }

  /** Makes {@code next} current, into which one edge leads, from the current block. */
  void startBlock(Block next) {
    block = state(next);
  }

  /**
   * Makes {@code next} current, which is reached on ways around or through the code between the
   * positions {@code start} and {@code end}. All edges into it have been announced.
   */
  void startAfter(Block next, int start, int end) {
    block = state(next);
    block.start = start;
    block.end = end;
    forget(start, end);
  }

  /**
   * Makes the loop header {@code next} current; its body spans the bytes from {@code start} to
   * {@code end} of the source.
   */
  void startLoop(Block next, int start, int end) {
    block = state(next);
    block.kind = LOOP;
    block.start = start;
    block.end = end;
    forget(start, end);
  }

  /** What is assigned between the two positions is to be looked up from the current block. */
  private void forget(int start, int end) {
    int count = assignments.find(start, end);
    for (int i = 0; i < count; i++) {
      int local = assignments.found(i);
      current[local] = null;
      origin[local] = block;
    }
  }

  /** Trims the edges' argument arrays to their length. */
  void finish() {
    for (BlockState state : states) {
      if (state != null) {
        for (Incoming incoming : state.incoming) {
          if (incoming.edge.args.length != incoming.argCount) {
            incoming.edge.args = Arrays.copyOf(incoming.edge.args, incoming.argCount);
          }
        }
      }
    }
  }

  private BlockState state(Block of) {
    if (of.id >= states.length) {
      states = Arrays.copyOf(states, Math.max(of.id + 1, states.length * 2));
    }
    BlockState state = states[of.id];
    if (state == null) {
      state = new BlockState(of);
      states[of.id] = state;
    }
    return state;
  }

  /** The value of {@code local} at the end of {@code from} as far as it is built. */
  private Inst read(BlockState from, int local) {
    int base = depth;
    Inst result = descend(from, local);
    while (depth > base) {
      Frame frame = frames.get(depth - 1);
      if (result != null) {
        accept(frame, result);
      }
      if (frame.next < frame.state.incoming.size()) {
        result = descend(frame.state.incoming.get(frame.next).from, local);
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
   * Looks for a definition along single predecessors; null when a join was met, whose frame is now
   * on top.
   */
  private @Nullable Inst descend(BlockState from, int local) {
    BlockState at = from;
    while (true) {
      if ((at.inValues & bit(local)) != 0) {
        Inst known = values.get(at.block.id, local);
        if (known != null) {
          if (at != from) {
            note(from, local, known);
          }
          return known;
        }
      }
      if ((at.inShortCuts & bit(local)) != 0) {
        BlockState above = shortCuts.get(at.block.id, local);
        if (above != null) {
          at = above;
          continue;
        }
      }
      switch (at.kind) {
        case ENTRY -> {
          Inst zero = zero(types[local]);
          note(at, local, zero);
          return zero;
        }
        case LOOP -> {
          if (assignments.assigns(local, at.start, at.end)) {
            return addLoopParam(at, local);
          }
          at = at.incoming.get(0).from;
        }
        default -> {
          BlockState before = at.before;
          if (at.incoming.size() == 1) {
            at = at.incoming.get(0).from;
          } else if (before != null && !assignments.assigns(local, at.start, at.end)) {
            at = before;
          } else {
            push(at);
            return null;
          }
        }
      }
    }
  }

  /** The value of {@code local} at the end of a block, as far as it is built. */
  private void note(BlockState at, int local, Inst value) {
    values.put(at.block.id, local, value);
    at.inValues |= bit(local);
  }

  private static long bit(int local) {
    return 1L << local;
  }

  private void push(BlockState state) {
    if (depth == frames.size()) {
      frames.add(new Frame(state));
    }
    Frame frame = frames.get(depth++);
    frame.state = state;
    frame.next = 0;
    frame.common = null;
  }

  private static void accept(Frame frame, Inst value) {
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

  /** All predecessors of a forward join have answered. */
  private Inst join(Frame frame, int local) {
    BlockState at = frame.state;
    Inst value = frame.common;
    if (value == null) {
      value = addParam(at, local);
      for (int i = 0; i < at.incoming.size(); i++) {
        at.incoming.get(i).append(frame.values[i]);
      }
    }
    note(at, local, value);
    return value;
  }

  /** A parameter at a loop header; its edges get their arguments in {@link #fillIncomplete}. */
  private Inst addLoopParam(BlockState at, int local) {
    Inst param = addParam(at, local);
    note(at, local, param);
    incomplete.addAll(at.incoming);
    return param;
  }

  private Inst addParam(BlockState at, int local) {
    if (at.paramCount == at.paramLocals.length) {
      at.paramLocals = Arrays.copyOf(at.paramLocals, at.paramCount * 2);
    }
    at.paramLocals[at.paramCount++] = local;
    return at.block.addParam(types[local]);
  }

  private Inst zero(Type type) {
    Inst zero = zeros[type.ordinal()];
    if (zero == null) {
      zero = function.newInst(type.isFloat() ? Opcode.FCONST : Opcode.ICONST, type);
      entry.block.prepend(zero);
      zeros[type.ordinal()] = zero;
    }
    return zero;
  }
}
