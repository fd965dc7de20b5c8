package dev.tazza.wasm.module;

import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a module in the order in which a binary presents them. */
public final class WasmModuleBuilder {

  final byte[] bytes;
  final List<SubType> types = new ArrayList<>();
  int[] groupEnds = new int[16];
  final List<ImportType> imports = new ArrayList<>();
  int importedFunctions;
  int importedTables;
  int importedMemories;
  int importedGlobals;
  int importedTags;
  int[] functionTypeIndexes = new int[16];
  int functions;
  final List<TableType> tables = new ArrayList<>();
  final List<@Nullable ConstExpr> tableInits = new ArrayList<>();
  final List<MemoryType> memories = new ArrayList<>();
  final List<GlobalType> globals = new ArrayList<>();
  final List<ConstExpr> globalInits = new ArrayList<>();
  int[] tagTypeIndexes = new int[8];
  int tags;
  final List<Export> exports = new ArrayList<>();
  int start = -1;
  final List<ElementSegment> elementSegments = new ArrayList<>();
  int dataCount = -1;
  final List<DataSegment> dataSegments = new ArrayList<>();
  int allDataSegments;
  int @Nullable [] presentIndexes;
  int codeSection = -1;
  int[] bodyRanges = new int[0];
  int @Nullable [] localRanges;
  final List<CustomSection> customSections = new ArrayList<>();
  Supplier<NameSection> nameDecoder = () -> NameSection.EMPTY;
  @Nullable Supplier<List<Export>> exportDecoder;

  public WasmModuleBuilder(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A recursion group of types. */
  public void types(List<SubType> group) {
    int end = types.size() + group.size();
    for (int i = 0; i < group.size(); i++) {
      type(group.get(i), end);
    }
  }

  /** A type that is alone in its recursion group. */
  public void type(SubType type) {
    type(type, types.size() + 1);
  }

  private void type(SubType type, int groupEnd) {
    if (types.size() == groupEnds.length) {
      groupEnds = Arrays.copyOf(groupEnds, 2 * groupEnds.length);
    }
    groupEnds[types.size()] = groupEnd;
    types.add(type);
  }

  public int typeCount() {
    return types.size();
  }

  /** The type at an index below {@link #typeCount()}. */
  public CompositeType typeAt(int typeIndex) {
    return types.get(typeIndex).composite();
  }

  public void importFunction(String module, String name, FuncType type, int typeIndex) {
    imports.add(new ImportType(module, name, type));
    function(typeIndex);
    importedFunctions++;
  }

  public void importTable(String module, String name, TableType type) {
    imports.add(new ImportType(module, name, type));
    tables.add(type);
    importedTables++;
  }

  public void importMemory(String module, String name, MemoryType type) {
    imports.add(new ImportType(module, name, type));
    memories.add(type);
    importedMemories++;
  }

  public void importGlobal(String module, String name, GlobalType type) {
    imports.add(new ImportType(module, name, type));
    globals.add(type);
    importedGlobals++;
  }

  public void importTag(String module, String name, FuncType type, int typeIndex) {
    imports.add(new ImportType(module, name, new TagType(type)));
    tag(typeIndex);
    importedTags++;
  }

  /** A tag that the module defines. */
  public void tag(int typeIndex) {
    if (tags == tagTypeIndexes.length) {
      tagTypeIndexes = Arrays.copyOf(tagTypeIndexes, 2 * tags);
    }
    tagTypeIndexes[tags++] = typeIndex;
  }

  /** The functions defined by the module, after all that it imports. */
  public void functions(int[] typeIndexes) {
    functionTypeIndexes = Arrays.copyOf(functionTypeIndexes, functions + typeIndexes.length);
    System.arraycopy(typeIndexes, 0, functionTypeIndexes, functions, typeIndexes.length);
    functions += typeIndexes.length;
  }

  private void function(int typeIndex) {
    if (functions == functionTypeIndexes.length) {
      functionTypeIndexes = Arrays.copyOf(functionTypeIndexes, 2 * functions);
    }
    functionTypeIndexes[functions++] = typeIndex;
  }

  /** The number of functions defined by the module so far. */
  public int definedFunctionCount() {
    return functions - importedFunctions;
  }

  public void table(TableType type, @Nullable ConstExpr init) {
    tables.add(type);
    tableInits.add(init);
  }

  public void memory(MemoryType type) {
    memories.add(type);
  }

  public void global(GlobalType type, ConstExpr init) {
    globals.add(type);
    globalInits.add(init);
  }

  public void export(Export export) {
    exports.add(export);
  }

  /** What decodes all exports when they are first asked for; none are added then. */
  public void exportDecoder(Supplier<List<Export>> decoder) {
    exportDecoder = decoder;
  }

  public void start(int functionIndex) {
    start = functionIndex;
  }

  public void elementSegment(ElementSegment segment) {
    elementSegments.add(segment);
  }

  public void dataCount(int count) {
    dataCount = count;
  }

  public int dataCount() {
    return dataCount;
  }

  public void dataSegment(DataSegment segment) {
    dataSegments.add(segment);
  }

  public int dataSegmentCount() {
    return presentIndexes == null ? dataSegments.size() : allDataSegments;
  }

  /**
   * Says that more data segments belong to the module than are added, which are {@link
   * DataSegment#APPLIED}.
   *
   * @param all how many there are
   * @param present indexes of those that are added, ascending
   */
  public void partialDataSegments(int all, int[] present) {
    allDataSegments = all;
    presentIndexes = present;
  }

  /** Whether as many data segments were added as was said, if anything was. */
  public boolean hasPresentDataSegments() {
    return presentIndexes == null || presentIndexes.length == dataSegments.size();
  }

  /** The code section: where its contents start, and start and end of each body in turn. */
  public void code(int sectionStart, int[] ranges) {
    codeSection = sectionStart;
    bodyRanges = ranges;
  }

  /**
   * Of a module without bodies, where declarations of locals are instead.
   *
   * @param bounds where those of each function begin, and where the last end; or nothing
   */
  public void locals(int[] bounds) {
    localRanges = bounds;
  }

  public void customSection(CustomSection section) {
    customSections.add(section);
  }

  /** What decodes the debug names when they are first asked for. */
  public void nameDecoder(Supplier<NameSection> decoder) {
    nameDecoder = decoder;
  }

  public WasmModule build() {
    return new WasmModule(this);
  }
}
