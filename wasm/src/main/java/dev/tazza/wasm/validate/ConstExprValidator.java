package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.GlobalType;
import dev.tazza.wasm.type.TypeCode;
import java.util.List;

/** The rules for constant expressions (specification, section 3.3.10). */
final class ConstExprValidator {

  private final ModuleContext context;

  ConstExprValidator(ModuleContext context) {
    this.context = context;
  }

  /**
   * Checks that an expression is constant and of a type.
   *
   * @param globals how many globals are defined before the expression
   */
  void check(ConstExpr expression, int expected, int globals) {
    List<ConstInstr> instructions = expression.instructions();
    int at = expression.start();
    int[] stack = new int[Math.max(instructions.size(), 1)];
    int height = 0;
    for (int i = 0; i < instructions.size(); i++) {
      ConstInstr instruction = instructions.get(i);
      if (instruction instanceof ConstInstr.Compute(Operator operator)) {
        height = compute(operator, stack, height, at);
      } else {
        stack[height++] = type(instruction, globals, at);
      }
    }
    if (height != 1) {
      throw new ValidationException(
          "type mismatch: expected one "
              + TypeCode.toString(expected)
              + ", found "
              + height
              + " values",
          at);
    }
    if (!ModuleContext.matches(stack[0], expected)) {
      throw mismatch(expected, stack[0], at);
    }
  }

  private static ValidationException mismatch(int expected, int actual, int at) {
    return new ValidationException(
        "type mismatch: expected "
            + TypeCode.toString(expected)
            + ", found "
            + TypeCode.toString(actual),
        at);
  }

  private int compute(Operator operator, int[] stack, int height, int at) {
    if (!context.features.has(Feature.EXTENDED_CONST)) {
      throw new ValidationException(
          "constant expression required: "
              + Features.missing(Feature.EXTENDED_CONST, operator.mnemonic()),
          at);
    }
    int params = operator.paramCount();
    if (height < params) {
      throw new ValidationException("type mismatch: " + operator + " lacks operands", at);
    }
    for (int i = 0; i < params; i++) {
      int actual = stack[height - params + i];
      if (!ModuleContext.matches(actual, operator.param(i))) {
        throw mismatch(operator.param(i), actual, at);
      }
    }
    stack[height - params] = operator.result(0);
    return height - params + 1;
  }

  private int type(ConstInstr instruction, int globals, int at) {
    return switch (instruction) {
      case ConstInstr.I32 _ -> TypeCode.I32;
      case ConstInstr.I64 _ -> TypeCode.I64;
      case ConstInstr.F32 _ -> TypeCode.F32;
      case ConstInstr.F64 _ -> TypeCode.F64;
      case ConstInstr.V128 _ -> {
        context.features.require(Feature.SIMD, "v128.const", at);
        yield TypeCode.V128;
      }
      case ConstInstr.RefNull(int heapType) -> refNull(heapType, at);
      case ConstInstr.RefFunc(int function) -> refFunc(function, at);
      case ConstInstr.GlobalGet(int global) -> globalGet(global, globals, at);
      case ConstInstr.Compute _ -> throw new AssertionError(instruction);
    };
  }

  private int refNull(int heapType, int at) {
    context.features.require(Feature.REFERENCE_TYPES, "ref.null", at);
    String problem = context.problemWithHeapType(heapType);
    if (problem != null) {
      throw new ValidationException(problem, at);
    }
    return TypeCode.reference(true, heapType);
  }

  private int refFunc(int function, int at) {
    context.features.require(Feature.REFERENCE_TYPES, "ref.func", at);
    int count = context.module.functionCount();
    if (function >= count) {
      throw new ValidationException("unknown function " + function + ": there are " + count, at);
    }
    return TypeCode.FUNCREF;
  }

  /** Until GC, the only globals that constant expressions see are the imported ones. */
  private int globalGet(int global, int globals, int at) {
    int imported = context.module.importedGlobalCount();
    if (global >= globals) {
      throw new ValidationException("unknown global " + global + ": there are " + globals, at);
    }
    if (global >= imported && !context.features.has(Feature.GC)) {
      throw new ValidationException(
          "unknown global "
              + global
              + ": only "
              + imported
              + " are imported and without GC it must be",
          at);
    }
    GlobalType type = context.module.global(global);
    if (type.mutable()) {
      throw new ValidationException(
          "constant expression required: global " + global + " is mutable", at);
    }
    return context.globalTypes[global];
  }
}
