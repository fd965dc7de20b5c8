package dev.tazza.wasm.module;

import dev.tazza.wasm.SourcePosition;
import dev.tazza.wasm.dwarf.DebugSections;
import dev.tazza.wasm.dwarf.SourceMap;
import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.ExternKind;
import dev.tazza.wasm.type.ExternType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A decoded module (specification, section 2.5).
 *
 * <p>In each index space the imported things come first. Methods that take an index of a space
 * throw {@link IndexOutOfBoundsException} for one outside it; in a validated module no such index
 * occurs.
 */
public final class WasmModule {

  private static final int MAX_QUOTED = 200;

  private final byte[] bytes;
  private final List<SubType> types;
  private final int[] groupEnds;
  private final List<ImportType> imports;
  private final int importedFunctions;
  private final int importedTables;
  private final int importedMemories;
  private final int importedGlobals;
  private final int importedTags;
  private final int[] functionTypeIndexes;
  private final List<TableType> tables;
  private final List<@Nullable ConstExpr> tableInits;
  private final List<MemoryType> memories;
  private final List<GlobalType> globals;
  private final List<ConstExpr> globalInits;
  private final int[] tagTypeIndexes;
  private final int start;
  private final List<ElementSegment> elementSegments;
  private final int dataCount;
  private final List<DataSegment> dataSegments;
  private final int codeSection;
  private final int[] bodyRanges;
  private final int @Nullable [] localRanges;
  private final List<CustomSection> customSections;
  private final Supplier<NameSection> nameDecoder;
  private final Supplier<List<Export>> exportDecoder;
  private volatile @Nullable NameSection names;
  private volatile @Nullable List<Export> exports;
  private volatile @Nullable SourceMap sources;
  private volatile @Nullable String @Nullable [] exportNames;
  private volatile @Nullable BitSet referencedFunctions;

  WasmModule(WasmModuleBuilder from) {
    bytes = from.bytes;
    types = List.copyOf(from.types);
    groupEnds = Arrays.copyOf(from.groupEnds, types.size());
    imports = List.copyOf(from.imports);
    importedFunctions = from.importedFunctions;
    importedTables = from.importedTables;
    importedMemories = from.importedMemories;
    importedGlobals = from.importedGlobals;
    importedTags = from.importedTags;
    functionTypeIndexes = Arrays.copyOf(from.functionTypeIndexes, from.functions);
    tables = List.copyOf(from.tables);
    tableInits = new ArrayList<>(from.tableInits);
    memories = List.copyOf(from.memories);
    globals = List.copyOf(from.globals);
    globalInits = List.copyOf(from.globalInits);
    tagTypeIndexes = Arrays.copyOf(from.tagTypeIndexes, from.tags);
    exports = from.exportDecoder == null ? List.copyOf(from.exports) : null;
    exportDecoder = from.exportDecoder == null ? List::of : from.exportDecoder;
    start = from.start;
    elementSegments = List.copyOf(from.elementSegments);
    dataCount = from.dataCount;
    dataSegments =
        from.presentIndexes == null
            ? List.copyOf(from.dataSegments)
            : new PartialSegments(from.allDataSegments, from.presentIndexes, from.dataSegments);
    codeSection = from.codeSection;
    bodyRanges = from.bodyRanges;
    localRanges = from.localRanges;
    customSections = List.copyOf(from.customSections);
    nameDecoder = from.nameDecoder;
  }

  private BitSet collectReferences() {
    BitSet referenced = new BitSet();
    for (Export export : exports()) {
      if (export.kind() == ExternKind.FUNC) {
        reference(export.index(), referenced);
      }
    }
    for (ConstExpr init : globalInits) {
      collectReferences(init, referenced);
    }
    for (ConstExpr init : tableInits) {
      if (init != null) {
        collectReferences(init, referenced);
      }
    }
    for (ElementSegment segment : elementSegments) {
      switch (segment.items()) {
        case ElementSegment.Functions functions -> {
          for (int index : functions.indexes()) {
            reference(index, referenced);
          }
        }
        case ElementSegment.Expressions expressions -> {
          for (ConstExpr expression : expressions.expressions()) {
            collectReferences(expression, referenced);
          }
        }
      }
    }
    return referenced;
  }

  private void collectReferences(ConstExpr expression, BitSet referenced) {
    for (ConstInstr instruction : expression.instructions()) {
      if (instruction instanceof ConstInstr.RefFunc(int functionIndex)) {
        reference(functionIndex, referenced);
      }
    }
  }

  /** Functions that do not exist are left out; validation reports them. */
  private void reference(int functionIndex, BitSet referenced) {
    if (functionIndex >= 0 && functionIndex < functionTypeIndexes.length) {
      referenced.set(functionIndex);
    }
  }

