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
 * "Simple and Efficient Construction of Static Single Assignment Form" (CC 2013), with two changes
 * that WebAssembly's structured control allows: a loop header gets a parameter only for locals that
 * are assigned somewhere in the loop (known beforehand, {@link LoopAssignments}), so few parameters
 * are redundant; and a forward join looks at all its predecessors before it decides, so a parameter
 * appears only where values differ. Nothing recurses: reads use an explicit stack, since code can
 * have hundreds of thousands of joins in a row.
 *
 * <p>Order of use: {@link #addEdge} for each way into a block; {@link #startBlock} once all the
 * ways in are known (a loop header: all but the back edges, and {@link #addEdge} for those later);
 * then {@link #get} and {@link #set} while the block is current; {@link #finish} at the very end.
 */
final class LocalVariables {
  private static final int ENTRY = 0;
  private static final int JOIN = 1;
  private static final int LOOP = 2;

  /** What is known of one block, by block id. */
  private static final class BlockState {
    final Block block;
    int kind = JOIN;

    /** Byte range of the loop body in the source, for loop headers. */
    int loopStart;

    int loopEnd;
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
  private final LoopAssignments loops;
  private BlockState[] states = new BlockState[32];
  private final BlockValues values = new BlockValues();
  private final Inst[] current;
  private final int[] currentStamp;
  private int stamp;
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
  LocalVariables(Function function, Type[] types, List<Inst> params, LoopAssignments loops) {
    this.function = function;
    this.types = types;
    this.loops = loops;
    this.current = new Inst[types.length];
    this.currentStamp = new int[types.length];
    this.entry = state(function.entry());
    this.block = entry;
    entry.kind = ENTRY;
    stamp = 1;
    for (int i = 0; i < params.size(); i++) {
      set(i, params.get(i));
    }
  }

  /** The value of {@code local} at this point of the current block. */
  Inst get(int local) {
    if (currentStamp[local] == stamp) {
      return current[local];
    }
    Inst value = read(block, local);
    current[local] = value;
    currentStamp[local] = stamp;
    fillIncomplete();
    return value;
  }

  /** Assigns {@code local} at this point of the current block. */
  void set(int local, Inst value) {
    current[local] = value;
    currentStamp[local] = stamp;
    values.put(block.block.id, local, value);
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

  /** Makes {@code next} current. All edges into it have been announced. */
  void startBlock(Block next) {
    block = state(next);
    stamp++;
  }

  /**
   * Makes the loop header {@code next} current; its body spans the bytes from {@code start} to
   * {@code end} of the source.
   */
  void startLoop(Block next, int start, int end) {
    block = state(next);
    block.kind = LOOP;
    block.loopStart = start;
    block.loopEnd = end;
    stamp++;
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
      Inst known = values.get(at.block.id, local);
      if (known != null) {
        if (at != from) {
          values.put(from.block.id, local, known);
        }
        return known;
      }
      switch (at.kind) {
        case ENTRY -> {
          Inst zero = zero(types[local]);
          values.put(at.block.id, local, zero);
          return zero;
        }
        case LOOP -> {
          if (loops.assigns(local, at.loopStart, at.loopEnd)) {
            return addLoopParam(at, local);
          }
          at = at.incoming.get(0).from;
        }
        default -> {
          if (at.incoming.size() != 1) {
            push(at);
            return null;
          }
          at = at.incoming.get(0).from;
        }
      }
    }
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
    values.put(at.block.id, local, value);
    return value;
  }

  /** A parameter at a loop header; its edges get their arguments in {@link #fillIncomplete}. */
  private Inst addLoopParam(BlockState at, int local) {
    Inst param = addParam(at, local);
    values.put(at.block.id, local, param);
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
