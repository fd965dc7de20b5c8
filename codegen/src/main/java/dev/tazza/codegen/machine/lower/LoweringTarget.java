package dev.tazza.codegen.machine.lower;

import dev.tazza.codegen.machine.InstSet;

/**
 * A target as {@link Lowering} sees it. Implementations are stateless and safe for use from several
 * threads.
 *
 * @param <I> the target's instructions
 */
public interface LoweringTarget<I> {
  InstSet<I> insts();

  LowBits lowBits();

  /** A selector for the function of {@code selection}, to whose buffer it adds. */
  Selector selector(Selection<I> selection);
}
