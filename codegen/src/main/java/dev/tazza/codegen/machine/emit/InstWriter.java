package dev.tazza.codegen.machine.emit;

import dev.tazza.codegen.machine.Loc;

/**
 * Writes out a function's instructions: the target's part of {@link Emitter}.
 *
 * @param <I> the target's instructions
 */
public interface InstWriter<I> {
  /** The function's beginning. */
  void enter();

  /**
   * What follows is in block number {@code block}.
   *
   * @param following the block that is written next, or -1
   */
  void startBlock(int block, int following);

  /** The instruction on which {@link Emission#start} has started. */
  void emit(I inst);

  /** Copies {@code bytes} (8 or 16) from one {@link Loc} to another. */
  void move(int bytes, int from, int to);

  /** The constant that {@code inst} makes, into a {@link Loc}. */
  void repeat(I inst, int to);

  /** What stands behind all blocks and code out of line, but for constants. */
  void finish();
}
