package dev.tazza.translate;

import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.module.FunctionBody;

/**
 * How much a function becomes while it is translated, against what its module and the heap have
 * room for. A call and a branch of two bytes can pass a thousand values, so the time and space that
 * compiling takes are not bounded by the function's bytes: what counts are <i>values</i>, that is,
 * instructions, results and parameters, and the operands of calls and branches.
 *
 * <p>Real code makes fewer than {@value #VALUES_PER_BYTE} of them from a byte. What is more comes
 * out of a stock that all functions of a module share.
 */
final class FunctionSize {
  // What it takes until the function is machine code, in bytes. With Serial, functions of 0.7 to
  // 1.7
  // MB need 0.6 to 1.7 times what follows from this, and calls with a thousand results 2.5 times.

  private static final int BYTES_PER_INST = 200;
  private static final int BYTES_PER_OPERAND = 50;

  /** Values that each byte of a body may become. */
  static final int VALUES_PER_BYTE = 16;

  private final ModuleEnvironment env;
  private final String name;
  private final int bytes;

  /** So many values are neither too many nor too large. */
  private final long unlimited;

  private long insts;
  private long operands;

  FunctionSize(ModuleEnvironment env, FunctionBody body) {
    this.env = env;
    name = env.functionName(body.functionIndex());
    bytes = body.size();
    unlimited =
        Math.min(mostValues(), env.heap.most() / Math.max(BYTES_PER_INST, BYTES_PER_OPERAND));
  }

  /** What the function may become without taking from the module's stock. */
  private long allowance() {
    return (long) VALUES_PER_BYTE * bytes;
  }

  private long mostValues() {
    return allowance() + SpareValues.OF_A_MODULE;
  }

  /** Notes operands that a call or a branch passes. */
  void addOperands(int count) {
    operands += count;
  }

  /** All values, when last {@linkplain #check checked}. */
  private long values() {
    return insts + operands;
  }

  /** About how much of the heap compiling it takes. */
  long heapBytes() {
    return insts * BYTES_PER_INST + operands * BYTES_PER_OPERAND;
  }

  /** Whether it became more than its bytes account for. */
  boolean isLarge() {
    return values() > allowance();
  }

  /**
   * To be called after each operator; what one of them makes is small enough.
   *
   * @param instCount how many instructions there are until now
   * @throws ResourceLimitException if the function is too large
   */
  void check(int instCount) {
    insts = instCount;
    if (values() > unlimited) {
      checkLimits();
    }
  }

  private void checkLimits() {
    if (values() > mostValues()) {
      throw tooMany();
    }
    if (heapBytes() > env.heap.most()) {
      throw env.heap.tooLarge(name, bytes);
    }
  }

  /**
   * Takes what the function became beyond its bytes from the module's stock.
   *
   * @throws ResourceLimitException if there is not as much
   */
  void takeSpare() {
    if (isLarge() && !env.spareValues.take(values() - allowance())) {
      throw tooMany();
    }
  }

  private ResourceLimitException tooMany() {
    return new ResourceLimitException(
        "too many values in function %s of %d bytes: the limit is %d a byte, and %d more in all functions of the module"
            .formatted(name, bytes, VALUES_PER_BYTE, SpareValues.OF_A_MODULE));
  }
}
