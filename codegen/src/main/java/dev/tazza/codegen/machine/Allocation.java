package dev.tazza.codegen.machine;

/**
 * The result of register allocation; the code itself is not changed.
 *
 * <p>Edits are in order of their points and, at one point, in the order in which they run (parallel
 * moves are already in sequence, cycles broken through the scratch register). Point {@code 2 *
 * inst} is before the instruction, {@code 2 * inst + 1} after it. Moves on an edge stand before the
 * predecessor's terminator or at the start of the successor's first instruction.
 *
 * @param locs a {@link Loc} for each operand, by operand index; {@link Loc#NONE} for the only
 *     operand of an instruction that can be repeated ({@link VCode#setRemat}) means to leave the
 *     instruction out here
 * @param editPoint the points
 * @param editFrom the {@link Loc} to copy from, or {@code -1 - inst}: repeat that instruction
 *     (rematerialize) into editTo, a register or a slot
 * @param editTo the {@link Loc} to copy to; slot to slot is allowed and goes through the scratch
 *     register
 * @param editKind {@link VRegKind} ordinals of what is moved
 * @param editCount how many of the edit arrays' entries are used
 * @param slots number of 8-byte spill slots
 * @param usedRegs mask of all registers written by definitions and edits; clobbers, and the
 *     incoming values that the first instruction defines in fixed registers, are not counted
 * @param refs where references are during calls
 * @param variables where the client's variables are
 */
public record Allocation(
    int[] locs,
    int[] editPoint,
    int[] editFrom,
    int[] editTo,
    byte[] editKind,
    int editCount,
    int slots,
    long usedRegs,
    LiveRefs refs,
    VariablePlaces variables) {
  /** The same with what debuggers are to be told. */
  public Allocation with(VariablePlaces places) {
    return new Allocation(
        locs, editPoint, editFrom, editTo, editKind, editCount, slots, usedRegs, refs, places);
  }
}
