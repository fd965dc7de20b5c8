package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Edge;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indirect call promotion (speculative devirtualization): puts tests for the functions that calls
 * by reference in loops most probably reach before these calls, and direct calls of them, which
 * {@link InlineCalls} can replace. Only if all are so short that it does: otherwise the processor
 * guesses the target just as well.
 *
 * <p>Requires nothing. Preserves reducibility. Invalidates all analyses when it changed anything.
 */
public final class GuessCallees {
  private final Analyses analyses;
  private final InlineCandidates candidates;
  private final Function function;
  private final Replacements replacements;

  /** By instruction id: how often it is an operand, before anything changes. */
  private int[] uses = {};

  private GuessCallees(Analyses analyses, InlineCandidates candidates) {
    this.analyses = analyses;
    this.candidates = candidates;
    function = analyses.function();
    replacements = new Replacements(function);
  }

  public static void run(Analyses analyses, InlineCandidates candidates) {
    if (!candidates.isEmpty()) {
      new GuessCallees(analyses, candidates).run();
    }
  }

  private void run() {
    ControlFlow flow = analyses.controlFlow();
    boolean changed = false;
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      if (hasGuesses(block) && analyses.loops().depthOf(i) > 0) {
        if (!changed) {
          countUses();
        }
        rewrite(block);
        changed = true;
      }
    }
    if (changed) {
      analyses.invalidate();
      replacements.resolveEverywhere(analyses);
    }
  }

  private boolean hasGuesses(Block block) {
    boolean mayCall = block.hasCalls() && !block.cold;
    for (Inst inst = block.first; inst != null && mayCall; inst = inst.next) {
      if (!guesses(inst).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private List<CalleeSource.Reference> guesses(Inst call) {
    if (!call.op.isCallByReference() || call.signature == null || call.args.length < 2) {
      return List.of();
    }
    List<CalleeSource.Reference> guesses = candidates.guesses(call.signature);
    for (CalleeSource.Reference guess : guesses) {
      Callee callee = candidates.find(guess.symbol());
      if (callee == null || !InlinePolicy.isWorthGuessing(callee, call)) {
        return List.of();
      }
    }
    return guesses;
  }

  /** Puts tests before all calls of {@code block} that there are guesses for. */
  private void rewrite(Block block) {
    Inst inst = block.first;
    block.clear();
    Block current = block;
    while (inst != null) {
      Inst next = inst.next;
      List<CalleeSource.Reference> guesses = guesses(inst);
      if (guesses.isEmpty()) {
        current.append(inst);
      } else if (inst.op.isTryCall()) {
        Edge normal = inst.targets[0];
        Inst after = normal.target.first;
        current = test(current, inst, guesses, after);
        CallResults.remove(inst, normal.target);
        current.jump(normal, inst.loc);
        return;
      } else {
        current = test(current, inst, guesses, next);
        next = CallResults.skip(inst, next);
      }
      inst = next;
    }
  }

  /**
   * Appends tests and calls to {@code block}.
   *
   * @param after what followed the call: its results first
   * @return the block in which the function goes on
   */
  private Block test(
      Block block, Inst call, List<CalleeSource.Reference> guesses, @Nullable Inst after) {
    Block end = function.newBlock();
    if (call.signature != null) {
      call.signature.results().forEach(end::addParam);
    }
    Inst own = function.entry().params.get(0);
    Inst reference = append(block, function.newInst(Opcode.SUB, Type.I64, call.args[0], own), call);
    Block current = block;
    for (CalleeSource.Reference guess : guesses) {
      Inst expected = function.newInst(Opcode.ICONST, Type.I64);
      expected.imm = guess.distance();
      append(current, expected, call);
      Inst same =
          append(current, function.newInst(Opcode.ICMP_EQ, Type.I32, reference, expected), call);
      Inst branch = function.newInst(Opcode.BRANCH, Type.NONE, same);
      Block direct = function.newBlock();
      Block other = function.newBlock();
      branch.targets = new Edge[] {new Edge(direct, new Inst[0]), new Edge(other, new Inst[0])};
      append(current, branch, call);
      Inst[] args = Arrays.copyOfRange(call.args, 1, call.args.length);
      args[0] = own;
      Inst known = function.newInst(Opcode.CALL_DIRECT, Type.NONE, args);
      known.imm = guess.symbol();
      known.signature = call.signature;
      append(direct, known, call);
      giveResults(goesOn(direct, known, call), known, end);
      current = other;
    }
    current.cold = true;
    sinkContext(call, current);
    current.append(call);
    Block next = current;
    if (call.op.isTryCall()) {
      next = function.newBlock();
      next.cold = true;
      call.targets[0] = new Edge(next);
    }
    giveResults(next, call, end);
    CallResults.replace(call, after, end.params.toArray(new Inst[0]), replacements);
    return end;
  }

  /**
   * Moves the load of what the callee gets for its context along with the call: the functions that
   * were guessed do not need it.
   */
  private void sinkContext(Inst call, Block to) {
    Inst context = call.args[1];
    Block from = context.block;
    boolean loads =
        context.op == Opcode.LOAD
            && context.trap == 0
            && context.access != null
            && context.access.region().isConstant();
    if (loads && from != null && context.id < uses.length && uses[context.id] == 1) {
      from.remove(context);
      to.append(context);
    }
  }

  private void countUses() {
    ControlFlow flow = analyses.controlFlow();
    uses = new int[function.instCount()];
    for (int i = 0; i < flow.size(); i++) {
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        count(inst.args);
        for (Edge edge : inst.targets) {
          count(edge.args);
        }
      }
    }
  }

  private void count(Inst[] values) {
    for (Inst value : values) {
      uses[value.id]++;
    }
  }

  /** Where {@code known} goes on, which stands at the end of {@code block} for {@code call}. */
  private Block goesOn(Block block, Inst known, Inst call) {
    if (!call.op.isTryCall()) {
      return block;
    }
    Block next = function.newBlock();
    InlinedHandlers.makeTry(known, next, call);
    return next;
  }

  private void giveResults(Block block, Inst call, Block end) {
    Inst[] results = new Inst[end.params.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] =
          append(block, function.newInst(Opcode.RESULT, end.params.get(i).type, call), call);
      results[i].imm = i;
    }
    block.jump(new Edge(end, results), call.loc);
  }

  private static Inst append(Block block, Inst inst, Inst call) {
    inst.loc = call.loc;
    block.append(inst);
    return inst;
  }
}
