package dev.tazza.codegen.machine;

/**
 * Gives every operand of a function a place. Implementations are stateless and safe for use from
 * several threads.
 */
public interface RegisterAllocator {
  /**
   * Allocates for one function.
   *
   * @throws dev.tazza.codegen.CodeLimitException when it takes too much to describe
   */
  Allocation allocate(VCode<?> code, RegisterFile registers);
}
