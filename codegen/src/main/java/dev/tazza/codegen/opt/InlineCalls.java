package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces calls by the body of the callee, as far as {@link Function#callees} knows it. Goes from
 * the function down: first its own calls, then those that came with what was inlined, and so on.
 * What a callee becomes in other callers plays no role, so functions can be compiled in any order.
 *
 * <p>What is inlined is what hardly makes the code larger; more inside of loops; a recursive
 * function into itself, a few levels deep; and a function of which there is only this one call.
 * {@link #MAX_GROWTH} bounds it all, so that the time stays linear.
 *
 * <p>Requires nothing. Preserves reducibility. Invalidates all analyses when it changed anything,
 * and leaves no unreachable blocks then.
 */
public final class InlineCalls {
  /** Calls within calls that are looked at. */
  private static final int MAX_DEPTH = 6;

  /** Levels of a recursive function in itself, beyond the first. */
  private static final int MAX_RECURSION = 2;

  // How much more code than the call a callee may be, in instructions.

  private static final int LIMIT = 12;
  private static final int LIMIT_IN_LOOP = 40;
  private static final int LIMIT_RECURSIVE = 30;
  private static final int LIMIT_CALLED_ONCE = 150;

  /** What any function may grow by, beyond its own size. */
  private static final int MAX_GROWTH = 200;

  /** A call that may be replaced. */
  static final class Site {
    final Inst call;
    final Callee callee;
    final int loopDepth;

    /** The site that this call came with. */
    final @Nullable Site outer;

    final int depth;

    Site(Inst call, Callee callee, int loopDepth, @Nullable Site outer) {
      this.call = call;
      this.callee = callee;
      this.loopDepth = loopDepth;
      this.outer = outer;
      depth = outer == null ? 1 : outer.depth + 1;
    }
  }

  private final Analyses analyses;
  private final Function function;
  private final Callees callees;
  private final Replacements replacements;
  private final InlinedBody bodies;

  /** Sites that are looked at now. */
  private List<Site> sites = new ArrayList<>();

  /** Those found meanwhile. */
  private List<Site> found = new ArrayList<>();

  /** By instruction: the chosen site that it is the call of. */
  private @Nullable Site[] chosen = new Site[0];

  private int budget;
  private boolean changed;

  private InlineCalls(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    callees = function.callees;
    replacements = new Replacements(function);
    bodies = new InlinedBody(function, replacements, this::found);
  }

  public static void run(Analyses analyses) {
    if (analyses.function().callees != Callees.UNKNOWN) {
      new InlineCalls(analyses).run();
    }
  }

  private void run() {
    findOwnCalls();
    while (!sites.isEmpty()) {
      choose();
      for (Site site : sites) {
        Block block = site.call.block;
        if (block != null && chosen[site.call.id] == site) {
          rewrite(block);
        }
      }
      sites.clear();
      List<Site> next = found;
      found = sites;
      sites = next;
    }
    if (changed) {
      analyses.invalidate();
      replacements.resolveEverywhere(analyses);
      RemoveUnreachable.run(analyses);
    }
  }

  private void findOwnCalls() {
    ControlFlow flow = analyses.controlFlow();
    int size = 0;
    for (int i = 0; i < flow.size(); i++) {
      for (Inst inst = flow.block(i).first; inst != null; inst = inst.next) {
        size += Callee.cost(inst);
        Callee callee = inst.op == Opcode.CALL_DIRECT ? callees.find(inst.imm) : null;
        if (callee != null) {
          sites.add(new Site(inst, callee, analyses.loops().depthOf(i), null));
        }
      }
    }
    budget = MAX_GROWTH + size;
  }

  /** A call came with what {@code outer} became. */
  private void found(Inst call, int loopDepth, Site outer) {
    Callee callee = outer.depth == MAX_DEPTH ? null : callees.find(call.imm);
    if (callee != null) {
      found.add(new Site(call, callee, loopDepth, outer));
    }
  }

  // Choice.

  private void choose() {
    if (chosen.length < function.instCount()) {
      chosen = Arrays.copyOf(chosen, function.instCount());
    }
    choose(true);
    choose(false);
  }

  /** Calls in loops come first, as long as there is something left of the budget. */
  private void choose(boolean inLoops) {
    for (Site site : sites) {
      if (site.loopDepth > 0 == inLoops && site.call.block != null) {
        int growth = site.callee.size() - Callee.cost(site.call);
        if (growth <= limit(site) && function.inlineSites.hasRoom(site.callee.length())) {
          chosen[site.call.id] = site;
          budget -= Math.max(0, growth);
        }
      }
    }
  }

  /** How much code {@code site} may add. */
  private int limit(Site site) {
    Block block = site.call.block;
    int recursion = recursion(site);
    if (block == null || recursion > MAX_RECURSION || site.callee.isRecursive() && recursion == 0) {
      return Integer.MIN_VALUE;
    }
    if (block.cold) {
      return 0;
    }
    if (site.callee.calledOnce() && site.outer == null) {
      return LIMIT_CALLED_ONCE;
    }
    int limit = site.loopDepth > 0 ? LIMIT_IN_LOOP : LIMIT;
    return Math.min(recursion > 0 ? LIMIT_RECURSIVE : limit, Math.max(0, budget));
  }

  /** How often the callee is among the functions that the call stands in. */
  private int recursion(Site site) {
    int count = site.call.imm == function.symbol ? 1 : 0;
    for (Site at = site.outer; at != null; at = at.outer) {
      count += at.call.imm == site.call.imm ? 1 : 0;
    }
    return count;
  }

  // Replacement.

  /** Replaces all chosen calls of {@code block}, whose rest moves to other blocks then. */
  private void rewrite(Block block) {
    changed = true;
    Inst inst = block.first;
    block.first = null;
    block.last = null;
    Block current = block;
    while (inst != null && current != null) {
      Inst next = inst.next;
      Site site = inst.id < chosen.length ? chosen[inst.id] : null;
      if (site == null) {
        current.append(inst);
      } else {
        chosen[inst.id] = null;
        current = bodies.insert(current, site, next);
        while (next != null && next.op == Opcode.RESULT && next.args[0] == inst) {
          next = next.next;
        }
      }
      inst = next;
    }
    // The callee never returns: what follows is not reached.
    for (; inst != null; inst = inst.next) {
      inst.block = null;
    }
  }
}
