package dev.tazza.codegen.opt.inline;

import dev.tazza.codegen.ir.Function;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.opt.inline.InlineCalls.Site;
import java.util.List;

/**
 * Inlining policy: all that decides which calls of one function are replaced. A client only tells
 * what there is ({@link CalleeSource}).
 *
 * <p>What is inlined is what hardly makes the code larger ({@link InlineCost}), more inside of
 * loops, and a recursive function into itself, a few levels deep; where that ends, the caller does
 * the test of an {@link EarlyReturn} before it calls. A budget for the growth bounds it all, so
 * that the time stays linear.
 */
final class InlinePolicy {
  // Which functions are made in order to be looked at, by their length, in source positions.

  private static final int SHORT = 64;

  /**
   * And those up to this length with several 64-bit products: the one of 128 bits, which Rust and C
   * call as a function, is a few instructions of the processor.
   */
  private static final int SHORT_ARITHMETIC = 160;

  private static final int PRODUCTS = 4;

  /** Up to this many functions are guessed to be what a call by reference reaches. */
  private static final int MAX_GUESSES = 6;

  // What a caller may test in the place of a callee.

  static final int EARLY_RETURN_BLOCKS = 4;
  static final int EARLY_RETURN_SIZE = 6;

  /** Levels of a recursive function in itself, beyond the first. */
  private static final int MAX_RECURSION = 7;

  /** Calls within calls that are looked at; the last ones of a recursion are only guarded. */
  private static final int MAX_DEPTH = MAX_RECURSION + 1;

  // How much more code than the call a callee may be, in instructions.

  private static final int LIMIT = 0;
  private static final int LIMIT_IN_LOOP = 8;
  private static final int LIMIT_RECURSIVE = 30;

  /** What a function may grow by: this, and one part in {@link #GROWTH_PART} of its own size. */
  private static final int MAX_GROWTH = 60;

  private static final int GROWTH_PART = 16;

  /** What recursion may add to a function. */
  private static final int MAX_RECURSIVE_GROWTH = 400;

  private final Function function;
  private int budget;
  private int recursiveBudget = MAX_RECURSIVE_GROWTH;

  /** For the calls of {@code function}, of which nothing is replaced yet. */
  InlinePolicy(Function function) {
    this.function = function;
    budget = MAX_GROWTH + function.instCount() / GROWTH_PART;
  }

  /** Whether a function is worth making. */
  static boolean isCandidate(CalleeSource source, int symbol) {
    int length = source.end(symbol) - source.start(symbol);
    return length <= SHORT || length <= SHORT_ARITHMETIC && source.products(symbol) >= PRODUCTS;
  }

  /** Whether calls by reference should try these functions first. */
  static boolean areGuesses(List<CalleeSource.Reference> references, boolean[] isCandidate) {
    boolean allShort = true;
    for (CalleeSource.Reference reference : references) {
      allShort &= isCandidate[reference.symbol()];
    }
    return allShort && references.size() <= MAX_GUESSES;
  }

  /**
   * Whether {@code callee} will be inlined in a loop, instead of a call by reference, once it is
   * known to be what is called.
   */
  static boolean isWorthGuessing(Callee callee, Inst call) {
    int referenceAndAddress = 2;
    int growth = callee.size() - (InlineCost.of(call) - referenceAndAddress);
    return !callee.isRecursive() && growth <= LIMIT_IN_LOOP;
  }

  /** Whether {@code site} might ever be inlined, whatever it stands in. */
  static boolean isThinkable(Site site) {
    return site.growth <= Math.max(LIMIT_IN_LOOP, LIMIT_RECURSIVE);
  }

  /** Whether it matters for {@code site} how many loops it stands in. */
  static boolean dependsOnLoops(Site site) {
    return site.growth > LIMIT;
  }

  /** Whether calls that came with {@code outer} are looked at. */
  static boolean looksInto(Site outer) {
    return outer.depth < MAX_DEPTH;
  }

  /** Whether to inline; takes what that costs from the budget. */
  boolean isWorthwhile(Site site, boolean cold) {
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
  boolean isGuarded(Site site, boolean cold) {
    EarlyReturn early = site.callee.earlyReturn();
    if (cold || early == null || early.size() > recursiveBudget || recursion(site) == 0) {
      return false;
    }
    if (site.call.op.isTailCall()) {
      return false;
    }
    recursiveBudget -= early.size();
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
}
