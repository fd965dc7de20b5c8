package dev.tazza.sandbox;

/**
 * A piece of a text and what it is for.
 *
 * @param callee what calls of it call, see {@link Callees}
 */
record Piece(String name, int offset, int size, Role role, int callee) {}
