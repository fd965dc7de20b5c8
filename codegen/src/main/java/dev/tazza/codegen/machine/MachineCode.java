package dev.tazza.codegen.machine;

import dev.tazza.codegen.ir.InlineSites;

/**
 * A compiled function: position-independent bytes and the tables that go with them. All offsets are
 * relative to the start of {@code code}.
 *
 * @param code instructions, then constants that they address relative to the pc; to be placed at a
 *     multiple of {@code alignment}
 * @param alignment a power of two, at least 16
 * @param callOffsets where direct calls are to be completed ({@link Isa#linkCall}), ascending
 * @param callSymbols the symbols those calls go to
 * @param trapOffsets pcs that may trap, ascending
 * @param trapCodes their trap codes
 * @param locOffsets pcs at which the source position changes, ascending
 * @param locs the source positions from there on (-1: none). A return address is looked up by the
 *     byte before it.
 * @param inlineSites what the source positions stand for that are not of the function itself
 * @param frame bytes of its stack frame below the frame pointer; -1: it makes none, and the frame
 *     pointer is the caller's while it runs
 * @param homes displacement from the frame pointer of what the frame keeps for debuggers; 0:
 *     nothing
 * @param sites what is known of its calls
 * @param variables where debuggers find the client's variables
 */
public record MachineCode(
    byte[] code,
    int alignment,
    int[] callOffsets,
    int[] callSymbols,
    int[] trapOffsets,
    int[] trapCodes,
    int[] locOffsets,
    int[] locs,
    InlineSites inlineSites,
    int frame,
    int homes,
    CallSites sites,
    VariableTable variables) {}
