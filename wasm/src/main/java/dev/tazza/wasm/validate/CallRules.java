package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/** The rules for calls (specification, section 3.3.8). */
final class CallRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  CallRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case CALL -> call(function());
      case CALL_INDIRECT -> call(indirect());
      case CALL_REF -> call(reference());
      case RETURN_CALL -> tailCall(function());
      case RETURN_CALL_INDIRECT -> tailCall(indirect());
      case RETURN_CALL_REF -> {
        if (!context.features.has(Feature.FUNCTION_REFERENCES)) {
          throw errors.invalid(Features.missing(Feature.FUNCTION_REFERENCES, operator.mnemonic()));
        }
        tailCall(reference());
      }
      default -> throw new AssertionError(operator);
    }
  }

  private void call(int typeIndex) {
    stack.popAll(context.params[typeIndex]);
    stack.pushAll(context.results[typeIndex]);
  }

  private void tailCall(int typeIndex) {
    int[] results = context.results[typeIndex];
    int[] wanted = stack.labelTypes(stack.depth() - 1);
    if (!context.matchAll(results, wanted)) {
      throw errors.invalid(
          "type mismatch: a tail call must return what the function does, expected "
              + TypeCode.toString(wanted)
              + ", found "
              + TypeCode.toString(results));
    }
    stack.popAll(context.params[typeIndex]);
    stack.markUnreachable();
  }

  private int function() {
    int function = errors.index("function", in.functionIndex(), context.module.functionCount());
    return context.module.functionTypeIndex(function);
  }

  private int indirect() {
    int table = errors.index("table", in.secondTableIndex(), context.elementTypes.length);
    if (!context.matches(context.elementTypes[table], TypeCode.FUNCREF)) {
      throw errors.mismatch(TypeCode.FUNCREF, context.elementTypes[table]);
    }
    int typeIndex = type(in.typeIndex());
    stack.pop(context.tableIndexTypes[table]);
    return typeIndex;
  }

  private int reference() {
    int typeIndex = type(in.typeIndex());
    stack.pop(TypeCode.reference(true, typeIndex));
    return typeIndex;
  }

  /** Checks the index of a function type and returns it. */
  int type(int typeIndex) {
    int index = errors.index("type", typeIndex, context.params.length);
    if (!context.module.isFuncType(index)) {
      throw errors.invalid("type mismatch: type " + index + " is no function type");
    }
    return index;
  }
}
