package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
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

  /** Of the callee's instructions; for a parameter, the argument. */
  private final BlockCloner cloner;

  /** By number of a block in the callee. */
  private Block[] blocks = new Block[0];

  /** Where the caller goes on, and what the call gives there. */
  private @Nullable Block continuation;

  private Inst[] results = new Inst[0];

  InlinedBody(Function function, Replacements replacements, CallListener listener) {
    this.function = function;
    this.replacements = replacements;
    this.listener = listener;
    cloner = new BlockCloner(function);
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
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        if (inst.op == Opcode.RETURN) {
          giveBack(blocks[i], inst, site.call.loc);
        } else {
          Inst copy = copy(inst, flow);
          copy.loc = inst.loc < 0 ? -1 : inst.loc + delta;
          blocks[i].append(copy);
          if (inst.op == Opcode.CALL_DIRECT) {
            listener.found(copy, site.loopDepth + callee.loopDepth(i), site);
          }
        }
      }
    }
    if (continuation != null) {
      CallResults.replace(site.call, after, results, replacements);
    }
    return continuation;
  }

  /** Makes the blocks with their parameters. */
  private void prepare(Block block, Site site, ControlFlow flow) {
    cloner.clear();
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
        cloner.put(param, i == 0 ? site.call.args[k] : copy.addParam(param.type));
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
    Inst[] values = cloner.of(ret.args);
    Block next = continuation;
    if (next == null) {
      // The only return: there is no need for a jump.
      continuation = block;
      results = values;
      return;
    }
    block.jump(new Edge(next, values), loc);
  }

  private Inst copy(Inst inst, ControlFlow flow) {
    Inst copy = cloner.copy(inst);
    if (inst.targets.length > 0) {
      copy.targets = new Edge[inst.targets.length];
      for (int i = 0; i < copy.targets.length; i++) {
        Edge edge = inst.targets[i];
        copy.targets[i] = new Edge(blocks[flow.number(edge.target)], cloner.of(edge.args));
      }
    }
    return copy;
  }
}
