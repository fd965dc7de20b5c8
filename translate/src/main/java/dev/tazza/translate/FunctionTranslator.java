package dev.tazza.translate;

import dev.tazza.codegen.ir.Builder;
import dev.tazza.codegen.ir.Function;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.operator.Operator;

/**
 * Translates one validated function body to SSA: a walk over the operators that keeps the operand
 * stack as values ({@link OperandStack}), the locals as values per block ({@link LocalVariables})
 * and the open constructs ({@link ControlTranslator}).
 */
final class FunctionTranslator {
  private final FunctionState state;
  private final ControlTranslator control;
  private final NumericTranslator numbers;
  private final MemoryTranslator memory;
  private final TableTranslator tables;
  private final VectorTranslator vectors;
  private final AtomicTranslator atomics;

  private FunctionTranslator(FunctionState state) {
    this.state = state;
    this.control = new ControlTranslator(state);
    this.numbers = new NumericTranslator(state);
    this.memory = new MemoryTranslator(state);
    this.atomics = new AtomicTranslator(state, memory);
    this.vectors = new VectorTranslator(state, memory);
    this.tables = new TableTranslator(state);
  }

  /**
   * The function at {@code body} as IR; source positions are byte offsets in the module.
   *
   * @param size of this function; knows afterwards how large it has become
   */
  static Function translate(ModuleEnvironment env, FunctionBody body, FunctionSize size) {
    return translate(env, body, size, new CheckedIndexes(false));
  }

  /** The same where each access to a memory has its own check, if it has any, beside it. */
  static Function translateApart(ModuleEnvironment env, FunctionBody body, FunctionSize size) {
    return translate(env, body, size, new CheckedIndexes(true));
  }

  private static Function translate(
      ModuleEnvironment env, FunctionBody body, FunctionSize size, CheckedIndexes checked) {
    int index = body.functionIndex();
    Function function =
        new Function(env.functionName(index), env.functionSignature(index), env.regions);
    function.symbol = index;
    FunctionState state = new FunctionState(env, body, new Builder(function), size, checked);
    new FunctionTranslator(state).run();
    state.locals.finish();
    size.addOperands(state.locals.operands());
    size.check(function.instCount());
    // Ends that nothing reaches were made in advance and stayed empty.
    function.blocks.removeIf(block -> block.terminator() == null);
    return function;
  }

  private void run() {
    while (!control.done()) {
      Operator operator = state.reader.next();
      state.builder.setLoc(state.reader.operatorOffset());
      state.size.check(state.function.instCount());
      if (state.unreachable) {
        control.skip(operator);
      } else {
        state.fuel.count(operator);
        step(operator);
      }
    }
  }

  private void step(Operator operator) {
    switch (operator.family()) {
      case CONTROL -> control.translate(operator);
      case PARAMETRIC -> numbers.parametric(operator);
      case VARIABLE -> numbers.variable(operator);
      case NUMERIC -> numbers.numeric(operator);
      case MEMORY -> memory.translate(operator);
      case TABLE -> tables.translate(operator);
      case REFERENCE -> tables.reference(operator);
      case VECTOR -> vectors.translate(operator);
      case ATOMIC -> atomics.translate(operator);
      case AGGREGATE -> throw Uncompiled.error(operator);
    }
  }
}
