package dev.tazza.codegen.machine;

/**
 * What code for all targets asks of a target's instructions, which it does not look into.
 * Implementations are stateless and safe for use from several threads.
 *
 * @param <I> the target's instructions
 */
public interface InstSet<I> {
  /**
   * Adds {@code inst} at the end of {@code code}, with its operands and all that the register
   * allocator has to know of it.
   */
  void append(VCode<I> code, I inst, int loc);

  /**
   * What a landing pad begins with: no register holds anything there.
   *
   * @param context a virtual register that must be in memory then, or -1
   */
  I landing(int context);

  /** The one instruction that jumps to its block's only successor. */
  I jump();
}
