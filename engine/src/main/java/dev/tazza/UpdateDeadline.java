package dev.tazza;

/** What an epoch callback wants to happen: see {@link Store#epochDeadlineCallback}. */
public sealed interface UpdateDeadline {
  /** The guest goes on until {@code ticks} more epochs have begun; as an unsigned number. */
  record ContinueWith(long ticks) implements UpdateDeadline {}

  /**
   * The guest of an asynchronous call lets others have their turn, and goes on then until {@code
   * ticks} more epochs have begun.
   */
  record Yield(long ticks) implements UpdateDeadline {}

  /** The guest traps. */
  record Interrupt() implements UpdateDeadline {}

  /**
   * The guest goes on.
   *
   * @param ticks how many more epochs, 1 or more; as an unsigned number
   */
  static UpdateDeadline continueWith(long ticks) {
    if (ticks == 0) {
      throw new IllegalArgumentException("a deadline that has come already: 0 ticks");
    }
    return new ContinueWith(ticks);
  }

  /**
   * The guest lets others have their turn on the executor of its store, and goes on then; for calls
   * by {@link Func#callAsync} only.
   *
   * @param ticks how many more epochs it may go on for, 1 or more; as an unsigned number
   */
  static UpdateDeadline yield(long ticks) {
    if (ticks == 0) {
      throw new IllegalArgumentException("a deadline that has come already: 0 ticks");
    }
    return new Yield(ticks);
  }

  /** The guest traps with {@link dev.tazza.wasm.TrapCode#INTERRUPT}. */
  static UpdateDeadline trap() {
    return new Interrupt();
  }
}
