package dev.tazza.codegen.ir;

import dev.tazza.codegen.ir.AliasRegion.Kind;
import dev.tazza.codegen.ir.AliasRegion.Lengths;

/** The regions that accesses in tests name. */
public final class TestRegions {
  public static final AliasRegion CONSTANT = new AliasRegion(0, "const", Kind.CONSTANTS);
  public static final AliasRegion CONTEXT = new AliasRegion(1, "ctx", Kind.FIELDS, null, true);
  public static final AliasRegion MEMORY = new AliasRegion(2, "mem", Kind.DATA, null, true);
  public static final AliasRegion TABLE = new AliasRegion(3, "table", Kind.VALUES);
  public static final AliasRegion GLOBAL = new AliasRegion(4, "global", Kind.VALUES);
  public static final AliasRegion HEAP = new AliasRegion(5, "heap", Kind.VALUES);
  public static final AliasRegions ALL =
      new AliasRegions(CONSTANT, CONTEXT, MEMORY, TABLE, GLOBAL, HEAP);

  private TestRegions() {}

  /** The same, with lengths of areas of memory that far behind their bases. */
  public static AliasRegions withLengths(int behindBase) {
    AliasRegion memory =
        new AliasRegion(2, "mem", Kind.DATA, new Lengths(behindBase, CONTEXT), true);
    return new AliasRegions(CONSTANT, CONTEXT, memory, TABLE, GLOBAL, HEAP);
  }
}
