package dev.tazza.codegen.machine;

/**
 * Gives every operand of a function a place. Implementations are stateless and safe for use from
 * several threads.
 */
public interface RegisterAllocator {
  Allocation allocate(VCode<?> code, RegisterFile registers);
}
