package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/** The rules for blocks and branches (specification, section 3.3.8). */
final class ControlRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final ReferenceRules references;
  private final CallRules calls;
  private final ExceptionRules exceptions;
  private final Errors errors;

  ControlRules(
      ModuleContext context,
      OperatorReader in,
      TypeStack stack,
      ReferenceRules references,
      Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.references = references;
    this.calls = new CallRules(context, in, stack, errors);
    this.exceptions = new ExceptionRules(context, in, stack, errors);
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case NOP -> {}
      case UNREACHABLE -> stack.markUnreachable();
      case BLOCK, LOOP, TRY -> block(operator);
      case IF -> {
        stack.pop(TypeCode.I32);
        block(operator);
      }
      case TRY_TABLE -> {
        exceptions.clauses();
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
      case BR_ON_NULL -> brOnNull();
      case BR_ON_NON_NULL -> brOnNonNull();
      case BR_ON_CAST, BR_ON_CAST_FAIL -> brOnCast(operator);
      case RETURN -> {
        stack.popAll(stack.labelTypes(stack.depth() - 1));
        stack.markUnreachable();
      }
      case THROW, THROW_REF, RETHROW, CATCH, CATCH_ALL, DELEGATE -> exceptions.check(operator);
      default -> calls.check(operator);
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
      int[] params = context.params[calls.type(typeIndex)];
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
    if (stack.kind() == Operator.IF && !context.matchAll(stack.start(), results)) {
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

  private void brOnNull() {
    int type = references.popReference();
    int[] types = stack.labelTypes(in.label());
    stack.popAll(types);
    stack.pushAll(types);
    stack.push(TypeCode.withNull(type, false));
  }

  private void brOnNonNull() {
    int[] types = labelWithReference();
    int[] before = Arrays.copyOf(types, types.length - 1);
    stack.pop(TypeCode.withNull(types[before.length], true));
    stack.popAll(before);
    stack.pushAll(before);
  }

  /** The types of a label, the last of which must be a reference. */
  private int[] labelWithReference() {
    int[] types = stack.labelTypes(in.label());
    if (types.length == 0 || !TypeCode.isReference(types[types.length - 1])) {
      throw errors.invalid("type mismatch: label " + in.label() + " takes no reference");
    }
    return types;
  }

  private void brOnCast(Operator operator) {
    int from = in.castFrom();
    int to = in.castTo();
    errors.check(context.problemWithType(from));
    errors.check(context.problemWithType(to));
    if (!context.matches(to, from)) {
      throw errors.mismatch(from, to);
    }
    // What is known where the cast failed: null went along with the type if that includes null.
    int rest = TypeCode.withNull(from, TypeCode.isNullable(from) && !TypeCode.isNullable(to));
    boolean onFail = operator == Operator.BR_ON_CAST_FAIL;
    int[] types = labelWithReference();
    int[] before = Arrays.copyOf(types, types.length - 1);
    int taken = onFail ? rest : to;
    if (!context.matches(taken, types[before.length])) {
      throw errors.mismatch(types[before.length], taken);
    }
    stack.pop(from);
    stack.popAll(before);
    stack.pushAll(before);
    stack.push(onFail ? to : rest);
  }
}
