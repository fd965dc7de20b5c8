package dev.tazza.codegen.machine;

/**
 * The registers that the allocator may use.
 *
 * @param intOrder allocatable integer registers, preferred first (caller-saved before callee-saved)
 * @param floatOrder allocatable float registers, preferred first
 * @param calleeSaved mask of registers that cost a save and a restore in the prologue when used
 * @param scratch a float register, never allocated, for breaking cycles and moves between slots; it
 *     can hold a value of either class
 */
public record RegisterFile(int[] intOrder, int[] floatOrder, long calleeSaved, int scratch) {}
