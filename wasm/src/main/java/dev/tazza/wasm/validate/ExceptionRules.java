package dev.tazza.wasm.validate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/**
 * The rules for throwing and catching (specification, section 3.3.8), and for the instructions of
 * the exceptions proposal's first version.
 */
final class ExceptionRules {
  private static final int[] NONE = {};

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  ExceptionRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case THROW -> {
        stack.popAll(payload(in.tagIndex()));
        stack.markUnreachable();
      }
      case THROW_REF -> {
        stack.pop(TypeCode.EXNREF);
        stack.markUnreachable();
      }
      case RETHROW -> {
        Operator kind = stack.kind(in.label());
        if (kind != Operator.CATCH && kind != Operator.CATCH_ALL) {
          throw errors.invalid("invalid rethrow label " + in.label() + ": a " + kind);
        }
        stack.markUnreachable();
      }
      case CATCH -> handler(operator, payload(in.tagIndex()));
      case CATCH_ALL -> handler(operator, NONE);
      default -> delegate();
    }
  }

  private void handler(Operator operator, int[] operands) {
    if (stack.kind() != Operator.TRY && stack.kind() != Operator.CATCH) {
      throw errors.invalid(operator + " outside of a try");
    }
    int[] results = stack.end();
    stack.close();
    stack.open(operator, operands, results);
  }

  private void delegate() {
    if (stack.kind() != Operator.TRY) {
      throw errors.invalid("delegate without a try");
    }
    int[] results = stack.end();
    stack.close();
    errors.index("label", in.label(), stack.depth());
    stack.pushAll(results);
  }

  /** The clauses of a try_table, which belong to the block around it. */
  void clauses() {
    for (int i = 0; i < in.catchCount(); i++) {
      int kind = in.catchKind(i);
      boolean hasTag = kind == OperatorReader.CATCH || kind == OperatorReader.CATCH_REF;
      int[] operands = hasTag ? payload(in.catchTag(i)) : NONE;
      if (kind == OperatorReader.CATCH_REF || kind == OperatorReader.CATCH_ALL_REF) {
        operands = Arrays.copyOf(operands, operands.length + 1);
        operands[operands.length - 1] = TypeCode.withNull(TypeCode.EXNREF, false);
      }
      int[] types = stack.labelTypes(in.catchLabel(i));
      if (!context.matchAll(operands, types)) {
        throw errors.invalid(
            "type mismatch: the label of a catch clause takes "
                + TypeCode.toString(types)
                + ", the clause has "
                + TypeCode.toString(operands));
      }
    }
  }

  /** What exceptions of a tag carry. */
  private int[] payload(int tag) {
    int index = errors.index("tag", tag, context.module.tagCount());
    return context.params[context.module.tagTypeIndex(index)];
  }
}
