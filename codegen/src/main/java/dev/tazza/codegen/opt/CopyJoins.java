package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies blocks in which constants meet on their way to a switch, one copy for each constant, so
 * that the jump from there to the switch knows where it will go. The loop of a state machine, which
 * gets the next character and then asks for the state, becomes a loop for each state.
 */
final class CopyJoins {
  /** Blocks that are copied for one switch. */
  private static final int MOST_JOINS = 4;

  /** Instructions in all copies of one block. */
  private static final int MOST_COPIED = 48;

  private final Analyses analyses;
  private final Function function;

  /** The constants that the current block was copied for, and the copies. */
  private final long[] constants = new long[MOST_COPIED];

  private final List<Block> made = new ArrayList<>();

  /** By instruction id: what stands for it in the newest copy. */
  private Inst[] copies = {};

  CopyJoins(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
  }

  /** Does so for the switch on {@code index}, a parameter; tells whether anything was copied. */
  boolean run(Inst index) {
    List<Inst> joins = joins(index);
    boolean copied = false;
    // Farther ones first: what they know is then known on the edges to those behind them.
    for (int i = joins.size() - 1; i > 0; i--) {
      Block block = joins.get(i).block;
      copied |= block != null && copy(block, (int) joins.get(i).imm);
    }
    return copied;
  }

  /** {@code index} and the parameters that become it, nearer ones first. */
  private List<Inst> joins(Inst index) {
    ControlFlow flow = analyses.controlFlow();
    List<Inst> found = new ArrayList<>();
    found.add(index);
    for (int i = 0; i < found.size(); i++) {
      Inst param = found.get(i);
      int number = param.block == null ? -1 : flow.number(param.block);
      if (number < 0) {
        continue;
      }
      for (int k = flow.predStart(number); k < flow.predEnd(number); k++) {
        Inst value = flow.predEdge(k).args[(int) param.imm];
        if (isJoin(value, flow.block(flow.pred(k)))
            && flow.pred(k) > 0
            && found.size() <= MOST_JOINS
            && !found.contains(value)) {
          found.add(value);
        }
      }
    }
    return found;
  }

  /** Whether {@code block} passes on a parameter that it was given. */
  static boolean isJoin(Inst value, Block block) {
    return value.op == Opcode.PARAM && value.block == block;
  }

  /** Copies {@code block} for each constant that it is given for parameter {@code index}. */
  private boolean copy(Block block, int index) {
    ControlFlow flow = analyses.controlFlow();
    int number = flow.number(block);
    Inst end = block.last;
    boolean repeatable = end != null && !end.op.isCall(); // where a call goes on, nobody else does
    if (number < 0 || block.successors().length > 2 || !repeatable) {
      return false;
    }
    List<Inst> values = new ArrayList<>(block.params);
    int size = 0;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      values.add(inst);
      size++;
    }
    int most = MOST_COPIED / size;
    if (values.size() > Long.SIZE || most == 0) {
      return false;
    }
    made.clear();
    if (copies.length < function.instCount()) {
      copies = new Inst[function.instCount()];
    }
    Inst[][] passed = new Inst[2 * (function.blockCount() + most)][];
    for (int k = flow.predStart(number); k < flow.predEnd(number); k++) {
      Edge edge = flow.predEdge(k);
      Inst value = edge.args[index];
      int known = value.op == Opcode.ICONST ? indexOf(value.imm) : -1;
      if (known == made.size() && known < most) {
        constants[known] = value.imm;
        made.add(copy(block, index, value));
        Inst[] set = copies(values);
        passed[2 * made.get(known).id] = set;
        passed[2 * made.get(known).id + 1] = set;
      }
      if (known >= 0 && known < made.size()) {
        edge.target = made.get(known);
      }
    }
    if (made.isEmpty()) {
      return false;
    }
    analyses.invalidate();
    new SwitchParams(analyses, block, values, passed).run();
    return true;
  }

  /** The number of the copy for {@code constant}, or of the next one. */
  private int indexOf(long constant) {
    int i = 0;
    while (i < made.size() && constants[i] != constant) {
      i++;
    }
    return i;
  }

  /** A copy that has a constant in place of parameter {@code index}. */
  private Block copy(Block block, int index, Inst constant) {
    Block copy = function.newBlock();
    copy.cold = block.cold;
    for (Inst param : block.params) {
      copies[param.id] = copy.addParam(param.type);
    }
    Inst known = function.newCopy(constant);
    copy.append(known);
    copies[block.params.get(index).id] = known;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      Inst made = function.newCopy(inst, copies(inst.args, block));
      copies[inst.id] = made;
      copy.append(made);
      made.targets = new Edge[inst.targets.length];
      for (int i = 0; i < made.targets.length; i++) {
        Edge edge = inst.targets[i];
        made.targets[i] = new Edge(edge.target, copies(edge.args, block));
      }
    }
    return copy;
  }

  private Inst[] copies(List<Inst> values) {
    Inst[] result = new Inst[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = copies[values.get(i).id];
    }
    return result;
  }

  private Inst[] copies(Inst[] values, Block block) {
    Inst[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      if (result[i].block == block) {
        result[i] = copies[result[i].id];
      }
    }
    return result;
  }
}
