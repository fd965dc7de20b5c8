package dev.tazza.codegen.ir;

import dev.tazza.codegen.CompilerBug;
import java.util.List;

/**
 * Checks the invariants of {@link Function}: linked lists, terminators, operand counts and types,
 * that nothing is derived from references, arguments of edges, and that every use is dominated by
 * its definition. Blocks that cannot be reached are checked but for dominance.
 */
public final class Verifier {
  private final Function function;
  private final String stage;
  private final ControlFlow flow;
  private final DominatorTree dominators;

  /** Position of each instruction in its block, from 1; 0: not in a block that the function has. */
  private final int[] position;

  private Verifier(Function function, String stage) {
    this.function = function;
    this.stage = stage;
    position = new int[function.instCount()];
    numberInstructions();
    flow = new ControlFlow(function);
    dominators = new DominatorTree(flow);
  }

  /**
   * Throws a {@link CompilerBug} when {@code function} breaks an invariant.
   *
   * @param stage what ran last, for the message
   */
  public static void verify(Function function, String stage) {
    new Verifier(function, stage).verify();
  }

  private void numberInstructions() {
    if (function.blocks.isEmpty()) {
      throw bug("no blocks");
    }
    boolean[] present = new boolean[function.blockCount()];
    for (Block block : function.blocks) {
      if (block.function != function) {
        throw bug(block + " belongs to another function");
      }
      if (present[block.id]) {
        throw bug(block + " stands twice in the list of blocks");
      }
      present[block.id] = true;
      numberInstructions(block);
    }
    for (Block block : function.blocks) {
      for (Edge edge : block.successors()) {
        if (!present[edge.target.id]) {
          throw bug(block + " goes to " + edge.target + ", which is not there");
        }
      }
    }
  }

  private void numberInstructions(Block block) {
    int count = 0;
    for (int i = 0; i < block.params.size(); i++) {
      Inst param = block.params.get(i);
      if (param.op != Opcode.PARAM || param.imm != i) {
        throw bug(param + " is not parameter " + i);
      }
      number(block, param, ++count);
    }
    Inst previous = null;
    for (Inst inst = block.first; inst != null; inst = inst.next) {
      number(block, inst, ++count);
      if (inst.op == Opcode.PARAM) {
        throw bug(inst + ": parameter among the instructions");
      }
      if (inst.prev != previous) {
        throw bug(inst + ": list of instructions is broken");
      }
      if (previous != null && previous.op.isTerminator()) {
        throw bug(inst + " stands after a terminator");
      }
      previous = inst;
    }
    if (block.last != previous) {
      throw bug(block + ": last is wrong");
    }
    if (block.terminator() == null) {
      throw bug(block + " has no terminator");
    }
  }

  private void number(Block block, Inst inst, int at) {
    if (inst.id >= position.length) {
      throw bug(inst + " is of another function");
    }
    if (position[inst.id] != 0) {
      throw bug(inst + " stands twice");
    }
    if (inst.block != block) {
      throw bug(inst + " thinks it is in " + inst.block + ", not " + block);
    }
    position[inst.id] = at;
  }

  private void verify() {
    if (flow.predCount(0) != 0) {
      throw bug("the entry has predecessors");
    }
    checkTypes("entry parameters", function.entry().params, function.signature.params());
    for (Block block : function.blocks) {
      for (Inst inst = block.first; inst != null; inst = inst.next) {
        checkInst(inst);
        for (Inst arg : inst.args) {
          checkUse(inst, arg);
        }
        for (Edge edge : inst.targets) {
          checkEdge(inst, edge);
        }
      }
    }
  }

  private void checkEdge(Inst from, Edge edge) {
    List<Inst> params = edge.target.params;
    if (edge.args.length != params.size()) {
      throw bug(
          from, edge.target + " takes " + params.size() + " values, edge has " + edge.args.length);
    }
    for (int i = 0; i < edge.args.length; i++) {
      if (edge.args[i].type != params.get(i).type) {
        throw bug(from, "argument " + i + " for " + edge.target + " has the wrong type");
      }
      checkUse(from, edge.args[i]);
    }
  }

  private void checkUse(Inst user, Inst value) {
    Block from = value.block;
    Block to = user.block;
    if (from == null || to == null || value.id >= position.length || position[value.id] == 0) {
      throw bug(user, value + " stands nowhere");
    }
    if (!flow.isReachable(to)) {
      return;
    }
    boolean before =
        from == to
            ? position[value.id] < position[user.id]
            : flow.isReachable(from) && dominators.dominates(from, to);
    if (!before) {
      throw bug(user, value + " does not dominate this use");
    }
  }

  private void checkInst(Inst inst) {
    int arity = inst.op.arity();
    if (arity >= 0 && arity != inst.args.length) {
      throw bug(inst, inst.op + " takes " + arity + " operands");
    }
    if (inst.op.hasAccess() != (inst.access != null)
        || inst.op.isCall() != (inst.signature != null)) {
      throw bug(inst, "access or signature is missing or too many");
    }
    if (!inst.op.isTerminator() && inst.targets.length > 0) {
      throw bug(inst, "targets on an instruction that is no terminator");
    }
    boolean atStart = inst.op == Opcode.RESULT && inst.args[0].op.isTryCall();
    if (atStart && inst.block != null && flow.isReachable(inst.block)) {
      if (flow.predCount(flow.number(inst.block)) != 1) {
        throw bug(inst, "results where several ways meet");
      }
    }
    String error = TypeRules.check(function, inst);
    if (error != null) {
      throw bug(inst, error);
    }
  }

  private void checkTypes(String what, List<Inst> values, List<Type> types) {
    if (values.size() != types.size()) {
      throw bug(what + ": wrong number");
    }
    for (int i = 0; i < types.size(); i++) {
      if (values.get(i).type != types.get(i)) {
        throw bug(what + ": wrong type of number " + i);
      }
    }
  }

  private CompilerBug bug(Inst inst, String message) {
    return bug(message + ", in " + inst.block + ": " + Printer.print(inst));
  }

  private CompilerBug bug(String message) {
    String dump;
    try {
      dump = Printer.print(function);
    } catch (RuntimeException e) {
      dump = "not printable: " + e;
    }
    return new CompilerBug(stage, function.name, message, dump);
  }
}
