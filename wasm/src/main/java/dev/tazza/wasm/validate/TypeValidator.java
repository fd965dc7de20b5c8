package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;
import dev.tazza.wasm.binary.ModuleLimit;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.SubType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.ValType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for type definitions (specification, section 3.2). */
final class TypeValidator {

  private final ModuleContext context;
  private final WasmModule module;

  /** By type index: how many supertypes there are above it. */
  private final int[] depths;

  TypeValidator(ModuleContext context) {
    this.context = context;
    this.module = context.module;
    this.depths = new int[module.typeCount()];
  }

  /** Checks all types: first what they refer to, on which the comparison of types relies. */
  void check() {
    for (int i = 0; i < module.typeCount(); i++) {
      SubType type = module.subType(i);
      String what = "type " + i;
      if (!type.isPlain() || !(type.composite() instanceof FuncType) || !module.isAlone(i)) {
        require(Feature.GC, what);
      }
      if (type.supertype() >= i) {
        throw invalid("unknown type " + type.supertype() + " as supertype of " + what);
      }
      composite(type, module.groupEnd(i), what);
    }
    for (int i = 0; i < module.typeCount(); i++) {
      if (module.subType(i).supertype() != SubType.NONE) {
        supertype(i);
      }
    }
  }

  private void require(Feature feature, String what) {
    if (!context.features.has(feature)) {
      throw invalid(Features.missing(feature, what));
    }
  }

  private static ValidationException invalid(String message) {
    return new ValidationException(message, WasmException.NO_OFFSET);
  }

  private void composite(SubType type, int end, String what) {
    switch (type.composite()) {
      case FuncType func -> {
        types(func.params(), end, what);
        types(func.results(), end, what);
        if (func.results().size() > 1 && !context.features.has(Feature.MULTI_VALUE)) {
          throw invalid("invalid result arity: " + Features.missing(Feature.MULTI_VALUE, what));
        }
      }
      case StructType struct -> {
        for (FieldType field : struct.fields()) {
          field(field, end, what);
        }
      }
      case ArrayType array -> field(array.element(), end, what);
    }
  }

  private void types(List<ValType> types, int end, String what) {
    for (int i = 0; i < types.size(); i++) {
      type(types.get(i).code(), end, what);
    }
  }

  private void field(FieldType field, int end, String what) {
    type(field.storage().unpacked().code(), end, what);
  }

  private void type(int type, int end, String what) {
    @Nullable String problem = context.problemWithType(type);
    if (problem == null && TypeCode.isConcrete(type) && TypeCode.heapType(type) >= end) {
      problem = "unknown type " + TypeCode.heapType(type);
    }
    if (problem != null) {
      throw invalid(problem + " in " + what);
    }
  }

  private void supertype(int typeIndex) {
    SubType type = module.subType(typeIndex);
    int supertypeIndex = type.supertype();
    SubType supertype = module.subType(supertypeIndex);
    if (supertype.isFinal()) {
      throw invalid("sub type " + typeIndex + ": its supertype " + supertypeIndex + " is final");
    }
    if (!context.matches(type.composite(), supertype.composite())) {
      throw invalid(
          "sub type "
              + typeIndex
              + " ("
              + type.composite()
              + ") does not match its supertype "
              + supertypeIndex
              + " ("
              + supertype.composite()
              + ")");
    }
    depths[typeIndex] = depths[supertypeIndex] + 1;
    context.limits.check(
        ModuleLimit.SUBTYPING_DEPTH, depths[typeIndex], (int) WasmException.NO_OFFSET);
  }
}
