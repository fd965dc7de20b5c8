package dev.tazza.environ;

import dev.tazza.wasm.module.WasmModule;
import java.util.Arrays;

/**
 * A module as machine code, before it is mapped: position-independent text, and tables of offsets
 * into it. Immutable; do not modify the arrays.
 *
 * <p>The text holds the module's functions in the order of their indexes, without those that nobody
 * can reach because all calls of them were inlined; then the builtins they call, then trampolines.
 * It needs no relocation.
 */
public final class CompiledModule {
  private final WasmModule module;
  private final Tunables tunables;
  private final FunctionReferences references;
  private final VmLayout layout;
  private final byte[] text;
  private final CodeSymbol[] symbols;

  /** By defined function: its offset in the text, or -1. */
  private final int[] functionOffsets;

  private final int[] entryTrampolines;
  private final int[] exitTrampolines;
  private final CodeTables tables;

  /**
   * @param text the code
   * @param symbols what stands where in the text, by ascending offset
   * @param entryTrampolines by type index: offset of the trampoline that enters functions of that
   *     type, or -1
   * @param exitTrampolines by type index: offset of the function that exits to a host function of
   *     that type, or -1
   */
  public CompiledModule(
      WasmModule module,
      Tunables tunables,
      byte[] text,
      CodeSymbol[] symbols,
      int[] entryTrampolines,
      int[] exitTrampolines,
      CodeTables tables) {
    this.module = module;
    this.tunables = tunables;
    this.references = FunctionReferences.of(module);
    this.layout = ModuleLayout.of(module, references);
    this.text = text;
    this.symbols = symbols;
    this.functionOffsets = functionOffsets();
    this.entryTrampolines = entryTrampolines;
    this.exitTrampolines = exitTrampolines;
    this.tables = tables;
  }

  private int[] functionOffsets() {
    int imported = module.importedFunctionCount();
    int[] offsets = new int[module.definedFunctionCount()];
    Arrays.fill(offsets, -1);
    for (CodeSymbol symbol : symbols) {
      if (symbol.functionIndex() >= imported) {
        offsets[symbol.functionIndex() - imported] = symbol.offset();
      }
    }
    return offsets;
  }

  public WasmModule module() {
    return module;
  }

  public Tunables tunables() {
    return tunables;
  }

  public FunctionReferences references() {
    return references;
  }

  public VmLayout layout() {
    return layout;
  }

  /** The machine code. */
  public byte[] text() {
    return text;
  }

  /** What stands where in the text, by ascending offset. */
  public CodeSymbol[] symbols() {
    return symbols;
  }

  /**
   * Offset in the text of a function that the module defines; -1 for some of those that can be no
   * reference.
   */
  public int functionOffset(int functionIndex) {
    return functionOffsets[functionIndex - module.importedFunctionCount()];
  }

  /**
   * Offset of the trampoline that enters functions of type {@code typeIndex}, or -1: no such
   * function can be a reference.
   */
  public int entryTrampoline(int typeIndex) {
    return entryTrampolines[typeIndex];
  }

  /**
   * Offset of the code that stands for host functions of type {@code typeIndex}, or -1: no import
   * has that type.
   */
  public int exitTrampoline(int typeIndex) {
    return exitTrampolines[typeIndex];
  }

  public CodeTables tables() {
    return tables;
  }
}
