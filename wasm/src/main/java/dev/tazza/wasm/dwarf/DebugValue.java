package dev.tazza.wasm.dwarf;

import java.util.List;

/** The value of an attribute of a {@link DebugEntry}, with what it refers to looked up. */
public sealed interface DebugValue {
  /** A name or the like. */
  record Text(String text) implements DebugValue {}

  /**
   * A number.
   *
   * @param bytes how many it was written with, 1, 2, 4 or 8; 0: as a LEB128 number, by itself
   *     signed or not
   */
  record Constant(long value, int bytes, boolean signed) implements DebugValue {}

  /** A truth. */
  record Flag(boolean value) implements DebugValue {}

  /** An address, of code or of memory. */
  record Address(long value) implements DebugValue {}

  /** Another entry, by its {@linkplain DebugEntry#offset offset}. */
  record Reference(long entry) implements DebugValue {}

  /** An expression, or bytes that mean something else: the attribute tells. */
  record Block(byte[] bytes) implements DebugValue {}

  /** Expressions that hold in ranges of the code. */
  record Locations(List<Location> list) implements DebugValue {}

  /**
   * An expression that holds from {@code from} to before {@code to}, offsets in the contents of the
   * code section.
   */
  record Location(long from, long to, byte[] expression) {}
}
