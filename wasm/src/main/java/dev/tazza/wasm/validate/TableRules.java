package dev.tazza.wasm.validate;

import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/** The rules for tables and element segments (specification, section 3.3.6). */
final class TableRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  TableRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case ELEM_DROP -> segment(in.elementIndex());
      case TABLE_INIT -> init();
      case TABLE_COPY -> copy();
      default -> onTable(operator, table(in.tableIndex()));
    }
  }

  private void onTable(Operator operator, int table) {
    int index = context.tableIndexTypes[table];
    int element = context.elementTypes[table];
    switch (operator) {
      case TABLE_GET -> {
        stack.pop(index);
        stack.push(element);
      }
      case TABLE_SET -> {
        stack.pop(element);
        stack.pop(index);
      }
      case TABLE_SIZE -> stack.push(index);
      case TABLE_GROW -> {
        stack.pop(index);
        stack.pop(element);
        stack.push(index);
      }
      case TABLE_FILL -> {
        stack.pop(index);
        stack.pop(element);
        stack.pop(index);
      }
      default -> throw new AssertionError(operator);
    }
  }

  private void init() {
    int table = table(in.secondTableIndex());
    int segment = segment(in.elementIndex());
    checkElements(context.segmentTypes[segment], context.elementTypes[table]);
    stack.pop(TypeCode.I32);
    stack.pop(TypeCode.I32);
    stack.pop(context.tableIndexTypes[table]);
  }

  private void copy() {
    int target = table(in.tableIndex());
    int source = table(in.secondTableIndex());
    checkElements(context.elementTypes[source], context.elementTypes[target]);
    int targetIndex = context.tableIndexTypes[target];
    int sourceIndex = context.tableIndexTypes[source];
    stack.pop(targetIndex == sourceIndex ? targetIndex : TypeCode.I32);
    stack.pop(sourceIndex);
    stack.pop(targetIndex);
  }

  private void checkElements(int actual, int expected) {
    if (!context.matches(actual, expected)) {
      throw errors.mismatch(expected, actual);
    }
  }

  private int table(int table) {
    return errors.index("table", table, context.elementTypes.length);
  }

  private int segment(int segment) {
    return errors.index("elem segment", segment, context.segmentTypes.length);
  }
}