  /** The binary that this module was decoded from. Do not modify. */
  public byte[] bytes() {
    return bytes;
  }

  public int typeCount() {
    return types.size();
  }

  /** All types as they are defined, by index. */
  public List<SubType> types() {
    return types;
  }

  /** A type as it is defined. */
  public SubType subType(int typeIndex) {
    return types.get(typeIndex);
  }

  /** The shape of a type. */
  public CompositeType type(int typeIndex) {
    return types.get(typeIndex).composite();
  }

  /**
   * The index after the last type of the recursion group that a type is in. Groups are contiguous,
   * and the types of a group may refer to each other.
   */
  public int groupEnd(int typeIndex) {
    return groupEnds[typeIndex];
  }

  /** Whether a type is the only one of its recursion group. */
  public boolean isAlone(int typeIndex) {
    int end = groupEnds[typeIndex];
    return end == typeIndex + 1 && (typeIndex == 0 || groupEnds[typeIndex - 1] != end);
  }

  /** Whether there is a function type at a type index. */
  public boolean isFuncType(int typeIndex) {
    return types.get(typeIndex).composite() instanceof FuncType;
  }

  /**
   * The function type at a type index.
   *
   * @throws IllegalArgumentException if another kind of type is there
   */
  public FuncType funcTypeAt(int typeIndex) {
    if (types.get(typeIndex).composite() instanceof FuncType type) {
      return type;
    }
    throw new IllegalArgumentException("type " + typeIndex + " is no function type");
  }

  /** All imports, in order. */
  public List<ImportType> imports() {
    return imports;
  }

  public int importedFunctionCount() {
    return importedFunctions;
  }

  public int importedTableCount() {
    return importedTables;
  }

  public int importedMemoryCount() {
    return importedMemories;
  }

  public int importedGlobalCount() {
    return importedGlobals;
  }

  public int importedTagCount() {
    return importedTags;
  }

  /** The number of functions, imported ones included. */
  public int functionCount() {
    return functionTypeIndexes.length;
  }

  /** The number of functions with a body. */
  public int definedFunctionCount() {
    return functionTypeIndexes.length - importedFunctions;
  }

  /** The index of a function's type. */
  public int functionTypeIndex(int functionIndex) {
    return functionTypeIndexes[functionIndex];
  }

  public FuncType functionType(int functionIndex) {
    return funcTypeAt(functionTypeIndexes[functionIndex]);
  }

  /**
   * Whether the module mentions a function outside of function bodies: in an export, an element
   * segment or a global's initial value. Only such functions may be referenced by {@code ref.func}
   * in a body, so of any other it is certain that all calls are direct.
   */
  public boolean isReferenced(int functionIndex) {
    BitSet result = referencedFunctions;
    if (result == null) {
      result = collectReferences();
      referencedFunctions = result; // two threads may both make it: the results are equal
    }
    return result.get(functionIndex);
  }

  /** Whether it is known where the bodies of functions are, or were. */
  public boolean hasBodies() {
    return bodyRanges.length == 2 * definedFunctionCount();
  }

  /**
   * The body of a function, by its index in the function space; it must not be an import, and
   * {@link #hasBodies}.
   */
  public FunctionBody body(int functionIndex) {
    int i = 2 * (functionIndex - importedFunctions);
    return new FunctionBody(functionIndex, bodyRanges[i], bodyRanges[i + 1]);
  }

  /**
   * What in the module's bytes begins with the declarations of a function's locals: its body, or
   * all that a skeleton has of that. Null when nothing is known of them. The function must not be
   * an import.
   */
  public @Nullable FunctionBody localDeclarations(int functionIndex) {
    if (localRanges == null) {
      return body(functionIndex);
    }
    int i = functionIndex - importedFunctions;
    return i + 1 < localRanges.length
        ? new FunctionBody(functionIndex, localRanges[i], localRanges[i + 1])
        : null;
  }

  /** The offset of the code section's contents, to which DWARF addresses are relative; or -1. */
  public int codeSection() {
    return codeSection;
  }

  public int tableCount() {
    return tables.size();
  }

  public TableType table(int tableIndex) {
    return tables.get(tableIndex);
  }

  /**
   * What the elements of a table begin with, or null for null references. The table must not be an
   * import.
   */
  public @Nullable ConstExpr tableInit(int tableIndex) {
    return tableInits.get(tableIndex - importedTables);
  }

  public int memoryCount() {
    return memories.size();
  }

  public MemoryType memory(int memoryIndex) {
    return memories.get(memoryIndex);
  }

