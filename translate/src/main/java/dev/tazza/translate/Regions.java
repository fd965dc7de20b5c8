package dev.tazza.translate;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.AliasRegion.Kind;
import dev.tazza.codegen.ir.AliasRegion.Lengths;
import dev.tazza.codegen.ir.AliasRegions;
import dev.tazza.environ.VmLayout;
import dev.tazza.wasm.module.WasmModule;

/** What accesses of compiled code tell apart, and what the compiler is told of it. */
final class Regions {
  /** Fields that never change while an instance lives. */
  static final AliasRegion CONSTANT = new AliasRegion(0, "const", Kind.CONSTANTS);

  /**
   * Fields of the contexts that change while a function runs: sizes, moving bases, the exit area.
   * Lengths of shared memories are among them, which other threads let grow.
   */
  static final AliasRegion CONTEXT = new AliasRegion(1, "ctx", Kind.FIELDS, null, true);

  /** Linear memories. Two of them may be the same one, imported twice. */
  static final AliasRegion MEMORY =
      new AliasRegion(
          2,
          "mem",
          Kind.DATA,
          new Lengths(VmLayout.MEMORY_LENGTH - VmLayout.MEMORY_BASE, CONTEXT),
          true);

  /** Elements of tables. */
  static final AliasRegion TABLE = new AliasRegion(3, "table", Kind.VALUES);

  /** Global variables. */
  static final AliasRegion GLOBAL = new AliasRegion(4, "global", Kind.VALUES);

  /** What an exception under way carries, and its tag. */
  static final AliasRegion THROWN = new AliasRegion(5, "thrown", Kind.VALUES);

  static final AliasRegions ALL =
      new AliasRegions(CONSTANT, CONTEXT, MEMORY, TABLE, GLOBAL, THROWN);

  private static final AliasRegions WITHOUT_THREADS = ALL.withoutThreads();

  private Regions() {}

  /** Those of functions of {@code module}: whether other threads write there, its memories tell. */
  static AliasRegions of(WasmModule module) {
    for (int i = 0; i < module.memoryCount(); i++) {
      if (module.memory(i).limits().shared()) {
        return ALL;
      }
    }
    return WITHOUT_THREADS;
  }
}
