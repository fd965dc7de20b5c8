package dev.tazza.vm.instance;

import dev.tazza.environ.CompiledModule;
import dev.tazza.environ.FuncRefLayout;
import dev.tazza.environ.LazyTables;
import dev.tazza.sys.NativeMemory;
import dev.tazza.vm.memory.LazyElements;

/**
 * References to the functions of a module with a lazy table ({@link LazyTables}) that instances
 * begin without: all but those to imported functions and those that code makes by itself. One is
 * written each time that the runtime hands it out, with what it had before, if it was there.
 * Immutable; any thread may use it.
 */
final class LazyReferences {
  private final LoadedModule loaded;

  /** By number of a reference: whether instances begin with it. */
  private final boolean[] early;

  /** The numbers of those that they begin with; imported functions come first. */
  private final int[] earlyNumbers;

  private final int imported;

  /** By table that the module defines: what {@link LazyTables#elements} has; null if not lazy. */
  private final int[][] elements;

  LazyReferences(LoadedModule loaded, LazyTables tables) {
    this.loaded = loaded;
    CompiledModule compiled = loaded.compiled();
    var references = compiled.references();
    early = new boolean[references.count()];
    IntCollector numbers = new IntCollector();
    for (int i = 0; i < early.length; i++) {
      early[i] = references.function(i) < compiled.module().importedFunctionCount();
      if (early[i]) {
        numbers.add(i);
      }
    }
    imported = numbers.toArray().length;
    for (int function : compiled.codeReferences()) {
      int number = references.number(function);
      if (!early[number]) {
        early[number] = true;
        numbers.add(number);
      }
    }
    earlyNumbers = numbers.toArray();
    elements = elements(loaded, tables);
  }

  private static int[][] elements(LoadedModule loaded, LazyTables tables) {
    var module = loaded.module();
    int[][] elements = new int[module.tableCount() - module.importedTableCount()][];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = tables.isLazy(i) ? tables.elements(i) : NO_ELEMENTS;
    }
    return elements;
  }

  private static final int[] NO_ELEMENTS = {};

  /** How many references to imported functions there are. They are the first ones. */
  int imported() {
    return imported;
  }

  /** Writes the references that code makes by itself, of an instance whose context is there. */
  void writeEarly(long context) {
    for (int i = imported; i < earlyNumbers.length; i++) {
      write(context, earlyNumbers[i]);
    }
  }

  /** Writes a reference if instances begin without it. */
  void writeLate(long context, int number) {
    if (!early[number]) {
      write(context, number);
    }
  }

  private void write(long context, int number) {
    int function = loaded.compiled().references().function(number);
    long at = context + loaded.compiled().layout().functionRef(number);
    NativeMemory.putLong(at + FuncRefLayout.CODE, loaded.functionAddress(function));
    int type = loaded.typeId(loaded.module().functionTypeIndex(function));
    NativeMemory.putInt(at + FuncRefLayout.TYPE_ID, type);
    NativeMemory.putLong(at + FuncRefLayout.CONTEXT, context);
  }

  /**
   * The elements of a lazy table of an instance, which is not kept: what is reclaimed with a store
   * must not keep it.
   *
   * @param defined the table, the imported ones not counted
   */
  LazyElements elements(int defined, long context) {
    return new Elements(this, elements[defined], context);
  }

  private static final class Elements extends LazyElements {
    private final LazyReferences references;
    private final int[] functions;
    private final long context;

    Elements(LazyReferences references, int[] functions, long context) {
      super(functions.length);
      this.references = references;
      this.functions = functions;
      this.context = context;
    }

    @Override
    protected long element(int index) {
      int function = functions[index] - 1;
      if (function < 0) {
        return 0;
      }
      CompiledModule compiled = references.loaded.compiled();
      int number = compiled.references().number(function);
      references.writeLate(context, number);
      return context + compiled.layout().functionRef(number);
    }
  }
}
