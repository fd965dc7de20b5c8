package dev.tazza.wasm.validate;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.ArrayType;
import dev.tazza.wasm.type.FieldType;
import dev.tazza.wasm.type.PackedType;
import dev.tazza.wasm.type.StructType;
import dev.tazza.wasm.type.TypeCode;
import java.util.List;

/** The rules for structures and arrays (specification, section 3.3.5). */
final class AggregateRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  AggregateRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case STRUCT_NEW, STRUCT_NEW_DEFAULT -> newStruct(operator);
      case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> {
        FieldType field = field();
        checkPacking(operator, field, Operator.STRUCT_GET);
        stack.pop(reference());
        stack.push(field.storage().unpacked().code());
      }
      case STRUCT_SET -> {
        FieldType field = field();
        if (!field.mutable()) {
          throw errors.invalid("immutable field " + in.fieldIndex() + " of type " + in.typeIndex());
        }
        stack.pop(field.storage().unpacked().code());
        stack.pop(reference());
      }
      case ARRAY_LEN -> {
        stack.pop(TypeCode.ARRAYREF);
        stack.push(TypeCode.I32);
      }
      case ARRAY_NEW, ARRAY_NEW_DEFAULT, ARRAY_NEW_FIXED, ARRAY_NEW_DATA, ARRAY_NEW_ELEM ->
          newArray(operator, array(in.typeIndex()));
      default -> access(operator, array(in.typeIndex()));
    }
  }

  private void newStruct(Operator operator) {
    List<FieldType> fields = struct().fields();
    for (int i = fields.size() - 1; i >= 0; i--) {
      if (operator == Operator.STRUCT_NEW) {
        stack.pop(fields.get(i).storage().unpacked().code());
      } else {
        checkDefault(fields.get(i));
      }
    }
    stack.push(made());
  }

  private void newArray(Operator operator, FieldType element) {
    int value = element.storage().unpacked().code();
    switch (operator) {
      case ARRAY_NEW -> {
        stack.pop(TypeCode.I32);
        stack.pop(value);
      }
      case ARRAY_NEW_DEFAULT -> {
        checkDefault(element);
        stack.pop(TypeCode.I32);
      }
      case ARRAY_NEW_FIXED -> stack.popRepeated(value, in.elementCount());
      default -> {
        checkSegment(operator == Operator.ARRAY_NEW_DATA, element);
        stack.pop(TypeCode.I32);
        stack.pop(TypeCode.I32);
      }
    }
    stack.push(made());
  }

  private void access(Operator operator, FieldType element) {
    int value = element.storage().unpacked().code();
    switch (operator) {
      case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> {
        checkPacking(operator, element, Operator.ARRAY_GET);
        stack.pop(TypeCode.I32);
        stack.pop(reference());
        stack.push(value);
        return;
      }
      case ARRAY_SET -> stack.pop(value);
      case ARRAY_FILL -> {
        stack.pop(TypeCode.I32);
        stack.pop(value);
      }
      case ARRAY_COPY -> {
        FieldType source = array(in.secondTypeIndex());
        if (!context.matches(source.storage().code(), element.storage().code())) {
          throw errors.invalid("array types do not match: " + source + " and " + element);
        }
        stack.pop(TypeCode.I32);
        stack.pop(TypeCode.I32);
        stack.pop(TypeCode.reference(true, in.secondTypeIndex()));
      }
      case ARRAY_INIT_DATA, ARRAY_INIT_ELEM -> {
        checkSegment(operator == Operator.ARRAY_INIT_DATA, element);
        stack.pop(TypeCode.I32);
        stack.pop(TypeCode.I32);
      }
      default -> throw new AssertionError(operator);
    }
    if (!element.mutable()) {
      throw errors.invalid("immutable array: type " + in.typeIndex());
    }
    stack.pop(TypeCode.I32);
    stack.pop(reference());
  }

  /** Data may become numbers and vectors, element segments references. */
  private void checkSegment(boolean isData, FieldType element) {
    int value = element.storage().code();
    if (isData) {
      if (TypeCode.isReference(value)) {
        throw errors.invalid("array type is not numeric or vector: type " + in.typeIndex());
      }
      int count = context.module.dataCount();
      if (count < 0) {
        throw new MalformedException("data count section required", errors.offset());
      }
      errors.index("data segment", in.segmentIndex(), count);
    } else {
      int[] types = context.segmentTypes;
      int actual = types[errors.index("elem segment", in.segmentIndex(), types.length)];
      if (!context.matches(actual, value)) {
        throw errors.mismatch(value, actual);
      }
    }
  }

  private void checkDefault(FieldType field) {
    if (!TypeCode.isDefaultable(field.storage().code())) {
      throw errors.invalid("type mismatch: " + field.storage() + " has no default value");
    }
  }

  /** Packed fields are read with a sign or without, others as they are. */
  private void checkPacking(Operator operator, FieldType field, Operator plain) {
    if (field.storage() instanceof PackedType == (operator == plain)) {
      throw errors.invalid("type mismatch: " + operator + " of a field of type " + field.storage());
    }
  }

  /** What the operator takes. */
  private int reference() {
    return TypeCode.reference(true, in.typeIndex());
  }

  /** What the operator makes. */
  private int made() {
    return TypeCode.reference(false, in.typeIndex());
  }

  private FieldType field() {
    List<FieldType> fields = struct().fields();
    return fields.get(errors.index("field", in.fieldIndex(), fields.size()));
  }

  private StructType struct() {
    int index = errors.index("type", in.typeIndex(), context.params.length);
    if (context.module.type(index) instanceof StructType type) {
      return type;
    }
    throw errors.invalid("type mismatch: type " + index + " is no structure");
  }

  /** The elements of an array type. */
  private FieldType array(int typeIndex) {
    int index = errors.index("type", typeIndex, context.params.length);
    if (context.module.type(index) instanceof ArrayType type) {
      return type.element();
    }
    throw errors.invalid("type mismatch: type " + index + " is no array");
  }
}
