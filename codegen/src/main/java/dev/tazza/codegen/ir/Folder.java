package dev.tazza.codegen.ir;

/**
 * Local algebra that a {@link Builder} applies to computations, loads and stores before it stands
 * in a block.
 */
public interface Folder {
  /** Does nothing. */
  Folder NONE = (inst, at) -> inst;

  /**
   * A value equal to {@code inst}: itself, perhaps edited in place, or an existing or new one.
   *
   * @param inst stands in no block
   * @param at where new instructions, which {@code inst} may then use, can be put
   */
  Inst fold(Inst inst, Cursor at);
}
