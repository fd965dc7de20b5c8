package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.EarlyReturn;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.InstCopies;
import dev.tazza.codegen.opt.Replacements;
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@link EarlyReturn} of a callee before a call: the caller does the first test itself and
 * calls only if it does not lead to a return. The callee does the test again.
 */
final class GuardedCall {
  private final Function function;
  private final Replacements replacements;
  private final InstCopies copies;

  /** What the callee charges before its early return. */
  private int charged;

  GuardedCall(Function function, Replacements replacements) {
    this.function = function;
    this.replacements = replacements;
    copies = new InstCopies(function);
  }

  /**
   * Appends the test to {@code block}, and two ways after it.
   *
   * @param after what followed the call: its results first
   * @return the block in which the caller goes on
   */
  Block insert(Block block, Inst call, EarlyReturn early, @Nullable Inst after) {
    copies.start(early.entry().function.instCount());
    charged = 0;
    for (Inst param : early.entry().params) {
      copies.put(param, call.args[(int) param.imm]);
    }
    Block returning = newBlock(block);
    Block calling = newBlock(block);
    Block next = newBlock(block);
    test(block, early, returning, calling, call.loc);
    Inst[] results = returned(returning, early);
    for (Inst result : results) {
      next.addParam(result.type);
    }
    jump(returning, next, results, call.loc);
    calling.append(call);
    Inst[] called = new Inst[results.length];
    for (int i = 0; i < called.length; i++) {
      called[i] = function.newInst(Opcode.RESULT, results[i].type, call);
      called[i].imm = i;
      called[i].loc = call.loc;
      calling.append(called[i]);
    }
    jump(calling, next, called, call.loc);
    for (Inst at = after;
        at != null && at.op == Opcode.RESULT && at.args[0] == call;
        at = at.next) {
      replacements.replace(at, next.params.get((int) at.imm));
    }
    return next;
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
    Inst branch = function.newInst(Opcode.BRANCH, test.type, copies.of(test.args));
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
      Inst[] values = copies.of(edge.args);
      for (int i = 0; i < values.length; i++) {
        copies.put(edge.target.params.get(i), values[i]);
      }
      copyPure(edge.target, block, -1);
      Inst end = edge.target.last;
      if (end == null || end.op == Opcode.RETURN) {
        charge(block);
        return end == null ? new Inst[0] : copies.of(end.args);
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
      Inst copy = copies.copy(inst);
      copy.loc = loc;
      to.append(copy);
    }
  }

  private void jump(Block from, Block to, Inst[] values, int loc) {
    Inst jump = function.newInst(Opcode.JUMP, Type.NONE);
    jump.targets = new Edge[] {new Edge(to, values)};
    jump.loc = loc;
    from.append(jump);
  }
}
