package dev.tazza.codegen;

import dev.tazza.codegen.Settings.OptLevel;
import java.util.List;

/** Which passes run, in which order, for each optimization level. */
public final class PassList {
  /** If both are in a list, each {@code first} stands before each {@code then}. */
  private record Order(Pass first, Pass then, String reason) {}

  private static final List<Order> ORDERS =
      List.of(
          new Order(
              Pass.REMOVE_UNREACHABLE,
              Pass.SPLIT_CRITICAL_EDGES,
              "edges from unreachable blocks would look critical"));

  /** Stand in every list. */
  private static final List<Pass> ALWAYS =
      List.of(Pass.REMOVE_UNREACHABLE, Pass.SPLIT_CRITICAL_EDGES);

  private static final PassList NONE =
      new PassList(List.of(Pass.REMOVE_UNREACHABLE, Pass.SPLIT_CRITICAL_EDGES));
  private static final PassList SPEED =
      new PassList(
          List.of(
              Pass.REMOVE_UNREACHABLE,
              Pass.REMOVE_REDUNDANT_PARAMS,
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.SIMPLIFY,
              Pass.ELIMINATE_DEAD_CODE,
              Pass.SIMPLIFY_CONTROL_FLOW,
              Pass.SPLIT_CRITICAL_EDGES));

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
  public static PassList of(OptLevel level) {
    return switch (level) {
      case NONE -> NONE;
      case SPEED, SPEED_AND_SIZE -> SPEED;
    };
  }

  public List<Pass> passes() {
    return passes;
  }
}
