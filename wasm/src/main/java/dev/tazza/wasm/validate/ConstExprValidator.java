package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/**
 * The rules for constant expressions (specification, section 3.3.10): few instructions are allowed,
 * and those follow the same rules as in function bodies.
 */
final class ConstExprValidator {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final ReferenceRules references;
  private final AggregateRules aggregates;
  private final Errors errors = new ExpressionErrors();

  ConstExprValidator(ModuleContext context) {
    this.context = context;
    this.in = new OperatorReader(context.module.bytes());
    this.stack = new TypeStack(context, errors, new LocalInitialization());
    this.references = new ReferenceRules(context, in, stack, errors);
    this.aggregates = new AggregateRules(context, in, stack, errors);
  }

  /**
   * Checks that an expression is constant and of a type.
   *
   * @param globals how many globals are defined before the expression
   */
  void check(ConstExpr expression, int expected, int globals) {
    in.reset(expression.start(), expression.end());
    stack.clear();
    stack.open(Operator.BLOCK, TypeStack.sequence(TypeCode.UNKNOWN), TypeStack.sequence(expected));
    for (Operator next = in.next(); next != Operator.END; next = in.next()) {
      instruction(next, globals);
    }
    stack.close();
    if (in.remaining() != 0) {
      throw new MalformedException("unexpected content after an expression", in.position());
    }
  }

  private void instruction(Operator operator, int globals) {
    if (!context.isEnabled(operator)) {
      throw errors.invalid(context.missing(operator));
    }
    switch (operator) {
      case I32_CONST, I64_CONST, F32_CONST, F64_CONST, V128_CONST -> stack.apply(operator);
      case REF_NULL, REF_FUNC, REF_I31, ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY ->
          references.check(operator);
      case STRUCT_NEW, STRUCT_NEW_DEFAULT, ARRAY_NEW, ARRAY_NEW_DEFAULT, ARRAY_NEW_FIXED ->
          aggregates.check(operator);
      case GLOBAL_GET -> stack.push(globalGet(in.globalIndex(), globals));
      case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL -> {
        if (!context.features.has(Feature.EXTENDED_CONST)) {
          throw errors.invalid(
              "constant expression required: "
                  + Features.missing(Feature.EXTENDED_CONST, operator.mnemonic()));
        }
        stack.apply(operator);
      }
      default ->
          throw errors.invalid("constant expression required: " + operator + " is not constant");
    }
  }

  /** The first releases let constant expressions see imported globals only. */
  private int globalGet(int global, int globals) {
    int imported = context.module.importedGlobalCount();
    errors.index("global", global, globals);
    if (global >= imported
        && !context.features.has(Feature.GC)
        && !context.features.has(Feature.EXTENDED_CONST)) {
      throw errors.invalid(
          "unknown global "
              + global
              + ": only "
              + imported
              + " are imported, others need "
              + Feature.EXTENDED_CONST.title());
    }
    if (context.module.global(global).mutable()) {
      throw errors.invalid("constant expression required: global " + global + " is mutable");
    }
    return context.globalTypes[global];
  }

  /** Errors at the current instruction. */
  private final class ExpressionErrors implements Errors {

    @Override
    public int offset() {
      return in.operatorOffset();
    }

    @Override
    public ValidationException invalid(String message) {
      return new ValidationException(message, offset());
    }
  }
}
