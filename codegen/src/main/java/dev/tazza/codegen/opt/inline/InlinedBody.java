package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.edit.BlockCloner;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
import dev.tazza.codegen.opt.inline.InlineCalls.Site;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies the body of a callee to the place of a call: its first block is appended to the caller's,
 * its parameters are the call's arguments, each return is a jump to where the caller goes on.
 *
 * <p>A tail call in it becomes a call: what returns then is the caller's frame, as it would have
 * been. If the call itself is a tail call, returns and tail calls stay what they are.
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
  private final BlockCloner cloner;

  /** By number of a block in the callee. */
  private Block[] blocks = new Block[0];

  /** Where the caller goes on, and what the call gives there. */
  private @Nullable Block continuation;

  private Inst[] results = new Inst[0];

  InlinedBody(
      Function function, Replacements replacements, CalleeSource source, CallListener listener) {
    this.function = function;
    this.replacements = replacements;
    this.listener = listener;
    cloner = new BlockCloner(function);
    handlers = new InlinedHandlers(function, source);
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
            (int) site.call.imm,
            callee.start(),
            callee.length(),
            site.call.loc,
            site.call.op.isTailCall());
    prepare(block, site, flow);
    for (int i = 0; i < flow.size(); i++) {
      Block to = blocks[i];
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        boolean leaves = !site.call.op.isTailCall();
        if (inst.op == Opcode.RETURN && leaves) {
          giveBack(to, cloner.of(inst.args), site.call.loc);
          continue;
        }
        Inst copy = copy(inst, flow);
        copy.loc = inst.loc < 0 ? -1 : inst.loc + delta;
        boolean tail = inst.op.isTailCall() && leaves;
        if (tail) {
          makeCall(to, copy);
          // It comes back to where the callee would have come back to.
          copy.loc = site.call.loc;
        }
        to.append(copy);
        if (site.call.op.isTryCall()) {
          to = handlers.guard(to, copy, site.call);
        }
        if (tail) {
          giveBack(to, results(to, copy), site.call.loc);
        }
        if (copy.op.isDirectCall()) {
          listener.found(copy, site.loopDepth + callee.loopDepth(i), site);
        }
      }
    }
    if (continuation != null) {
      CallResults.replace(site.call, after, results, replacements);
    }
    return continuation;
  }

  /**
   * The same for a call with handlers, which are then those of what the body calls. It was the last
   * instruction of {@code block}; its results are at the start of where it went on.
   */
  void insertTry(Block block, Site site) {
    Edge normal = site.call.targets[0];
    Inst after = normal.target.first;
    Block end = insert(block, site, after);
    if (end == null) {
      return; // nothing leads to where it went on
    }
    CallResults.remove(site.call, normal.target);
    end.jump(normal, site.call.loc);
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
      Opcode end = original.last == null ? Opcode.TRAP : original.last.op;
      returns += end == Opcode.RETURN || end.isTailCall() ? 1 : 0;
    }
    continuation = null;
    if (returns > 1 && !site.call.op.isTailCall()) {
      Block next = function.newBlock();
      next.cold = block.cold && block != function.entry();
      site.callee.function().signature.results().forEach(next::addParam);
      results = next.params.toArray(new Inst[0]);
      continuation = next;
    }
  }

  /** Makes {@code tail} a call that comes back, to be appended to {@code block}. */
  private void makeCall(Block block, Inst tail) {
    if (tail.op == Opcode.RETURN_CALL) {
      tail.op = Opcode.CALL_DIRECT;
    } else {
      Inst[] args = tail.args.clone();
      args[1] = context(block, tail);
      tail.op = Opcode.CALL_REF;
      tail.args = args;
      tail.setImmHigh(0);
    }
  }

  /** Appends the results of {@code call}. */
  private Inst[] results(Block block, Inst call) {
    List<Type> types = call.signature == null ? List.of() : call.signature.results();
    Inst[] values = new Inst[types.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = function.newInst(Opcode.RESULT, types.get(i), call);
      values[i].imm = i;
      values[i].loc = call.loc;
      block.append(values[i]);
    }
    return values;
  }

  /** The context that the reference of a tail call tells. */
  private Inst context(Block block, Inst tail) {
    Inst load = function.newInst(Opcode.LOAD, Type.I64, tail.args[0]);
    load.access = MemoryAccess.full(Type.I64, function.regions.constants());
    load.imm = tail.immHigh();
    load.trap = tail.trap;
    load.loc = tail.loc;
    block.append(load);
    return load;
  }

  /** {@code block} ends with the callee's return of {@code values}. */
  private void giveBack(Block block, Inst[] values, int loc) {
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
