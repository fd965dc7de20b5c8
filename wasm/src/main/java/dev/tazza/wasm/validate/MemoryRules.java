package dev.tazza.wasm.validate;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.Features;
import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.binary.OperatorReader;
import dev.tazza.wasm.operator.Operator;
import dev.tazza.wasm.type.TypeCode;

/** The rules for memories and data segments (specification, section 3.3.7). */
final class MemoryRules {

  private final ModuleContext context;
  private final OperatorReader in;
  private final TypeStack stack;
  private final Errors errors;

  MemoryRules(ModuleContext context, OperatorReader in, TypeStack stack, Errors errors) {
    this.context = context;
    this.in = in;
    this.stack = stack;
    this.errors = errors;
  }

  void check(Operator operator) {
    switch (operator) {
      case MEMORY_SIZE, MEMORY_GROW, MEMORY_FILL -> signature(operator, memory(in.memoryIndex()));
      case MEMORY_INIT -> {
        int memory = memory(in.secondMemoryIndex());
        checkData(in.dataIndex());
        signature(operator, memory);
      }
      case MEMORY_COPY -> copy();
      case DATA_DROP -> checkData(in.dataIndex());
      default -> access(operator);
    }
  }

  /** Atomic access must be aligned, whatever the hint. */
  void atomic(Operator operator) {
    if (operator == Operator.ATOMIC_FENCE) {
      return;
    }
    if (in.alignLog2() != operator.naturalAlignLog2()) {
      throw errors.invalid(
          "alignment must be natural: 2**"
              + in.alignLog2()
              + " for an atomic access of "
              + operator.accessBytes()
              + " bytes");
    }
    access(operator);
  }

  /** A load or store, scalar or vector. */
  void access(Operator operator) {
    if (in.hasExplicitMemory() && !context.features.has(Feature.MULTI_MEMORY)) {
      throw errors.invalid(
          Features.missing(Feature.MULTI_MEMORY, operator + " with a memory index"));
    }
    int memory = memory(in.memoryIndex());
    if (in.alignLog2() > operator.naturalAlignLog2()) {
      throw errors.invalid(
          "alignment must not be larger than natural: 2**"
              + in.alignLog2()
              + " for an access of "
              + operator.accessBytes()
              + " bytes");
    }
    if (context.addressTypes[memory] == TypeCode.I32 && in.memoryOffset() >>> 32 != 0) {
      throw errors.invalid(
          "offset out of range: " + Long.toUnsignedString(in.memoryOffset()) + " is above 2**32-1");
    }
    signature(operator, memory);
  }

  private void signature(Operator operator, int memory) {
    int address = context.addressTypes[memory];
    for (int i = operator.paramCount() - 1; i >= 0; i--) {
      int type = operator.param(i);
      stack.pop(type == TypeCode.ADDRESS ? address : type);
    }
    for (int i = 0; i < operator.resultCount(); i++) {
      int type = operator.result(i);
      stack.push(type == TypeCode.ADDRESS ? address : type);
    }
  }

  private void copy() {
    int target = context.addressTypes[memory(in.memoryIndex())];
    int source = context.addressTypes[memory(in.secondMemoryIndex())];
    stack.pop(target == source ? target : TypeCode.I32);
    stack.pop(source);
    stack.pop(target);
  }

  private int memory(int memory) {
    return errors.index("memory", memory, context.addressTypes.length);
  }

  /**
   * Data segments come after the code, so code that names one needs the count section before it.
   */
  private void checkData(int segment) {
    int count = context.module.dataCount();
    if (count < 0) {
      throw new MalformedException("data count section required", errors.offset());
    }
    errors.index("data segment", segment, count);
  }
}
