package dev.tazza.wasm;

import java.util.Objects;

/**
 * A pool of instances or stacks has none left: so many are in use at this moment. Closing a store
 * makes place; what was asked for can be tried again.
 */
public final class PoolExhaustedException extends ResourceLimitException {

  private static final long serialVersionUID = 1L;

  private final String kind;
  private final int limit;

  /**
   * @param kind what there is none of, in one word: {@code instance} or {@code stack}
   * @param limit how many there are
   */
  public PoolExhaustedException(String kind, int limit) {
    super("maximum concurrent " + kind + " limit of " + limit + " reached");
    this.kind = Objects.requireNonNull(kind, "kind");
    this.limit = limit;
  }

  /** What there is none of: {@code instance} or {@code stack}. */
  public String kind() {
    return kind;
  }

  /** How many there are, all of them in use. */
  public int limit() {
    return limit;
  }
}
