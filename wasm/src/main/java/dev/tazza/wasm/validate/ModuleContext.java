package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.DefinedTypes;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.CompositeType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.HeapType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.TypeMatching;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules for instructions need to know of the module, as arrays of {@link TypeCode}s; the
 * specification's context <i>C</i> less what belongs to one function. Immutable, shared by threads.
 */
final class ModuleContext {

  private static final int[] NONE = {};

  final WasmModule module;
  final Features features;
  final ModuleLimits limits;

  /** By type index; empty where the type is no function type. */
  final int[][] params;

  /** By type index; empty where the type is no function type. */
  final int[][] results;

  /** By table: the element type. */
  final int[] elementTypes;

  /** By table: the type of an index into it. */
  final int[] tableIndexTypes;

  /** By memory: the type of an address. */
  final int[] addressTypes;

  final int[] globalTypes;

  /** By element segment: the type of its elements. */
  final int[] segmentTypes;

  /** By the operator's ordinal. */
  private final boolean[] enabled;

  private final TypeMatching matching;

  ModuleContext(WasmModule module, Features features, ModuleLimits limits) {
    this.module = module;
    this.features = features;
    matching = new TypeMatching(new DefinedTypes(module));
    this.limits = limits;
    params = new int[module.typeCount()][];
    results = new int[module.typeCount()][];
    for (int i = 0; i < params.length; i++) {
      boolean isFunction = module.type(i) instanceof FuncType;
      params[i] = isFunction ? codes(module.funcTypeAt(i).params()) : NONE;
      results[i] = isFunction ? codes(module.funcTypeAt(i).results()) : NONE;
    }
    elementTypes = new int[module.tableCount()];
    tableIndexTypes = new int[module.tableCount()];
    for (int i = 0; i < elementTypes.length; i++) {
      elementTypes[i] = module.table(i).elementType().code();
      tableIndexTypes[i] = module.table(i).limits().indexType().code();
    }
    addressTypes = new int[module.memoryCount()];
    for (int i = 0; i < addressTypes.length; i++) {
      addressTypes[i] = module.memory(i).limits().indexType().code();
    }
    globalTypes = new int[module.globalCount()];
    for (int i = 0; i < globalTypes.length; i++) {
      globalTypes[i] = module.global(i).valueType().code();
    }
    segmentTypes = new int[module.elementSegments().size()];
    for (int i = 0; i < segmentTypes.length; i++) {
      segmentTypes[i] = module.elementSegments().get(i).type().code();
    }
    Operator[] operators = Operator.values();
    enabled = new boolean[operators.length];
    for (Operator operator : operators) {
      Feature feature = operator.feature();
      enabled[operator.ordinal()] = feature == null || features.has(feature);
    }
  }

  private static int[] codes(List<ValType> types) {
    int[] codes = new int[types.size()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = types.get(i).code();
    }
    return codes;
  }

  boolean isEnabled(Operator operator) {
    return enabled[operator.ordinal()];
  }

  /** What is wrong with an operator that not enabled. */
  String missing(Operator operator) {
    Feature feature = operator.feature();
    return feature == null ? "" : Features.missing(feature, operator.mnemonic());
  }

  /** Why a value type may not be used in this module, or null if it may. */
  @Nullable String problemWithType(int type) {
    Feature feature =
        switch (type) {
          case TypeCode.I32, TypeCode.I64, TypeCode.F32, TypeCode.F64 -> null;
          case TypeCode.V128 -> Feature.SIMD;
          case TypeCode.FUNCREF, TypeCode.EXTERNREF -> Feature.REFERENCE_TYPES;
          default ->
              TypeCode.isNullable(type)
                  ? heapTypeFeature(TypeCode.heapType(type))
                  : Feature.FUNCTION_REFERENCES;
        };
    if (feature != null && !features.has(feature)) {
      return Features.missing(feature, "type " + TypeCode.toString(type));
    }
    return problemWithIndex(type);
  }

  private @Nullable String problemWithIndex(int type) {
    if (!TypeCode.isReference(type) || TypeCode.heapType(type) < params.length) {
      return null;
    }
    return "unknown type " + TypeCode.heapType(type);
  }

  private static Feature heapTypeFeature(int heapType) {
    return HeapType.ofCode(heapType) instanceof AbstractHeapType type
        ? type.feature()
        : Feature.FUNCTION_REFERENCES;
  }

  /** Why a heap type may not be used in this module, or null if it may. */
  @Nullable String problemWithHeapType(int heapType) {
    return problemWithType(TypeCode.reference(true, heapType));
  }

  /** Whether a value of one type may stand where another is expected (section 3.3.2). */
  boolean matches(int actual, int expected) {
    return actual == expected || matching.matches(actual, expected);
  }

  /** The same for sequences of values. */
  boolean matchAll(int[] actual, int[] expected) {
    if (actual.length != expected.length) {
      return false;
    }
    for (int i = 0; i < actual.length; i++) {
      if (!matches(actual[i], expected[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether a type of one shape may be declared a subtype of one of another. */
  boolean matches(CompositeType actual, CompositeType expected) {
    return matching.matches(actual, expected);
  }

  /** The type above all others of a heap type's hierarchy. */
  AbstractHeapType top(int heapType) {
    return matching.top(heapType);
  }
}
