package dev.tazza.wasm.validate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.TypeCode;

/** The rules for references as such (specification, section 3.3.4). */
final class ReferenceRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  ReferenceRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case REF_NULL -> {
        errors.check(context.problemWithHeapType(in.heapTypeCode()));
        stack.push(TypeCode.reference(true, in.heapTypeCode()));
      }
      case REF_IS_NULL -> {
        popReference();
        stack.push(TypeCode.I32);
      }
      case REF_AS_NON_NULL -> stack.push(TypeCode.withNull(popReference(), false));
      case REF_FUNC -> function();
      case REF_TEST, REF_TEST_NULL, REF_CAST, REF_CAST_NULL -> cast(operator);
      case ANY_CONVERT_EXTERN -> convert(AbstractHeapType.EXTERN, AbstractHeapType.ANY);
      case EXTERN_CONVERT_ANY -> convert(AbstractHeapType.ANY, AbstractHeapType.EXTERN);
      default -> stack.apply(operator);
    }
  }

  private void function() {
    int function = errors.index("function", in.functionIndex(), context.module.functionCount());
    if (!context.module.isReferenced(function)) {
      throw errors.invalid("undeclared function reference " + function);
    }
    stack.push(TypeCode.reference(false, context.module.functionTypeIndex(function)));
  }

  private void cast(Operator operator) {
    boolean isTest = operator == Operator.REF_TEST || operator == Operator.REF_TEST_NULL;
    boolean nullable = operator == Operator.REF_TEST_NULL || operator == Operator.REF_CAST_NULL;
    int target = TypeCode.reference(nullable, in.heapTypeCode());
    errors.check(context.problemWithType(target));
    stack.pop(TypeCode.reference(true, context.top(in.heapTypeCode()).code()));
    stack.push(isTest ? TypeCode.I32 : target);
  }

  private void convert(AbstractHeapType from, AbstractHeapType to) {
    int actual = stack.pop(TypeCode.reference(true, from.code()));
    stack.push(TypeCode.reference(TypeCode.isNullable(actual), to.code()));
  }

  /** Pops a reference of any type; the one that matches all where it cannot be known. */
  int popReference() {
    int type = stack.pop();
    if (type == TypeCode.UNKNOWN) {
      return TypeCode.UNKNOWN_REFERENCE;
    }
    if (!TypeCode.isReference(type)) {
      throw errors.invalid("type mismatch: expected a reference, found " + TypeCode.toString(type));
    }
    return type;
  }
}
