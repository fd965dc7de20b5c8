package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.Callee;
import dev.tazza.codegen.ir.Callees;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.EarlyReturn;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.UnknownCallees;
import dev.tazza.codegen.opt.RemoveUnreachable;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inlining: replaces calls by the body of the callee, as far as {@link Function#callees} knows it.
 * Goes from the function down: first its own calls, then those that came with what was inlined, and
 * so on. What a callee becomes in other callers plays no role, so functions can be compiled in any
 * order.
 *
 * <p>What is inlined is what hardly makes the code larger, more inside of loops, and a recursive
 * function into itself, a few levels deep; where that ends, the caller does the test of an {@link
 * EarlyReturn} before it calls. A budget for the growth bounds it all, so that the time stays
 * linear.
 *
 * <p>Requires nothing. Preserves reducibility. Invalidates all analyses when it changed anything,
 * and leaves no unreachable blocks then.
 */
public final class InlineCalls {
  /** Levels of a recursive function in itself, beyond the first. */
  private static final int MAX_RECURSION = 7;

  /** Calls within calls that are looked at; the last ones of a recursion are only guarded. */
  private static final int MAX_DEPTH = MAX_RECURSION + 1;

  // How much more code than the call a callee may be, in instructions.

  private static final int LIMIT = 0;
  static final int LIMIT_IN_LOOP = 8;
  private static final int LIMIT_RECURSIVE = 30;

  /** What a function may grow by: this, and one part in {@link #GROWTH_PART} of its own size. */
  private static final int MAX_GROWTH = 60;

  private static final int GROWTH_PART = 16;

  /** What recursion may add to a function. */
  private static final int MAX_RECURSIVE_GROWTH = 400;

  /** A call that may be replaced. */
  static final class Site {
    final Inst call;
    final Callee callee;

    /** By how many instructions the code gets longer; may be negative. */
    final int growth;

    /** The site that this call came with. */
    final @Nullable Site outer;

    final int depth;
    int loopDepth;

    /** What to do before the call, which stays; null to replace the call. */
    @Nullable EarlyReturn guard;

    Site(Inst call, Callee callee, @Nullable Site outer) {
      this.call = call;
      this.callee = callee;
      this.outer = outer;
      growth = callee.growth(call);
      depth = outer == null ? 1 : outer.depth + 1;
    }
  }

  private final Analyses analyses;
  private final Function function;
  private final Callees callees;
  private final Replacements replacements;
  private final InlinedBody bodies;
  private final GuardedCall guards;

  /** Sites that are looked at now. */
  private List<Site> sites = new ArrayList<>();

  /** Those found meanwhile. */
  private List<Site> found = new ArrayList<>();

  /** By instruction: the chosen site that it is the call of. */
  private @Nullable Site[] chosen = new Site[0];

  private int budget;
  private int recursiveBudget = MAX_RECURSIVE_GROWTH;
  private boolean changed;

  private InlineCalls(Analyses analyses) {
    this.analyses = analyses;
    function = analyses.function();
    callees = function.callees;
    replacements = new Replacements(function);
    bodies = new InlinedBody(function, replacements, this::found);
    guards = new GuardedCall(function, replacements);
  }

  public static void run(Analyses analyses) {
    if (analyses.function().callees != UnknownCallees.INSTANCE) {
      new InlineCalls(analyses).run();
    }
  }

  private void run() {
    findOwnCalls();
    while (!sites.isEmpty()) {
      chosen = new Site[function.instCount()];
      choose(true);
      choose(false);
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
    boolean loopsMatter = false;
    for (int i = 0; i < flow.size(); i++) {
      Block block = flow.block(i);
      Inst first = block.hasCalls() ? block.first : null;
      for (Inst inst = first; inst != null; inst = inst.next) {
        if (inst.op.isDirectCall() && add(sites, inst, null)) {
          loopsMatter |= sites.getLast().growth > LIMIT;
        }
      }
    }
    budget = MAX_GROWTH + function.instCount() / GROWTH_PART;
    for (int i = 0; loopsMatter && i < sites.size(); i++) {
      Block block = sites.get(i).call.block;
      sites.get(i).loopDepth = block == null ? 0 : analyses.loops().depthOf(block);
    }
  }

  /** Adds {@code call} to {@code list} if it might ever be inlined. */
  private boolean add(List<Site> list, Inst call, @Nullable Site outer) {
    Callee callee = callees.find(call.imm);
    // A tail call of the function itself is to become a loop.
    if (callee == null || call.op.isTailCall() && call.imm == function.symbol) {
      return false;
    }
    Site site = new Site(call, callee, outer);
    return site.growth <= Math.max(LIMIT_IN_LOOP, LIMIT_RECURSIVE) && list.add(site);
  }

  /** A call came with what {@code outer} became. */
  private void found(Inst call, int loopDepth, Site outer) {
    if (outer.depth < MAX_DEPTH && add(found, call, outer)) {
      found.getLast().loopDepth = loopDepth;
    }
  }

  // Choice.

  /** Calls in loops come first, as long as there is something left of the budget. */
  private void choose(boolean inLoops) {
    for (Site site : sites) {
      Block block = site.call.block;
      if (block != null
          && site.loopDepth > 0 == inLoops
          && (function.inlineSites.hasRoom(site.callee.length()) && isWorthwhile(site, block.cold)
              || isGuarded(site, block.cold))) {
        chosen[site.call.id] = site;
      }
    }
  }

  /** Whether to inline; takes what that costs from the budget. */
  private boolean isWorthwhile(Site site, boolean cold) {
    int cost = Math.max(0, site.growth);
    int recursion = recursion(site);
    if (recursion > 0) {
      boolean fits = cost <= Math.min(LIMIT_RECURSIVE, recursiveBudget);
      if (cold || recursion > MAX_RECURSION || !fits) {
        return false;
      }
      recursiveBudget -= cost;
      return true;
    }
    // Tail calls are how some programs write their loops.
    boolean repeats = site.loopDepth > 0 || site.call.op.isTailCall();
    int limit = repeats ? LIMIT_IN_LOOP : LIMIT;
    if (site.callee.isRecursive() || cost > (cold ? 0 : Math.min(limit, budget))) {
      return false;
    }
    budget -= cost;
    return true;
  }

  /**
   * Whether to do the test of an early return before a recursive call that stays; takes what that
   * costs from the budget.
   */
  private boolean isGuarded(Site site, boolean cold) {
    EarlyReturn early = site.callee.earlyReturn();
    if (cold || early == null || early.size() > recursiveBudget || recursion(site) == 0) {
      return false;
    }
    if (site.call.op.isTailCall()) {
      return false;
    }
    recursiveBudget -= early.size();
    site.guard = early;
    return true;
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
    block.clear();
    Block current = block;
    while (inst != null && current != null) {
      Inst next = inst.next;
      Site site = inst.id < chosen.length ? chosen[inst.id] : null;
      if (site == null) {
        current.append(inst);
      } else {
        chosen[inst.id] = null;
        EarlyReturn guard = site.guard;
        if (inst.op.isTryCall()) {
          if (guard == null) {
            bodies.insertTry(current, site);
          } else {
            guards.insertTry(current, inst, guard);
          }
          return;
        }
        current =
            guard == null
                ? bodies.insert(current, site, next)
                : guards.insert(current, inst, guard, next);
        next = CallResults.skip(inst, next);
      }
      inst = next;
    }
    // The callee never returns: what follows is not reached.
    for (; inst != null; inst = inst.next) {
      inst.block = null;
    }
  }
}
