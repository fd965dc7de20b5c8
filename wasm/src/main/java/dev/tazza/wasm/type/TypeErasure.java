package dev.tazza.wasm.type;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Types with references to abstract types, {@code func}, {@code struct} and {@code array}, in place
 * of those to defined ones: as much as the representation of values depends on.
 *
 * @param definitions by type index, the shape of the type
 */
public record TypeErasure(IntFunction<CompositeType> definitions) {

  public FuncType apply(FuncType type) {
    return new FuncType(apply(type.params()), apply(type.results()));
  }

  private List<ValType> apply(List<ValType> types) {
    List<ValType> result = new ArrayList<>(types.size());
    for (ValType type : types) {
      result.add(
          type instanceof RefType(boolean nullable, ConcreteHeapType(int index))
              ? new RefType(nullable, shape(index))
              : type);
    }
    return result;
  }

  /** The same for a type given as {@link TypeCode}. */
  public int apply(int typeCode) {
    return TypeCode.isConcrete(typeCode)
        ? TypeCode.reference(
            TypeCode.isNullable(typeCode), shape(TypeCode.heapType(typeCode)).code())
        : typeCode;
  }

  private AbstractHeapType shape(int typeIndex) {
    return switch (definitions.apply(typeIndex)) {
      case FuncType _ -> AbstractHeapType.FUNC;
      case StructType _ -> AbstractHeapType.STRUCT;
      case ArrayType _ -> AbstractHeapType.ARRAY;
    };
  }
}
