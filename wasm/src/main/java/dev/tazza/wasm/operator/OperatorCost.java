package dev.tazza.wasm.operator;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What each operator takes of a store's fuel. By default 1, but nothing for those that only give
 * code its structure: {@code nop}, {@code drop}, {@code block}, {@code loop}, {@code else}, {@code
 * end}, {@code return} and {@code unreachable}.
 *
 * <p>{@code memory.copy}, {@code memory.fill} and {@code memory.init} take {@link #perByte} more
 * for each byte, and {@code table.copy}, {@code table.fill} and {@code table.init} {@link
 * #perElement} for each element; by default 1.
 *
 * <p>Immutable.
 */
public final class OperatorCost {
  /** The most that an operator, a byte or an element may cost. */
  public static final int MOST = 255;

  /** The costs if nothing else is said. */
  public static final OperatorCost DEFAULT = new OperatorCost(defaults(), 1, 1);

  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** By operator; not negative as unsigned bytes. */
  private final byte[] costs;

  private final int perByte;
  private final int perElement;

  private OperatorCost(byte[] costs, int perByte, int perElement) {
    this.costs = costs;
    this.perByte = perByte;
    this.perElement = perElement;
  }

  private static byte[] defaults() {
    byte[] costs = new byte[Operator.values().length];
    Arrays.fill(costs, (byte) 1);
    Operator[] free = {
      Operator.NOP,
      Operator.DROP,
      Operator.BLOCK,
      Operator.LOOP,
      Operator.ELSE,
      Operator.END,
      Operator.RETURN,
      Operator.UNREACHABLE
    };
    for (Operator operator : free) {
      costs[operator.ordinal()] = 0;
    }
    return costs;
  }

  /**
   * These costs, but for one operator.
   *
   * @throws IllegalArgumentException when {@code cost} is negative or above {@link #MOST}
   */
  public OperatorCost with(Operator operator, int cost) {
    byte[] changed = costs.clone();
    changed[operator.ordinal()] = (byte) checked(operator.mnemonic(), cost);
    return new OperatorCost(changed, perByte, perElement);
  }

  /**
   * These costs, but for the bytes that are copied, filled and initialized at once.
   *
   * @throws IllegalArgumentException when {@code cost} is negative or above {@link #MOST}
   */
  public OperatorCost withPerByte(int cost) {
    return new OperatorCost(costs, checked("a byte", cost), perElement);
  }

  /**
   * These costs, but for the elements of tables that are copied, filled and initialized at once.
   *
   * @throws IllegalArgumentException when {@code cost} is negative or above {@link #MOST}
   */
  public OperatorCost withPerElement(int cost) {
    return new OperatorCost(costs, perByte, checked("an element", cost));
  }

  private static int checked(String what, int cost) {
    if (cost < 0 || cost > MOST) {
      throw new IllegalArgumentException(
          "%s costs from 0 to %d, not %d".formatted(what, MOST, cost));
    }
    return cost;
  }

  /** What an operator costs. */
  public int of(Operator operator) {
    return costs[operator.ordinal()] & 0xff;
  }

  /** What each byte costs that is copied, filled or initialized at once. */
  public int perByte() {
    return perByte;
  }

  /** What each element of a table costs that is copied, filled or initialized at once. */
  public int perElement() {
    return perElement;
  }

  /** A number that tells costs apart; 0 for the default. */
  public long digest() {
    return digest(this) ^ digest(DEFAULT);
  }

  /** FNV-1a. */
  private static long digest(OperatorCost cost) {
    long hash = FNV_BASIS;
    for (byte each : cost.costs) {
      hash = (hash ^ each) * FNV_PRIME;
    }
    return (hash ^ cost.perByte) * FNV_PRIME ^ (long) cost.perElement << Integer.SIZE;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OperatorCost that
        && Arrays.equals(costs, that.costs)
        && perByte == that.perByte
        && perElement == that.perElement;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(costs) + perByte) + perElement;
  }

  @Override
  public String toString() {
    return equals(DEFAULT) ? "default" : "other";
  }
}
