package dev.tazza.codegen.ir;

/**
 * What part of the world a load or store touches. Accesses of different classes never overlap, so a
 * store kills only the known contents of its own class; calls kill all but {@link #CONSTANT}.
 */
public enum AliasClass {
  /** Guest linear memory. */
  MEMORY("mem"),
  /** Table elements. */
  TABLE("table"),
  /** Global variables. */
  GLOBAL("global"),
  /**
   * Fields of the contexts that change while the function runs (sizes, moving bases, exit area).
   */
  CONTEXT("ctx"),
  /** Fields that never change while an instance lives; such loads need no order at all. */
  CONSTANT("const"),
  /** What references refer to. */
  HEAP("heap");

  private final String text;

  AliasClass(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
