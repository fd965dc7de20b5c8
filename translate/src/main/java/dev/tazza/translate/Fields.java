package dev.tazza.translate;

import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Type;

/** How fields of the contexts are accessed. */
final class Fields {
  /** Eight bytes that never change while the instance lives. */
  static final MemoryAccess CONSTANT = new MemoryAccess(8, false, Regions.CONSTANT);

  /** Four bytes that never change while the instance lives. */
  static final MemoryAccess CONSTANT_U32 = new MemoryAccess(4, false, Regions.CONSTANT);

  /** Eight bytes that the runtime changes, such as a memory's length. */
  static final MemoryAccess VARIABLE = new MemoryAccess(8, false, Regions.CONTEXT);

  private static final MemoryAccess ELEMENT = new MemoryAccess(8, false, Regions.TABLE);
  private static final MemoryAccess REFERENCE = new MemoryAccess(4, false, Regions.TABLE);

  /** The length of a memory of which that is known. */
  static MemoryAccess length(long least, long guard) {
    return new MemoryAccess(8, false, Regions.CONTEXT, new MemoryAccess.Length(least, guard));
  }

  /**
   * An element of a table: always eight bytes apart; of REF the low four, above which are zeros.
   */
  static MemoryAccess element(Type type) {
    return type == Type.REF ? REFERENCE : ELEMENT;
  }

  private Fields() {}
}
