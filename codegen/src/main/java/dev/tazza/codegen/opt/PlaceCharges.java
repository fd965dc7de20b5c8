package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Placement of gas charges: takes fuel at as few places, and as rarely, as the sum on all ways
 * allows. Where others can look, at calls, returns and charges that trap, what has been taken is
 * exactly what has been used up; in between, each point of the function has a <em>debt</em>, which
 * is what has been used up without being taken. What traps there knows it ({@link Inst#fuel}).
 *
 * <p>The points are the starts and ends of blocks, those where others look being one, and the code
 * between them are the edges of a graph. On a spanning tree of it nothing need be taken; the debts
 * follow from that, and from them what the other edges take. So the tree is that of the edges that
 * run most often (T. Ball, J. Larus, "Optimally profiling and tracing programs", 1994; the tree is
 * Kruskal's). What ends in a charge that traps is not in it: the check is the subtraction.
 *
 * <p>Requires nothing; does more where no edges are critical. Preserves all analyses. Invalidates
 * nothing.
 */
public final class PlaceCharges {
  /** Debts have to fit into the tables of traps. */
  private static final int MOST = 1 << 22;

  /** Costs below this are counted, to find the commonest. */
  private static final int FEW = 64;

  /** How much worse it is to take fuel where there is nothing else to do, not even a jump. */
  private static final double FOR_NOTHING = 1.25;

  private final Function function;
  private final ControlFlow flow;
  private final Debts debts;

  /** The point at which others look. */
  private final int exact;

  // By segment, which is the code between two points.

  private Segment[] segments = new Segment[16];
  private int count;

  /** The instructions that trap, with the segment that each stands in. */
  private Inst[] traps = new Inst[16];

  private Segment[] homes = new Segment[16];

  /** By trap: what is used up in its segment before it, beyond the trap's own. */
  private int[] used = new int[16];

  private int trapCount;

  /** Code between two points. */
  private static final class Segment {
    final int from;

    /** What it begins behind; null: the block's start. */
    final @Nullable Inst after;

    final Block block;
    int to = -1;
    int cost;
    double frequency;

    /** The charge that it ends with, if that one traps. */
    @Nullable Inst checked;

    Segment(Block block, int from, @Nullable Inst after) {
      this.block = block;
      this.from = from;
      this.after = after;
    }
  }

  private PlaceCharges(Analyses analyses) {
    function = analyses.function();
    flow = analyses.controlFlow();
    exact = 2 * flow.size();
    debts = new Debts(exact + 1);
  }

  public static void run(Analyses analyses) {
    if (analyses.function().usesFuel) {
      new PlaceCharges(analyses).run(new BlockFrequencies(analyses));
    }
  }

  private void run(BlockFrequencies frequencies) {
    debts.join(0, exact, 0);
    for (int i = 0; i < flow.size(); i++) {
      int first = count;
      read(i);
      Block block = flow.block(i);
      double frequency = frequencies.of(i) * (block.first == block.last ? FOR_NOTHING : 1);
      for (int k = first; k < count; k++) {
        segments[k].frequency = frequency;
      }
    }
    span();
    if (fits()) {
      rewrite();
    }
  }

  // The graph.

  private void read(int number) {
    Block block = flow.block(number);
    int end = flow.size() + number;
    Segment segment = new Segment(block, number, null);
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      if (inst.isPlainCharge()) {
        segment.cost += (int) inst.imm;
      } else if (inst.op == Opcode.CHARGE && inst.canTrap()) {
        segment.cost += (int) inst.imm;
        segment.checked = inst;
        segment = close(segment, inst);
      } else if (isLook(inst)) {
        segment = close(segment, inst);
      } else if (inst.canTrap()) {
        addTrap(inst, segment);
      }
    }
    Inst last = block.last;
    if (last == null || last.op == Opcode.TRAP) {
      return; // nobody asks what has been taken
    }
    boolean looks = last.op == Opcode.RETURN || last.op == Opcode.THROW || last.op.isCall();
    if (looks) {
      debts.join(end, exact, 0);
    }
    if (segment.from != exact || segment.after != last) {
      add(segment, looks ? exact : end);
    }
    for (Edge edge : last.targets) {
      debts.join(end, flow.number(edge.target), 0);
    }
  }

  /** Whether others see the fuel there. */
  private static boolean isLook(Inst inst) {
    return inst.op.isCall() && inst.op != Opcode.CALL_NATIVE;
  }

  private Segment close(Segment segment, Inst at) {
    add(segment, exact);
    return new Segment(segment.block, exact, at);
  }

  private void add(Segment segment, int to) {
    segment.to = to;
    if (count == segments.length) {
      segments = Arrays.copyOf(segments, 2 * count);
    }
    segments[count++] = segment;
  }

  private void addTrap(Inst inst, Segment segment) {
    if (trapCount == traps.length) {
      traps = Arrays.copyOf(traps, 2 * trapCount);
      homes = Arrays.copyOf(homes, 2 * trapCount);
      used = Arrays.copyOf(used, 2 * trapCount);
    }
    traps[trapCount] = inst;
    homes[trapCount] = segment;
    used[trapCount++] = segment.cost;
  }

  // The tree.

  /**
   * Joins what runs most often first; of what runs as often, such as the cases of a switch, what
   * has the commonest cost.
   */
  private void span() {
    Segment[] order = Arrays.copyOf(segments, count);
    Arrays.sort(order, (a, b) -> Double.compare(b.frequency, a.frequency));
    int end = 0;
    for (int i = 0; i < count; i = end) {
      while (end < count && order[end].frequency == order[i].frequency) {
        end++;
      }
      int common = commonCost(order, i, end);
      join(order, i, end, common);
      join(order, i, end, -1);
    }
  }

  /** Joins those of a cost, or all if that is -1. */
  private void join(Segment[] order, int from, int end, int cost) {
    for (int i = from; i < end; i++) {
      Segment segment = order[i];
      if (segment.checked == null && (cost < 0 || segment.cost == cost)) {
        debts.join(segment.from, segment.to, segment.cost);
      }
    }
  }

  /** The cost that most have, of those that are small. */
  private static int commonCost(Segment[] order, int from, int end) {
    int[] counts = new int[FEW];
    int most = 0;
    for (int i = from; i < end; i++) {
      int cost = order[i].cost;
      if (cost >= 0 && cost < FEW && ++counts[cost] > counts[most]) {
        most = cost;
      }
    }
    return most;
  }

  /** What a segment has to take. */
  private long charge(Segment segment) {
    return segment.to < 0 ? 0 : segment.cost + debts.of(segment.from) - debts.of(segment.to);
  }

  /** All points are reached from the start, which is exact. */
  private long debt(int point) {
    return debts.of(point) - debts.of(exact);
  }

  private boolean fits() {
    boolean fits = true;
    for (int i = 0; i < count; i++) {
      fits &= Math.abs(charge(segments[i])) < MOST;
    }
    for (int i = 0; i < trapCount; i++) {
      fits &= Math.abs(fuelAt(i)) < MOST;
    }
    return fits;
  }

  /** A trap's new fuel: what is taken is at its segment's start, or at its end if checked. */
  private long fuelAt(int trap) {
    Segment home = homes[trap];
    long taken = home.checked == null ? charge(home) : 0;
    return traps[trap].fuel() + used[trap] + debt(home.from) - taken;
  }

  // The result.

  private void rewrite() {
    for (int i = 0; i < trapCount; i++) {
      traps[i].setFuel((int) fuelAt(i));
    }
    for (int i = 0; i < flow.size(); i++) {
      Inst next;
      for (Inst inst = flow.block(i).first; inst != null; inst = next) {
        next = inst.next;
        if (inst.isPlainCharge()) {
          flow.block(i).remove(inst);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      Segment segment = segments[i];
      int amount = (int) charge(segment);
      if (segment.checked != null) {
        segment.checked.imm = amount;
        freeFlags(segment.block, segment.checked);
      } else if (amount != 0) {
        insert(segment, amount);
      }
    }
  }

  private void insert(Segment segment, int amount) {
    Inst charge = function.newInst(Opcode.CHARGE, Type.NONE);
    charge.imm = amount;
    Inst before = segment.after == null ? segment.block.first : segment.after.next;
    while (before != null && before.op == Opcode.RESULT) {
      before = before.next;
    }
    if (before == null) {
      throw new IllegalStateException(segment.block + " has no end");
    }
    charge.loc = before.loc;
    segment.block.insertBefore(before, charge);
  }

  /**
   * Moves a charge in front of the arithmetic whose result the branch behind it tests: so the flags
   * of that can serve.
   */
  private static void freeFlags(Block block, Inst charge) {
    Inst end = block.last;
    if (end == null || end.op != Opcode.BRANCH || end.prev != charge) {
      return;
    }
    Inst tested = end.args[0];
    if (tested.op.isIntCompare() && tested.args[1].isInt(0)) {
      tested = tested.args[0];
    }
    boolean setsFlags =
        switch (tested.op) {
          case ADD, SUB, AND, OR, XOR -> tested.block == block;
          default -> false;
        };
    if (!setsFlags) {
      return;
    }
    for (Inst at = charge.prev; at != null && at.op.isPure(); at = at.prev) {
      if (at == tested) {
        block.remove(charge);
        block.insertBefore(tested, charge);
        return;
      }
    }
  }
}