  public int globalCount() {
    return globals.size();
  }

  public GlobalType global(int globalIndex) {
    return globals.get(globalIndex);
  }

  /** The initial value of a global, by its index in the global space; it must not be an import. */
  public ConstExpr globalInit(int globalIndex) {
    return globalInits.get(globalIndex - importedGlobals);
  }

  /** All exports, in order. */
  public List<Export> exports() {
    List<Export> result = exports;
    if (result == null) {
      result = exportDecoder.get();
      exports = result; // two threads may both decode: the results are equal
    }
    return result;
  }

  public int tagCount() {
    return tagTypeIndexes.length;
  }

  /** The index of a tag's type, which is a function type. */
  public int tagTypeIndex(int tagIndex) {
    return tagTypeIndexes[tagIndex];
  }

  public TagType tag(int tagIndex) {
    return new TagType(funcTypeAt(tagTypeIndexes[tagIndex]));
  }

  /** The type of an export. */
  public ExternType exportedType(Export export) {
    int index = export.index();
    return switch (export.kind()) {
      case FUNC -> functionType(index);
      case TABLE -> table(index);
      case MEMORY -> memory(index);
      case GLOBAL -> global(index);
      case TAG -> tag(index);
    };
  }

  /** The index of the start function, or -1. */
  public int startFunction() {
    return start;
  }

  public List<ElementSegment> elementSegments() {
    return elementSegments;
  }

  /** The number in the data count section, or -1 if there is no such section. */
  public int dataCount() {
    return dataCount;
  }

  public List<DataSegment> dataSegments() {
    return dataSegments;
  }

  /** Indexes of the data segments that are not {@link DataSegment#APPLIED}, ascending. */
  public int[] presentDataSegments() {
    if (dataSegments instanceof PartialSegments partial) {
      return partial.indexes().clone();
    }
    int[] all = new int[dataSegments.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return all;
  }

  /** All custom sections, in order. */
  public List<CustomSection> customSections() {
    return customSections;
  }

  /** The first custom section of a name, or null. */
  public @Nullable CustomSection customSection(String name) {
    for (CustomSection section : customSections) {
      if (section.name().equals(name)) {
        return section;
      }
    }
    return null;
  }

  /** The debug names, decoded at the first call. */
  public NameSection names() {
    NameSection result = names;
    if (result == null) {
      result = nameDecoder.get();
      names = result; // two threads may both decode: the results are equal
    }
    return result;
  }

  /**
   * The positions in the source of an instruction, if the module has debug information; see {@link
   * SourceMap#positions}.
   *
   * @param offset its byte offset in the module
   */
  public List<SourcePosition> sourcePositions(long offset) {
    if (codeSection < 0 || offset < codeSection) {
      return List.of();
    }
    SourceMap map = sources;
    if (map == null) {
      map = new SourceMap(debugSections());
      sources = map; // two threads may both make one: they give the same answers
    }
    return map.positions(offset - codeSection);
  }

  /** What the module has of debug information. */
  public DebugSections debugSections() {
    return DebugSections.of(bytes, customSections);
  }

  /** Whether it has any debug information. */
  public boolean hasDebugInformation() {
    return !debugSections().isEmpty();
  }

  /** The function's debug name or else one of its export names, or null. */
  public @Nullable String functionName(int functionIndex) {
    String name = names().functions().get(functionIndex);
    if (name != null) {
      return name;
    }
    return exportNames()[functionIndex];
  }

  /** By function, the name of its first export. */
  private @Nullable String[] exportNames() {
    @Nullable String[] result = exportNames;
    if (result == null) {
      result = new @Nullable String[functionCount()];
      for (Export export : exports()) {
        if (export.kind() == ExternKind.FUNC && result[export.index()] == null) {
          result[export.index()] = export.name();
        }
      }
      exportNames = result; // two threads may both make it: the results are equal
    }
    return result;
  }

  /** A function for use in messages: {@code function 3 "main"}, or {@code function 3}. */
  public String describeFunction(int functionIndex) {
    String name = functionName(functionIndex);
    return "function " + functionIndex + (name == null ? "" : " " + quote(name));
  }

  /** A name from a module, made fit for a message of one line: quoted, shortened, escaped. */
  public static String quote(String name) {
    int length = Math.min(name.length(), MAX_QUOTED);
    StringBuilder result = new StringBuilder(length + 2).append('"');
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c == '"' || c == '\\') {
        result.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        result.append(String.format("\\u{%x}", (int) c));
      } else {
        result.append(c);
      }
    }
    return result.append(length < name.length() ? "…\"" : "\"").toString();
  }
}
