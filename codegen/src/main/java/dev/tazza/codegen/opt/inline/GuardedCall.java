package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@link EarlyReturn} of a callee before a call: the caller does the first test itself and
 * calls only if it does not lead to a return. The callee does the test again.
 */
final class GuardedCall {
  private final Function function;
  private final Replacements replacements;
  private final BlockCloner cloner;

  /** What the callee charges before its early return. */
  private int charged;

  GuardedCall(Function function, Replacements replacements) {
    this.function = function;
    this.replacements = replacements;
    cloner = new BlockCloner(function);
  }

  /**
   * Appends the test to {@code block}, and two ways after it.
   *
   * @param after what followed the call: its results first
   * @return the block in which the caller goes on
   */
  Block insert(Block block, Inst call, EarlyReturn early, @Nullable Inst after) {
    charged = 0;
    cloner.clear();
    cloner.putParams(early.entry(), call.args);
    Block returning = newBlock(block);
    Block calling = newBlock(block);
    Block next = newBlock(block);
    test(block, early, returning, calling, call.loc);
    Inst[] results = returned(returning, early);
    for (Inst result : results) {
      next.addParam(result.type);
    }
    returning.jump(new Edge(next, results), call.loc);
    calling.append(call);
    if (call.op.isTryCall()) {
      calling = newBlock(block);
      call.targets[0] = new Edge(calling);
    }
    Inst[] called = new Inst[results.length];
    for (int i = 0; i < called.length; i++) {
      called[i] = function.newInst(Opcode.RESULT, results[i].type, call);
      called[i].imm = i;
      called[i].loc = call.loc;
      calling.append(called[i]);
    }
    calling.jump(new Edge(next, called), call.loc);
    CallResults.replace(call, after, next.params.toArray(new Inst[0]), replacements);
    return next;
  }

  /** The same for a call with handlers, with which {@code block} is to end. */
  void insertTry(Block block, Inst call, EarlyReturn early) {
    Edge normal = call.targets[0];
    Block next = insert(block, call, early, normal.target.first);
    CallResults.remove(call, normal.target);
    next.jump(normal, call.loc);
  }

  private Block newBlock(Block before) {
    Block block = function.newBlock();
    block.cold = before.cold && before != function.entry();
    return block;
  }

  private void test(Block block, EarlyReturn early, Block returning, Block calling, int loc) {
    copyPure(early.entry(), block, loc);
    Inst test = early.entry().last;
    if (test == null) {
      throw new IllegalStateException("a block without an end");
    }
    Inst branch = function.newInst(Opcode.BRANCH, test.type, cloner.of(test.args));
    boolean first = test.targets[0] == early.taken();
    branch.targets =
        new Edge[] {
          new Edge(first ? returning : calling, new Inst[0]),
          new Edge(first ? calling : returning, new Inst[0])
        };
    branch.loc = loc;
    block.append(branch);
  }

  /** Appends what the callee computes before its early return; gives what it returns. */
  private Inst[] returned(Block block, EarlyReturn early) {
    Edge edge = early.taken();
    while (true) {
      cloner.putParams(edge.target, cloner.of(edge.args));
      copyPure(edge.target, block, -1);
      Inst end = edge.target.last;
      if (end == null || end.op == Opcode.RETURN) {
        charge(block);
        return end == null ? new Inst[0] : cloner.of(end.args);
      }
      edge = end.targets[0];
    }
  }

  /** Takes what the callee would have; if it is called, it does so itself. */
  private void charge(Block block) {
    if (charged != 0) {
      Inst charge = function.newInst(Opcode.CHARGE, Type.NONE);
      charge.imm = charged;
      block.append(charge);
    }
  }

  private void copyPure(Block from, Block to, int loc) {
    for (Inst inst = from.first; inst != null && inst != from.last; inst = inst.next) {
      if (inst.isPlainCharge()) {
        charged += (int) inst.imm;
        continue;
      }
      Inst copy = cloner.copy(inst);
      copy.loc = loc;
      to.append(copy);
    }
  }
}
