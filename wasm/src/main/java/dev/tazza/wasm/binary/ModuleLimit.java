package dev.tazza.wasm.binary;

/**
 * The implementation limits of the specification's appendix A.2 that this engine sets. The defaults
 * are, where it has one, those of the JavaScript API's section on limits, so that a module that
 * runs on the web is accepted here.
 */
public enum ModuleLimit {
  MODULE_BYTES("bytes in a module", 1 << 30),
  TYPES("types", 1_000_000),
  IMPORTS("imports", 1_000_000),
  FUNCTIONS("functions", 1_000_000),
  TABLES("tables", 100_000),
  MEMORIES("memories", 100),
  GLOBALS("globals", 1_000_000),
  TAGS("tags", 1_000_000),
  EXPORTS("exports", 1_000_000),
  ELEMENT_SEGMENTS("element segments", 10_000_000),
  ELEMENTS("elements in a segment", 10_000_000),
  DATA_SEGMENTS("data segments", 100_000),
  FUNCTION_BYTES("bytes in a function", 7_654_321),
  PARAMS("parameters", 1_000),
  RESULTS("results", 1_000),
  FIELDS("fields of a structure", 10_000),
  /** Types in one recursion group. */
  GROUP("types in a recursion group", 1_000_000),
  /** Steps from a type to the last of its supertypes. */
  SUBTYPING_DEPTH("supertypes of a type", 63),
  /** Blocks within blocks in one function. */
  NESTING("nested blocks", 100_000),
  /** Values on the operand stack of one function at one time. */
  OPERANDS("operands", 1_000_000);

  private final String what;
  private final int byDefault;

  ModuleLimit(String what, int byDefault) {
    this.what = what;
    this.byDefault = byDefault;
  }

  /** What is counted, for messages: "{@code too many functions}". */
  public String what() {
    return what;
  }

  /** The limit in {@link ModuleLimits#DEFAULT}. */
  public int byDefault() {
    return byDefault;
  }
}
