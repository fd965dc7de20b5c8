package dev.tazza.codegen;

import dev.tazza.codegen.Settings.Effort;
import java.util.List;
import java.util.Set;

/** Which passes run, in which order, for each optimization level. */
public final class PassList {
  /** If both are in a list, each {@code first} stands before each {@code then}. */
  private record Order(Pass first, Pass then, String reason) {}

  private static final List<Order> ORDERS =
      List.of(
          new Order(
              Pass.GUESS_CALLEES,
              Pass.INLINE_CALLS,
              "what was guessed is called directly in order to be inlined"),
          new Order(
              Pass.LOOP_TAIL_CALLS,
              Pass.REMOVE_REDUNDANT_PARAMS,
              "parameters that each round gives on are no parameters of the loop"),
          new Order(
              Pass.INLINE_CALLS,
              Pass.REMOVE_REDUNDANT_PARAMS,
              "where a callee returns to, all its results may be the same"),
          new Order(
              Pass.REMOVE_UNREACHABLE,
              Pass.SPLIT_CRITICAL_EDGES,
              "edges from unreachable blocks would look critical"),
          new Order(
              Pass.UNROLL_LOOPS,
              Pass.REMOVE_REDUNDANT_PARAMS,
              "the parameters of a loop that is gone have one value"),
          new Order(
              Pass.UNROLL_LOOPS,
              Pass.SIMPLIFY_CONTROL_FLOW,
              "what was a loop joins its neighbours"),
          new Order(
              Pass.UNROLL_LOOPS, Pass.NUMBER_VALUES, "rounds have much in common with each other"),
          new Order(
              Pass.REMOVE_REDUNDANT_PARAMS,
              Pass.NUMBER_VALUES,
              "a parameter hides that its value is the same as another"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.HOIST_INVARIANTS,
              "of equal computations one is to be hoisted, and its operands must be known to be"
                  + " outside"),
          new Order(Pass.INSERT_PREHEADERS, Pass.HOIST_INVARIANTS, "that is where invariants go"),
          new Order(
              Pass.INSERT_PREHEADERS,
              Pass.WIDEN_ELEMENT_LOOPS,
              "that is where the loop of words goes"),
          new Order(
              Pass.WIDEN_ELEMENT_LOOPS,
              Pass.WIDEN_ADDRESSES,
              "addresses must still be made of 32-bit indexes"),
          new Order(
              Pass.WIDEN_ELEMENT_LOOPS,
              Pass.HOIST_INVARIANTS,
              "what a new loop does not change must leave it, too"),
          new Order(
              Pass.INSERT_PREHEADERS,
              Pass.WIDEN_ADDRESSES,
              "where a loop counter begins must be one value"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.WIDEN_ADDRESSES,
              "the algebra brings constants to where they are looked for"),
          new Order(
              Pass.WIDEN_ADDRESSES, Pass.HOIST_INVARIANTS, "parts of addresses may be invariant"),
          new Order(
              Pass.INSERT_PREHEADERS,
              Pass.ELIMINATE_BOUNDS_CHECKS,
              "where a loop counter begins must be one value"),
          new Order(
              Pass.ELIMINATE_BOUNDS_CHECKS,
              Pass.HOIST_BOUNDS_CHECKS,
              "what needs no check needs none before the loop"),
          new Order(
              Pass.HOIST_BOUNDS_CHECKS,
              Pass.HOIST_INVARIANTS,
              "what is left of a check may be invariant in an outer loop"),
          new Order(
              Pass.HOIST_BOUNDS_CHECKS,
              Pass.ELIMINATE_DEAD_CODE,
              "what was compared must not be compiled"),
          new Order(
              Pass.ELIMINATE_BOUNDS_CHECKS,
              Pass.HOIST_INVARIANTS,
              "a check that is there for nothing keeps loads from leaving a loop"),
          new Order(
              Pass.ELIMINATE_BOUNDS_CHECKS,
              Pass.ELIMINATE_DEAD_CODE,
              "what was compared must not be compiled"),
          new Order(
              Pass.WIDEN_ADDRESSES,
              Pass.ELIMINATE_DEAD_CODE,
              "the narrow counter must not be compiled"),
          new Order(
              Pass.HOIST_INVARIANTS,
              Pass.THREAD_JUMPS,
              "the loop around the switch vanishes, and with it the place for its invariants"),
          new Order(
              Pass.THREAD_JUMPS,
              Pass.ELIMINATE_DEAD_CODE,
              "blocks get parameters that not all of them need"),
          new Order(
              Pass.HOIST_INVARIANTS,
              Pass.ELIMINATE_DEAD_CODE,
              "what folding left over must not be compiled"),
          new Order(
              Pass.WIDEN_ADDRESSES,
              Pass.UNROLL_OPEN_LOOPS,
              "the counters of a loop of several rounds are not found"),
          new Order(
              Pass.HOIST_INVARIANTS,
              Pass.UNROLL_OPEN_LOOPS,
              "what does not change need not be repeated"),
          new Order(
              Pass.UNROLL_OPEN_LOOPS,
              Pass.COMPARE_NEXT_VALUES,
              "only the last of the rounds goes back"),
          new Order(
              Pass.UNROLL_OPEN_LOOPS,
              Pass.SPLIT_CRITICAL_EDGES,
              "the ways out of the rounds are critical"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.ELIMINATE_DEAD_STORES,
              "loads that get their value from a store must not keep it alive"),
          new Order(
              Pass.ELIMINATE_DEAD_STORES,
              Pass.ELIMINATE_DEAD_CODE,
              "what was stored may be dead then"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.COMPARE_NEXT_VALUES,
              "the algebra would turn the comparison back"),
          new Order(
              Pass.COMPARE_NEXT_VALUES,
              Pass.ELIMINATE_DEAD_CODE,
              "the comparison before must not count as a use"),
          new Order(
              Pass.COMPARE_NEXT_VALUES,
              Pass.SPLIT_CRITICAL_EDGES,
              "next values stand on the back edge of the branch itself"),
          new Order(
              Pass.UNROLL_OPEN_LOOPS, Pass.THIN_POLLS, "rounds are counted as they are at last"),
          new Order(
              Pass.ELIMINATE_DEAD_CODE,
              Pass.THIN_POLLS,
              "a counter that only a poll reads must not be kept"),
          new Order(Pass.LOOK_UP_VALUES, Pass.THIN_POLLS, "a loop around many cases is not short"),
          new Order(
              Pass.SPLIT_CRITICAL_EDGES,
              Pass.THIN_POLLS,
              "what enters a loop must have a block of its own"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.LOCALIZE_CONSTANTS,
              "equal constants would become one again"),
          new Order(
              Pass.NUMBER_VALUES,
              Pass.SINK_INTO_PADS,
              "what is loaded again would become one again"),
          new Order(
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.SELECT_VALUES,
              "blocks in which ways meet that need not would hide where they lead"),
          new Order(
              Pass.THREAD_JUMPS,
              Pass.LOOK_UP_VALUES,
              "what a case leads to may be decided by its constant"),
          new Order(
              Pass.HOIST_INVARIANTS,
              Pass.LOOK_UP_VALUES,
              "nothing may be looked up before the index was tested"),
          new Order(
              Pass.LOOK_UP_VALUES,
              Pass.SPLIT_CRITICAL_EDGES,
              "each case would have a block on its edge"),
          new Order(
              Pass.SELECT_VALUES,
              Pass.SPLIT_CRITICAL_EDGES,
              "ways that share a block on an edge are no longer those of one branch"),
          new Order(
              Pass.SPLIT_CRITICAL_EDGES,
              Pass.LOCALIZE_CONSTANTS,
              "a constant is made only on the way that needs it"),
          new Order(
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.SPLIT_CRITICAL_EDGES,
              "the blocks on critical edges look superfluous"),
          new Order(Pass.SPLIT_CRITICAL_EDGES, Pass.LAY_OUT_BLOCKS, "new blocks need a place too"));

