package dev.tazza.environ;

import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.binary.ModuleSkeleton;
import dev.tazza.wasm.module.WasmModule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A module as machine code: position-independent text, and tables of offsets into it. Immutable; do
 * not modify the arrays.
 *
 * <p>The text holds the module's functions in the order of their indexes, without those that nobody
 * can reach because all calls of them were inlined; then those of the services they call, then
 * trampolines. It needs no relocation.
 */
public final class CompiledModule {
  private final WasmModule module;
  private final Tunables tunables;
  private final FunctionReferences references;
  private final VmLayout layout;
  private final CodeText text;
  private final @Nullable InitialData data;
  private final int[] codeReferences;

  /** By defined function: its offset in the text, or -1. */
  private final int[] functionOffsets;

  private final int[] entryTrampolines;
  private final int[] exitTrampolines;
  private final CodeMap codeMap;
  private volatile @Nullable CodeTables tables;

  /**
   * @param text the code
   * @param functionOffsets by function that the module defines: its offset in the text, or -1
   * @param entryTrampolines by type index: offset of the trampoline that enters functions of that
   *     type, or -1
   * @param exitTrampolines by type index: offset of the function that exits to a host function of
   *     that type, or -1
   * @param data initial contents of a memory that are not in the module any more
   * @param codeMap what pcs mean
   */
  public CompiledModule(
      WasmModule module,
      Tunables tunables,
      CodeText text,
      int[] functionOffsets,
      int[] entryTrampolines,
      int[] exitTrampolines,
      @Nullable InitialData data,
      CodeMap codeMap) {
    this(
        module,
        FunctionReferences.of(module),
        tunables,
        text,
        functionOffsets,
        entryTrampolines,
        exitTrampolines,
        data,
        codeMap);
  }

  /** The same, what can be a reference being known. */
  public CompiledModule(
      WasmModule module,
      FunctionReferences references,
      Tunables tunables,
      CodeText text,
      int[] functionOffsets,
      int[] entryTrampolines,
      int[] exitTrampolines,
      @Nullable InitialData data,
      CodeMap codeMap) {
    this.module = module;
    this.tunables = tunables;
    this.references = references;
    this.layout = ModuleLayout.of(module, references);
    this.text = text;
    this.data = data;
    this.codeReferences = references.functions();
    this.functionOffsets = functionOffsets;
    this.entryTrampolines = entryTrampolines;
    this.exitTrampolines = exitTrampolines;
    this.codeMap = codeMap;
  }

  private CompiledModule(
      CompiledModule from,
      WasmModule module,
      CodeText text,
      @Nullable InitialData data,
      int[] codeReferences) {
    this.module = module;
    this.tunables = from.tunables;
    this.references = from.references;
    this.layout = from.layout;
    this.text = text;
    this.data = data;
    this.codeReferences = codeReferences;
    this.functionOffsets = from.functionOffsets;
    this.entryTrampolines = from.entryTrampolines;
    this.exitTrampolines = from.exitTrampolines;
    this.codeMap = from.codeMap;
    this.tables = from.tables;
  }

  /** The same module, its code being in another place. */
  public CompiledModule withText(CodeText place) {
    return with(place, data);
  }

  /** The same module, its code and initial data being in other places. */
  public CompiledModule with(CodeText place, @Nullable InitialData dataPlace) {
    return new CompiledModule(this, module, place, dataPlace, codeReferences);
  }

  /**
   * The same module, whose code makes references to these functions only; otherwise it may make
   * some to all that {@link #references} has.
   *
   * @param functions indexes, in their order
   */
  public CompiledModule withCodeReferences(int[] functions) {
    return new CompiledModule(this, module, text, data, functions);
  }

  /**
   * The same module without what nobody needs any more: the bodies of functions, most custom
   * sections, and data segments that became {@link #data}; and with them the bytes that it was read
   * from.
   */
  public CompiledModule withoutBodies() {
    MemoryPages pages = MemoryPages.of(module);
    WasmModule rest = ModuleSkeleton.decode(skeleton(module, pages), ModuleLimits.DEFAULT);
    return new CompiledModule(this, rest, text, pages, codeReferences);
  }

  /** Whether {@link #withoutBodies} of a module as it was read would be this one. */
  public boolean isLeftOf(WasmModule whole) {
    MemoryPages pages = MemoryPages.of(whole);
    boolean isSameData =
        pages == null ? data == null : data != null && Arrays.equals(pages.bytes(), data.bytes());
    return isSameData && Arrays.equals(skeleton(whole, pages), module.bytes());
  }

  private byte[] skeleton(WasmModule whole, @Nullable MemoryPages pages) {
    int applied = pages == null ? ModuleSkeleton.NO_MEMORY : pages.memory();
    return ModuleSkeleton.of(whole, tunables.keepsDebugInfo(), applied);
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

  /**
   * The functions to which code makes references by itself ({@code ref.func}), in the order of
   * their indexes: these references have to be there before it runs. Others it only finds in tables
   * and globals.
   */
  public int[] codeReferences() {
    return codeReferences;
  }

  public VmLayout layout() {
    return layout;
  }

  /** The machine code. */
  public CodeText text() {
    return text;
  }

  /**
   * What a memory begins with, so far as that is not in the module; null if there is nothing, or
   * the code is a {@link CodeText.InFile}, which tells where it is.
   */
  public @Nullable InitialData data() {
    return data;
  }

  /** What stands where in the text, by ascending offset. */
  public CodeSymbol[] symbols() {
    return tables().symbols();
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

  /** What pcs mean, to be asked for a few of them. */
  public CodeMap codeMap() {
    CodeTables decoded = tables;
    return decoded != null ? decoded : codeMap;
  }

  /** All tables about pcs, decoded at the first call. */
  public CodeTables tables() {
    CodeTables result = tables;
    if (result == null) {
      result = codeMap.tables();
      tables = result; // two threads may both decode: the results are equal
    }
    return result;
  }
}
