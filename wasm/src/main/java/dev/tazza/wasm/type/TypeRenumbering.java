package dev.tazza.wasm.type;

import java.util.ArrayList;
import java.util.List;

/**
 * Types with other numbers in place of their type indexes. What refers to no type of the module
 * stays the same object.
 *
 * @param numbers by type index, the number that stands for it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TypeRenumbering(int[] numbers) {

  public ValType apply(ValType type) {
    return type instanceof RefType reference ? apply(reference) : type;
  }

  public RefType apply(RefType type) {
    return type.heapType() instanceof ConcreteHeapType(int index)
        ? new RefType(type.nullable(), new ConcreteHeapType(numbers[index]))
        : type;
  }

  public FuncType apply(FuncType type) {
    return isConcrete(type.params()) || isConcrete(type.results())
        ? new FuncType(apply(type.params()), apply(type.results()))
        : type;
  }

  private static boolean isConcrete(List<ValType> types) {
    for (int i = 0; i < types.size(); i++) {
      if (TypeCode.isConcrete(types.get(i).code())) {
        return true;
      }
    }
    return false;
  }

  private List<ValType> apply(List<ValType> types) {
    List<ValType> result = new ArrayList<>(types.size());
    for (ValType type : types) {
      result.add(apply(type));
    }
    return result;
  }

  public GlobalType apply(GlobalType type) {
    return TypeCode.isConcrete(type.valueType().code())
        ? new GlobalType(apply(type.valueType()), type.mutable())
        : type;
  }

  public TableType apply(TableType type) {
    return TypeCode.isConcrete(type.elementType().code())
        ? new TableType(apply(type.elementType()), type.limits())
        : type;
  }

  public SubType apply(SubType type) {
    int supertype = type.supertype() == SubType.NONE ? SubType.NONE : numbers[type.supertype()];
    CompositeType composite =
        switch (type.composite()) {
          case FuncType func -> apply(func);
          case StructType struct -> {
            List<FieldType> fields = new ArrayList<>();
            for (FieldType field : struct.fields()) {
              fields.add(apply(field));
            }
            yield new StructType(fields);
          }
          case ArrayType array -> new ArrayType(apply(array.element()));
        };
    return new SubType(type.isFinal(), supertype, composite);
  }

  private FieldType apply(FieldType field) {
    return field.storage() instanceof RefType type
        ? new FieldType(apply(type), field.mutable())
        : field;
  }
}
