package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/** The rules for blocks, branches and calls (specification, section 3.3.8). */
final class ControlRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  ControlRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case NOP -> {}
      case UNREACHABLE -> stack.markUnreachable();
      case BLOCK, LOOP -> block(operator);
      case IF -> {
        stack.pop(TypeCode.I32);
        block(operator);
      }
      case ELSE -> elseBlock();
      case END -> end();
      case BR -> {
        stack.popAll(stack.labelTypes(in.label()));
        stack.markUnreachable();
      }
      case BR_IF -> {
        stack.pop(TypeCode.I32);
        int[] types = stack.labelTypes(in.label());
        stack.popAll(types);
        stack.pushAll(types);
      }
      case BR_TABLE -> brTable();
      case RETURN -> {
        stack.popAll(stack.labelTypes(stack.depth() - 1));
        stack.markUnreachable();
      }
      case CALL -> {
        int function = function(in.functionIndex());
        call(context.module.functionTypeIndex(function));
      }
      case CALL_INDIRECT -> callIndirect();
      default -> throw new AssertionError(operator);
    }
  }

  private void block(Operator operator) {
    int typeIndex = in.blockTypeIndex();
    if (typeIndex < 0) {
      int result = in.blockResult();
      if (result != TypeCode.UNKNOWN) {
        errors.check(context.problemWithType(result));
      }
      stack.open(operator, TypeStack.sequence(TypeCode.UNKNOWN), TypeStack.sequence(result));
    } else {
      if (!context.features.has(Feature.MULTI_VALUE)) {
        throw errors.invalid(Features.missing(Feature.MULTI_VALUE, "block with a type index"));
      }
      int[] params = context.params[type(typeIndex)];
      stack.popAll(params);
      stack.open(operator, params, context.results[typeIndex]);
    }
  }

  private void elseBlock() {
    if (stack.kind() != Operator.IF) {
      throw new MalformedException("else without if: END opcode expected", errors.offset());
    }
    int[] params = stack.start();
    int[] results = stack.end();
    stack.close();
    stack.open(Operator.ELSE, params, results);
  }

  private void end() {
    int[] results = stack.end();
    if (stack.kind() == Operator.IF && !Arrays.equals(stack.start(), results)) {
      throw errors.invalid("type mismatch: if without else must have results like its parameters");
    }
    stack.close();
    stack.pushAll(results);
  }

  /** All labels must accept the operands; they stay in place, so unknown types stay unknown. */
  @SuppressWarnings("ReferenceEquality") // only saves work
  private void brTable() {
    stack.pop(TypeCode.I32);
    int[] byDefault = stack.labelTypes(in.label());
    int[] last = null;
    for (int i = 0; i < in.labelCount(); i++) {
      int[] types = stack.labelTypes(in.label(i));
      if (types != last) { // neighbours mostly share a label
        if (types.length != byDefault.length) {
          throw errors.invalid(
              "type mismatch: br_table's default label takes "
                  + byDefault.length
                  + " operands, label "
                  + in.label(i)
                  + " takes "
                  + types.length);
        }
        stack.checkTop(types);
        last = types;
      }
    }
    stack.popAll(byDefault);
    stack.markUnreachable();
  }

  private void call(int typeIndex) {
    stack.popAll(context.params[typeIndex]);
    stack.pushAll(context.results[typeIndex]);
  }

  private void callIndirect() {
    int table = errors.index("table", in.secondTableIndex(), context.elementTypes.length);
    if (!ModuleContext.matches(context.elementTypes[table], TypeCode.FUNCREF)) {
      throw errors.mismatch(TypeCode.FUNCREF, context.elementTypes[table]);
    }
    int typeIndex = type(in.typeIndex());
    stack.pop(context.tableIndexTypes[table]);
    call(typeIndex);
  }

  /** Checks a function index and returns it. */
  int function(int function) {
    return errors.index("function", function, context.module.functionCount());
  }

  private int type(int typeIndex) {
    return errors.index("type", typeIndex, context.params.length);
  }
}