  /** Stand in every list. */
  private static final List<Pass> ALWAYS =
      List.of(Pass.REMOVE_UNREACHABLE, Pass.SPLIT_CRITICAL_EDGES);

  private static final PassList NONE =
      new PassList(List.of(Pass.REMOVE_UNREACHABLE, Pass.SPLIT_CRITICAL_EDGES));
  private static final PassList SPEED =
      new PassList(
          List.of(
              // Before, so that calls in such loops are known to be; after, for tail calls that
              // came with what was inlined.
              Pass.LOOP_TAIL_CALLS,
              Pass.GUESS_CALLEES,
              Pass.INLINE_CALLS,
              Pass.LOOP_TAIL_CALLS,
              Pass.REMOVE_UNREACHABLE,
              Pass.PLACE_CHARGES, // where there is nothing to take, branches can go
              Pass.UNROLL_LOOPS,
              Pass.REMOVE_REDUNDANT_PARAMS,
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.NUMBER_VALUES,
              Pass.INSERT_PREHEADERS,
              Pass.WIDEN_ELEMENT_LOOPS,
              Pass.WIDEN_ADDRESSES,
              Pass.ELIMINATE_BOUNDS_CHECKS,
              Pass.HOIST_BOUNDS_CHECKS,
              Pass.HOIST_INVARIANTS,
              Pass.THREAD_JUMPS,
              Pass.UNROLL_OPEN_LOOPS,
              Pass.COMPARE_NEXT_VALUES,
              Pass.ELIMINATE_DEAD_STORES,
              Pass.ELIMINATE_DEAD_CODE,
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.LOOK_UP_VALUES,
              Pass.SELECT_VALUES,
              Pass.SINK_INTO_PADS,
              Pass.SPLIT_CRITICAL_EDGES,
              Pass.THIN_POLLS,
              Pass.PLACE_CHARGES, // again: unrolled, and with a block on each critical edge
              Pass.LOCALIZE_CONSTANTS,
              Pass.LAY_OUT_BLOCKS));

