package dev.tazza.wasm.validate;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.module.FunctionBody;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/**
 * Validates function bodies, one after the other: a single walk over the bytes that decodes and
 * checks each instruction. One thread at a time.
 */
public final class FunctionValidator {

  private final ModuleContext context;
  private final WasmModule module;
  private final OperatorReader in;
  private final TypeStack stack;
  private final ControlRules control;
  private final TableRules tables;
  private final MemoryRules memories;
  private final ReferenceRules references;
  private final AggregateRules aggregates;
  private final LocalInitialization locals = new LocalInitialization();
  private final Errors errors = new BodyErrors();
  private int functionIndex;

  FunctionValidator(ModuleContext context) {
    this.context = context;
    this.module = context.module;
    this.in = new OperatorReader(module.bytes());
    this.stack = new TypeStack(context, errors, locals);
    this.references = new ReferenceRules(context, in, stack, errors);
    this.aggregates = new AggregateRules(context, in, stack, errors);
    this.control = new ControlRules(context, in, stack, references, errors);
    this.tables = new TableRules(context, in, stack, errors);
    this.memories = new MemoryRules(context, in, stack, errors);
  }

  /**
   * Validates the body of a function.
   *
   * @throws ValidationException if it breaks a rule
   * @throws MalformedException if its bytes are no function body
   * @throws ResourceLimitException if it has too many locals, operands or nested blocks
   */
  public void validate(int functionIndex) {
    this.functionIndex = functionIndex;
    FunctionBody body = module.body(functionIndex);
    in.openBody(module, body);
    int typeIndex = module.functionTypeIndex(functionIndex);
    for (int i = context.params[typeIndex].length; i < in.localCount(); i++) {
      errors.check(context.problemWithType(in.localType(i)));
    }
    locals.begin(in, context.params[typeIndex].length);
    stack.clear();
    stack.open(Operator.BLOCK, TypeStack.sequence(TypeCode.UNKNOWN), context.results[typeIndex]);
    while (stack.depth() > 0) {
      if (in.remaining() == 0) {
        throw new MalformedException(
            "unexpected end of section or function: END opcode expected in "
                + module.describeFunction(functionIndex),
            in.position());
      }
      instruction(in.next());
    }
    if (in.remaining() != 0) {
      throw new MalformedException(
          "section size mismatch: " + in.remaining() + " bytes after the end of the function",
          in.position());
    }
  }

  /** The largest number of operands on the stack at any point of the last body. */
  public int maxOperands() {
    return stack.maxHeight();
  }

  /** The largest number of blocks open at any point of the last body, the body itself included. */
  public int maxNesting() {
    return stack.maxDepth();
  }

  private void instruction(Operator operator) {
    if (!context.isEnabled(operator)) {
      throw errors.invalid(context.missing(operator));
    }
    switch (operator.family()) {
      case CONTROL -> control.check(operator);
      case PARAMETRIC -> parametric(operator);
      case VARIABLE -> variable(operator);
      case TABLE -> tables.check(operator);
      case MEMORY -> memories.check(operator);
      case NUMERIC -> stack.apply(operator);
      case REFERENCE -> references.check(operator);
      case AGGREGATE -> aggregates.check(operator);
      case ATOMIC -> memories.atomic(operator);
      case VECTOR -> vector(operator);
    }
  }

  private void vector(Operator operator) {
    switch (operator.immediate()) {
      case MEMARG -> memories.access(operator);
      case MEMARG_LANE -> {
        checkLane(in.lane(), operator);
        memories.access(operator);
      }
      case LANE_INDEX -> {
        checkLane(in.lane(), operator);
        stack.apply(operator);
      }
      case LANE_INDICES -> {
        for (int i = 0; i < 16; i++) {
          checkLane(in.lane(i), operator);
        }
        stack.apply(operator);
      }
      default -> stack.apply(operator);
    }
  }

  private void checkLane(int lane, Operator operator) {
    if (lane >= operator.laneCount()) {
      throw errors.invalid(
          "invalid lane index " + lane + ": " + operator + " has " + operator.laneCount());
    }
  }

  private void parametric(Operator operator) {
    switch (operator) {
      case DROP -> stack.pop();
      case SELECT -> select();
      default -> typedSelect();
    }
  }

  private void select() {
    stack.pop(TypeCode.I32);
    int second = stack.pop();
    int first = stack.pop();
    if (TypeCode.isReference(first) || TypeCode.isReference(second)) {
      throw errors.invalid(
          "type mismatch: select without a type expects numbers or vectors, found "
              + TypeCode.toString(TypeCode.isReference(first) ? first : second));
    }
    if (!context.matches(second, first)) {
      throw errors.mismatch(first, second);
    }
    stack.push(first == TypeCode.UNKNOWN ? second : first);
  }

  private void typedSelect() {
    if (in.selectTypeCount() != 1) {
      throw errors.invalid("invalid result arity: select has " + in.selectTypeCount() + " types");
    }
    int type = in.selectType(0);
    errors.check(context.problemWithType(type));
    stack.pop(TypeCode.I32);
    stack.pop(type);
    stack.pop(type);
    stack.push(type);
  }

  private void variable(Operator operator) {
    switch (operator) {
      case LOCAL_GET -> {
        int type = localType();
        if (locals.isUnset(in.localIndex())) {
          throw errors.invalid("uninitialized local " + in.localIndex());
        }
        stack.push(type);
      }
      case LOCAL_SET -> {
        stack.pop(localType());
        locals.assign(in.localIndex());
      }
      case LOCAL_TEE -> {
        int type = localType();
        stack.pop(type);
        stack.push(type);
        locals.assign(in.localIndex());
      }
      case GLOBAL_GET -> stack.push(globalType());
      default -> {
        int type = globalType();
        if (!module.global(in.globalIndex()).mutable()) {
          throw errors.invalid("immutable global " + in.globalIndex());
        }
        stack.pop(type);
      }
    }
  }

  private int localType() {
    return in.localType(errors.index("local", in.localIndex(), in.localCount()));
  }

  private int globalType() {
    int[] types = context.globalTypes;
    return types[errors.index("global", in.globalIndex(), types.length)];
  }

  /** Errors at the current instruction of the current function. */
  private final class BodyErrors implements Errors {

    @Override
    public int offset() {
      return in.operatorOffset();
    }

    @Override
    public ValidationException invalid(String message) {
      String function = module.describeFunction(functionIndex);
      return ValidationException.inFunction(message, functionIndex, function, offset());
    }
  }
}
