package dev.tazza.wasm.type;

/**
 * A type as a module defines it (specification, section 2.3.11).
 *
 * @param isFinal whether no type may have it as supertype
 * @param supertype the index of the type it is declared a subtype of, or {@link #NONE}; there can
 *     only be one
 * @param composite its shape
 */
public record SubType(boolean isFinal, int supertype, CompositeType composite) {

  /** In place of a supertype's index. */
  public static final int NONE = -1;

  /** The definition that the short form of a composite type stands for. */
  public static SubType of(CompositeType composite) {
    return new SubType(true, NONE, composite);
  }

  /** Whether the short form can stand for it: it is final and has no supertype. */
  public boolean isPlain() {
    return isFinal && supertype == NONE;
  }

  @Override
  public String toString() {
    return isPlain()
        ? composite.toString()
        : "sub "
            + (isFinal ? "final " : "")
            + (supertype == NONE ? "" : supertype + " ")
            + composite;
  }
}
