package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.InstCopies;
import dev.tazza.codegen.opt.Replacements;
import dev.tazza.codegen.opt.inline.InlineCalls.Site;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies the body of a callee to the place of a call: its first block is appended to the caller's,
 * its parameters are the call's arguments, each return is a jump to where the caller goes on.
 */
final class InlinedBody {
  /** Is told of the calls that were copied. */
  @FunctionalInterface
  interface CallListener {
    void found(Inst call, int loopDepth, Site outer);
  }

  private final Function function;
  private final Replacements replacements;
  private final CallListener listener;
  private final InlinedHandlers handlers;

  /** Of the callee's instructions; for a parameter, the argument. */
  private final InstCopies copies;

  /** By number of a block in the callee. */
  private Block[] blocks = new Block[0];

  /** Where the caller goes on, and what the call gives there. */
  private @Nullable Block continuation;

  private Inst[] results = new Inst[0];

  InlinedBody(Function function, Replacements replacements, CallListener listener) {
    this.function = function;
    this.replacements = replacements;
    this.listener = listener;
    copies = new InstCopies(function);
    handlers = new InlinedHandlers(function);
  }

  /**
   * Appends the callee's body to {@code block}.
   *
   * @param after what followed the call: its results first
   * @return the block in which the caller goes on, or null when the callee never returns
   */
  @Nullable Block insert(Block block, Site site, @Nullable Inst after) {
    Callee callee = site.callee;
    ControlFlow flow = callee.flow();
    int delta =
        function.inlineSites.add(
            (int) site.call.imm, callee.start(), callee.length(), site.call.loc);
    prepare(block, site, flow);
    for (int i = 0; i < flow.size(); i++) {
      Block to = blocks[i];
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        if (inst.op == Opcode.RETURN) {
          giveBack(to, inst, site.call.loc);
        } else {
          Inst copy = copy(inst, flow);
          copy.loc = inst.loc < 0 ? -1 : inst.loc + delta;
          to.append(copy);
          if (site.call.op.isTryCall()) {
            to = handlers.guard(to, copy, site.call);
          }
          if (copy.op.isDirectCall()) {
            listener.found(copy, site.loopDepth + callee.loopDepth(i), site);
          }
        }
      }
    }
    for (Inst at = after;
        at != null && at.op == Opcode.RESULT && at.args[0] == site.call;
        at = at.next) {
      if (continuation != null) {
        replacements.replace(at, results[(int) at.imm]);
      }
    }
    return continuation;
  }

  /**
   * The same for a call with handlers, which are then those of what the body calls. It was the last
   * instruction of {@code block}; its results are at the start of where it went on.
   */
  void insertGuarded(Block block, Site site) {
    Edge normal = site.call.targets[0];
    Inst after = normal.target.first;
    Block end = insert(block, site, after);
    if (end == null) {
      return; // nothing leads to where it went on
    }
    while (after != null && after.op == Opcode.RESULT && after.args[0] == site.call) {
      Inst next = after.next;
      normal.target.remove(after);
      after = next;
    }
    Inst jump = function.newInst(Opcode.JUMP, site.call.type);
    jump.targets = new Edge[] {normal};
    jump.loc = site.call.loc;
    end.append(jump);
  }

  /** Makes the blocks with their parameters. */
  private void prepare(Block block, Site site, ControlFlow flow) {
    copies.start(site.callee.function().instCount());
    if (blocks.length < flow.size()) {
      blocks = Arrays.copyOf(blocks, Math.max(flow.size(), blocks.length * 2));
    }
    int returns = 0;
    for (int i = 0; i < flow.size(); i++) {
      Block original = flow.block(i);
      Block copy = i == 0 ? block : function.newBlock();
      blocks[i] = copy;
      copy.cold |= (original.cold || block.cold) && copy != function.entry();
      for (int k = 0; k < original.params.size(); k++) {
        Inst param = original.params.get(k);
        copies.put(param, i == 0 ? site.call.args[k] : copy.addParam(param.type));
      }
      returns += original.last != null && original.last.op == Opcode.RETURN ? 1 : 0;
    }
    continuation = null;
    if (returns > 1) {
      Block next = function.newBlock();
      next.cold = block.cold && block != function.entry();
      site.callee.function().signature.results().forEach(next::addParam);
      results = next.params.toArray(new Inst[0]);
      continuation = next;
    }
  }

  /** {@code block} ends with the callee's return. */
  private void giveBack(Block block, Inst ret, int loc) {
    Inst[] values = copies.of(ret.args);
    Block next = continuation;
    if (next == null) {
      // The only return: there is no need for a jump.
      continuation = block;
      results = values;
      return;
    }
    Inst jump = function.newInst(Opcode.JUMP, ret.type);
    jump.targets = new Edge[] {new Edge(next, values)};
    jump.loc = loc;
    block.append(jump);
  }

  private Inst copy(Inst inst, ControlFlow flow) {
    Inst copy = copies.copy(inst);
    if (inst.targets.length > 0) {
      copy.targets = new Edge[inst.targets.length];
      for (int i = 0; i < copy.targets.length; i++) {
        Edge edge = inst.targets[i];
        copy.targets[i] = new Edge(blocks[flow.number(edge.target)], copies.of(edge.args));
      }
    }
    return copy;
  }
}
