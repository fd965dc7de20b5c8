package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Block;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.opt.RemoveUnreachable;
import dev.tazza.codegen.opt.edit.CallResults;
import dev.tazza.codegen.opt.edit.Replacements;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inlining: replaces calls by the body of the callee, where {@link InlinePolicy} finds that worth
 * it. Goes from the function down: first its own calls, then those that came with what was inlined,
 * and so on. What a callee becomes in other callers plays no role, so functions can be compiled in
 * any order.
 *
 * <p>Requires nothing. Preserves reducibility. Invalidates all analyses when it changed anything,
 * and leaves no unreachable blocks then.
 */
public final class InlineCalls {
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
  private final InlineCandidates candidates;
  private final InlinePolicy policy;
  private final Replacements replacements;
  private final InlinedBody bodies;
  private final GuardedCall guards;

  /** Sites that are looked at now. */
  private List<Site> sites = new ArrayList<>();

  /** Those found meanwhile. */
  private List<Site> found = new ArrayList<>();

  /** By instruction: the chosen site that it is the call of. */
  private @Nullable Site[] chosen = new Site[0];

  private boolean changed;

  private InlineCalls(Analyses analyses, InlineCandidates candidates) {
    this.analyses = analyses;
    this.candidates = candidates;
    function = analyses.function();
    policy = new InlinePolicy(function);
    replacements = new Replacements(function);
    bodies = new InlinedBody(function, replacements, candidates.source(), this::found);
    guards = new GuardedCall(function, replacements);
  }

  public static void run(Analyses analyses, InlineCandidates candidates) {
    if (!candidates.isEmpty()) {
      new InlineCalls(analyses, candidates).run();
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
          loopsMatter |= InlinePolicy.dependsOnLoops(sites.getLast());
        }
      }
    }
    for (int i = 0; loopsMatter && i < sites.size(); i++) {
      Block block = sites.get(i).call.block;
      sites.get(i).loopDepth = block == null ? 0 : analyses.loops().depthOf(block);
    }
  }

  /** Adds {@code call} to {@code list} if it might ever be inlined. */
  private boolean add(List<Site> list, Inst call, @Nullable Site outer) {
    Callee callee = candidates.find(call.imm);
    // A tail call of the function itself is to become a loop.
    if (callee == null || call.op.isTailCall() && call.imm == function.symbol) {
      return false;
    }
    Site site = new Site(call, callee, outer);
    return InlinePolicy.isThinkable(site) && list.add(site);
  }

  /** A call came with what {@code outer} became. */
  private void found(Inst call, int loopDepth, Site outer) {
    if (InlinePolicy.looksInto(outer) && add(found, call, outer)) {
      found.getLast().loopDepth = loopDepth;
    }
  }

  // Choice.

  /** Calls in loops come first, as long as there is something left of the budget. */
  private void choose(boolean inLoops) {
    for (Site site : sites) {
      Block block = site.call.block;
      if (block == null || site.loopDepth > 0 != inLoops) {
        continue;
      }
      boolean hasRoom = function.inlineSites.hasRoom(site.callee.length());
      if (hasRoom && policy.isWorthwhile(site, block.cold)) {
        chosen[site.call.id] = site;
      } else if (policy.isGuarded(site, block.cold)) {
        site.guard = site.callee.earlyReturn();
        chosen[site.call.id] = site;
      }
    }
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
