package dev.tazza.vm.isa;

/**
 * A piece of machine code.
 *
 * @param bytes the code, which runs at any address
 * @param entries offsets of its entry points, in an order that its maker tells
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AssembledCode(byte[] bytes, int... entries) {}
