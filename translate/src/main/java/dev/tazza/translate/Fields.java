package dev.tazza.translate;

import dev.tazza.codegen.ir.Access;
import dev.tazza.codegen.ir.Type;

/** How fields of the contexts are accessed. */
final class Fields {
  /** Eight bytes that never change while the instance lives. */
  static final Access CONSTANT = new Access(8, false, Regions.CONSTANT);

  /** Four bytes that never change while the instance lives. */
  static final Access CONSTANT_U32 = new Access(4, false, Regions.CONSTANT);

  /** Eight bytes that the runtime changes, such as a memory's length. */
  static final Access VARIABLE = new Access(8, false, Regions.CONTEXT);

  private static final Access ELEMENT = new Access(8, false, Regions.TABLE);
  private static final Access REFERENCE = new Access(4, false, Regions.TABLE);

  /** The length of a memory of which that is known. */
  static Access length(long least, long guard) {
    return new Access(8, false, Regions.CONTEXT, new Access.Length(least, guard));
  }

  /**
   * An element of a table: always eight bytes apart; of REF the low four, above which are zeros.
   */
  static Access element(Type type) {
    return type == Type.REF ? REFERENCE : ELEMENT;
  }

  private Fields() {}
}