  /** What repeats code, to save jumps and tests. */
  private static final Set<Pass> REPEATING =
      Set.of(
          Pass.GUESS_CALLEES,
          Pass.INLINE_CALLS,
          Pass.UNROLL_LOOPS,
          Pass.UNROLL_OPEN_LOOPS,
          Pass.WIDEN_ELEMENT_LOOPS,
          Pass.THREAD_JUMPS);

  /** Apart, since most processes need none. */
  private static final class SpeedAndSize {
    static final PassList LIST = SPEED.without(REPEATING);
  }

  /** What {@link #followable} leaves out. */
  private static final Set<Pass> HARD_TO_FOLLOW =
      Set.of(
          Pass.WIDEN_ELEMENT_LOOPS, Pass.WIDEN_ADDRESSES,
          Pass.ELIMINATE_BOUNDS_CHECKS, Pass.HOIST_BOUNDS_CHECKS);

  private static final List<Pass> CALLEE =
      List.of(
          Pass.LOOP_TAIL_CALLS,
          Pass.REMOVE_UNREACHABLE,
          Pass.PLACE_CHARGES,
          Pass.REMOVE_REDUNDANT_PARAMS,
          Pass.SIMPLIFY_CONTROL_FLOW,
          Pass.NUMBER_VALUES,
          Pass.ELIMINATE_DEAD_CODE,
          Pass.SIMPLIFY_CONTROL_FLOW);

  private final List<Pass> passes;

  private PassList(List<Pass> passes) {
    this.passes = passes;
    check(passes);
  }

  private static void check(List<Pass> passes) {
    if (!passes.containsAll(ALWAYS)) {
      throw new IllegalStateException("lowering needs " + ALWAYS + ", there is " + passes);
    }
    for (Order order : ORDERS) {
      int first = passes.lastIndexOf(order.first);
      int then = passes.indexOf(order.then);
      if (first >= 0 && then >= 0 && first > then) {
        throw new IllegalStateException(
            order.first + " must come before " + order.then + ": " + order.reason);
      }
    }
  }

  /** The list for a level. */
  public static PassList of(Effort level) {
    return switch (level) {
      case NONE -> NONE;
      case SPEED -> SPEED;
      case SPEED_AND_SIZE -> SpeedAndSize.LIST;
    };
  }

  /**
   * This list without the passes that compute addresses in ways that are right for reasons which
   * stand elsewhere in a loop: whoever reads the machine code may not find them.
   */
  public PassList followable() {
    return without(HARD_TO_FOLLOW);
  }

  private PassList without(Set<Pass> some) {
    return new PassList(passes.stream().filter(pass -> !some.contains(pass)).toList());
  }

  /** What runs over a function once before copies of it are inlined. */
  public static List<Pass> forCallees() {
    return CALLEE;
  }

  public List<Pass> passes() {
    return passes;
  }
}
