package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.DataSegment;
import dev.tazza.wasm.module.ElementSegment;
import dev.tazza.wasm.module.Export;
import dev.tazza.wasm.module.SegmentMode;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.ImportType;
import dev.tazza.wasm.type.Limits;
import dev.tazza.wasm.type.MemoryType;
import dev.tazza.wasm.type.TableType;
import dev.tazza.wasm.type.TagType;
import dev.tazza.wasm.type.TypeCode;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Validates a module (specification, section 3.4).
 *
 * <p>{@link #validate} does it all. Who wants to spread the bodies over threads, or to validate
 * each one just before compiling it, calls {@link #checkDeclarations} first and then uses one
 * {@link FunctionValidator} per thread.
 */
public final class ModuleValidator {

  /** The most pages of 64 KiB that 32-bit addresses reach. */
  private static final long MAX_PAGES = 1L << 16;

  /** The same for 64-bit addresses, which the specification bounds, too. */
  private static final long MAX_PAGES_64 = 1L << 48;

  private static final long MAX_TABLE_SIZE = (1L << 32) - 1;

  private final WasmModule module;
  private final Features features;
  private final ModuleContext context;
  private final ConstExprValidator constExprs;

  public ModuleValidator(WasmModule module, Features features, ModuleLimits limits) {
    this.module = module;
    this.features = features;
    this.context = new ModuleContext(module, features, limits);
    this.constExprs = new ConstExprValidator(context);
  }

  /** Validates the whole module. */
  public void validate() {
    checkDeclarations();
    FunctionValidator bodies = functionValidator();
    for (int i = module.importedFunctionCount(); i < module.functionCount(); i++) {
      bodies.validate(i);
    }
  }

  /** A validator for bodies of this module, for use by one thread. */
  public FunctionValidator functionValidator() {
    return new FunctionValidator(context);
  }

  /** Validates everything but the function bodies. */
  public void checkDeclarations() {
    new TypeValidator(context).check();
    imports();
    for (int i = module.importedTableCount(); i < module.tableCount(); i++) {
      table(i);
    }
    for (int i = module.importedMemoryCount(); i < module.memoryCount(); i++) {
      memoryType(module.memory(i), "memory " + i);
    }
    counts();
    for (int i = module.importedGlobalCount(); i < module.globalCount(); i++) {
      GlobalType type = module.global(i);
      valType(type.valueType().code(), "global", i);
      constExprs.check(module.globalInit(i), type.valueType().code(), i);
    }
    for (int i = module.importedTagCount(); i < module.tagCount(); i++) {
      tag(module.tag(i), "tag " + i);
    }
    exports();
    start();
    for (ElementSegment segment : module.elementSegments()) {
      elementSegment(segment);
    }
    for (int index : module.presentDataSegments()) {
      dataSegment(module.dataSegments().get(index));
    }
  }

  private static ValidationException invalid(String message) {
    return new ValidationException(message, WasmException.NO_OFFSET);
  }

  private void valType(int type, String what, int index) {
    String problem = context.problemWithType(type);
    if (problem != null) {
      throw invalid(problem + " of " + what + " " + index);
    }
  }

  private void imports() {
    for (ImportType entry : module.imports()) {
      String what =
          "import " + WasmModule.quote(entry.module()) + " " + WasmModule.quote(entry.name());
      switch (entry.type()) {
        case FuncType _ -> {} // checked with the type section
        case TableType type -> tableType(type, what);
        case MemoryType type -> memoryType(type, what);
        case GlobalType type -> {
          String problem = context.problemWithType(type.valueType().code());
          if (problem != null) {
            throw invalid(problem + " in " + what);
          }
          mutable(type, what);
        }
        case TagType type -> tag(type, what);
      }
    }
  }

  private void tag(TagType type, String what) {
    if (!features.has(Feature.EXCEPTIONS)) {
      throw invalid(Features.missing(Feature.EXCEPTIONS, what));
    }
    if (!type.function().results().isEmpty()) {
      throw invalid("non-empty tag result type: " + type.function() + " of " + what);
    }
  }

  private void mutable(GlobalType type, String what) {
    if (type.mutable() && !features.has(Feature.MUTABLE_GLOBALS)) {
      throw invalid(Features.missing(Feature.MUTABLE_GLOBALS, what));
    }
  }

  private void table(int index) {
    TableType type = module.table(index);
    tableType(type, "table " + index);
    int element = type.elementType().code();
    ConstExpr init = module.tableInit(index);
    if (init != null) {
      features.require(Feature.FUNCTION_REFERENCES, "table with an initial value", init.start());
      constExprs.check(init, element, module.importedGlobalCount());
    } else if (!TypeCode.isDefaultable(element)) {
      throw invalid(
          "type mismatch: elements of type "
              + TypeCode.toString(element)
              + " have no default value, table "
              + index
              + " needs an initial one");
    }
  }

  /** Tables of functions were there before reference types. */
  private void tableType(TableType type, String what) {
    int element = type.elementType().code();
    String problem = element == TypeCode.FUNCREF ? null : context.problemWithType(element);
    if (problem != null) {
      throw invalid(problem + " in " + what);
    }
    Limits limits = type.limits();
    if (limits.shared()) {
      throw invalid("table size: a table cannot be shared, in " + what);
    }
    long size = limits.is64() ? -1 : MAX_TABLE_SIZE;
    limits(limits, size, "table size", what);
  }

  private void memoryType(MemoryType type, String what) {
    Limits limits = type.limits();
    if (limits.shared()) {
      if (!features.has(Feature.THREADS)) {
        throw invalid(Features.missing(Feature.THREADS, "shared " + what));
      }
      if (!limits.hasMaximum()) {
        throw invalid("shared memory must have maximum: " + what);
      }
    }
    limits(limits, maxPages(type, what), "memory size", what);
  }

  private long maxPages(MemoryType type, String what) {
    int pageSize = type.pageSizeLog2();
    boolean is64 = type.limits().is64();
    if (pageSize == MemoryType.DEFAULT_PAGE_SIZE_LOG2) {
      return is64 ? MAX_PAGES_64 : MAX_PAGES;
    }
    if (!features.has(Feature.CUSTOM_PAGE_SIZES)) {
      throw invalid(Features.missing(Feature.CUSTOM_PAGE_SIZES, what));
    }
    if (pageSize != 0) {
      throw invalid(
          "invalid custom page size: must be 1 or 65536, not 2**" + pageSize + ", in " + what);
    }
    return is64 ? -1 : (1L << 32) - 1;
  }

  private void limits(Limits limits, long most, String size, String what) {
    if (limits.is64() && !features.has(Feature.MEMORY64)) {
      throw invalid(Features.missing(Feature.MEMORY64, what));
    }
    bound(limits.minimum(), most, size, what);
    if (limits.hasMaximum()) {
      bound(limits.maximum(), most, size, what);
      if (Long.compareUnsigned(limits.minimum(), limits.maximum()) > 0) {
        throw invalid("size minimum must not be greater than maximum: " + limits + " in " + what);
      }
    }
  }

  private static void bound(long actual, long bound, String size, String what) {
    if (Long.compareUnsigned(actual, bound) > 0) {
      throw invalid(
          size
              + " must be at most "
              + Long.toUnsignedString(bound)
              + ", not "
              + Long.toUnsignedString(actual)
              + ", in "
              + what);
    }
  }

  private void counts() {
    if (module.memoryCount() > 1 && !features.has(Feature.MULTI_MEMORY)) {
      throw invalid(
          "multiple memories: "
              + Features.missing(Feature.MULTI_MEMORY, module.memoryCount() + " memories"));
    }
    if (module.tableCount() > 1 && !features.has(Feature.REFERENCE_TYPES)) {
      throw invalid(
          "multiple tables: "
              + Features.missing(Feature.REFERENCE_TYPES, module.tableCount() + " tables"));
    }
  }

  private void exports() {
    Set<String> names = new HashSet<>();
    for (Export export : module.exports()) {
      String what = "export " + WasmModule.quote(export.name());
      if (!names.add(export.name())) {
        throw invalid("duplicate export name " + WasmModule.quote(export.name()));
      }
      int count =
          switch (export.kind()) {
            case FUNC -> module.functionCount();
            case TABLE -> module.tableCount();
            case MEMORY -> module.memoryCount();
            case GLOBAL -> module.globalCount();
            case TAG -> module.tagCount();
          };
      if (export.index() >= count) {
        String kind = export.kind().toString();
        throw unknown(kind.equals("func") ? "function" : kind, export.index(), count, what);
      }
      if (module.exportedType(export) instanceof GlobalType type) {
        mutable(type, what);
      }
    }
  }

  private static ValidationException unknown(String kind, int index, int count, String what) {
    return invalid("unknown " + kind + " " + index + " in " + what + ": there are " + count);
  }

  private void start() {
    int start = module.startFunction();
    if (start < 0) {
      return;
    }
    if (start >= module.functionCount()) {
      throw unknown("function", start, module.functionCount(), "start section");
    }
    FuncType type = module.functionType(start);
    if (!type.params().isEmpty() || !type.results().isEmpty()) {
      throw invalid(
          "start function must have type [] -> [], but "
              + module.describeFunction(start)
              + " has "
              + type);
    }
  }

  private void passive(SegmentMode mode, String what, int offset) {
    if (mode != SegmentMode.ACTIVE) {
      features.require(Feature.BULK_MEMORY, what + " segment that is not active", offset);
    }
  }

  private void elementSegment(ElementSegment segment) {
    passive(segment.mode(), "element", segment.start());
    int type = segment.type().code();
    // Function indexes were there before there were types for them.
    boolean typed =
        segment.items() instanceof ElementSegment.Expressions && type != TypeCode.FUNCREF;
    @Nullable String problem = typed ? context.problemWithType(type) : null;
    if (problem != null) {
      throw new ValidationException(problem, segment.start());
    }
    ConstExpr offset = segment.tableOffset();
    if (offset != null) {
      int table = segment.tableIndex();
      if (table >= module.tableCount()) {
        throw new ValidationException(
            "unknown table " + table + ": there are " + module.tableCount(), segment.start());
      }
      if (!context.matches(type, context.elementTypes[table])) {
        throw new ValidationException(
            "type mismatch: elements are "
                + TypeCode.toString(type)
                + ", the table's are "
                + TypeCode.toString(context.elementTypes[table]),
            segment.start());
      }
      constExprs.check(offset, context.tableIndexTypes[table], module.globalCount());
    }
    switch (segment.items()) {
      case ElementSegment.Functions functions -> {
        for (int function : functions.indexes()) {
          if (function >= module.functionCount()) {
            throw new ValidationException(
                "unknown function " + function + ": there are " + module.functionCount(),
                segment.start());
          }
        }
      }
      case ElementSegment.Expressions expressions -> {
        for (ConstExpr expression : expressions.expressions()) {
          constExprs.check(expression, type, module.globalCount());
        }
      }
    }
  }

  private void dataSegment(DataSegment segment) {
    passive(segment.mode(), "data", segment.start());
    ConstExpr offset = segment.memoryOffset();
    if (offset != null) {
      int memory = segment.memoryIndex();
      if (memory >= module.memoryCount()) {
        throw new ValidationException(
            "unknown memory " + memory + ": there are " + module.memoryCount(), offset.start());
      }
      constExprs.check(offset, context.addressTypes[memory], module.globalCount());
    }
  }
}
