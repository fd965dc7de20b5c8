package dev.tazza.vm.instance;

import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import dev.tazza.wasm.operator.Operator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Evaluates constant expressions, most of which are one instruction. */
final class ConstantExpressions {
  private ConstantExpressions() {}

  /**
   * Sets the value, two words that are zero, if it is the same in all instances; returns whether it
   * is.
   */
  static boolean storeConstant(ConstExpr expression, long[] words, int at) {
    List<ConstInstr> instructions = expression.instructions();
    if (instructions.size() == 1
        && instructions.get(0) instanceof ConstInstr.V128(long low, long high)) {
      words[at] = low;
      words[at + 1] = high;
      return true;
    }
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof ConstInstr.GlobalGet
          || instructions.get(i) instanceof ConstInstr.RefFunc) {
        return false;
      }
    }
    words[at] = evaluate(null, expression);
    return true;
  }

  /** Stores a value that is not the same in all instances. */
  static void store(VmInstance instance, ConstExpr expression, long address) {
    if (expression.instructions().get(0) instanceof ConstInstr.GlobalGet(int index)
        && expression.instructions().size() == 1) {
      long from = instance.globalAddress(index);
      NativeMemory.putLong(address, NativeMemory.getLong(from));
      NativeMemory.putLong(address + 8, NativeMemory.getLong(from + 8));
    } else {
      NativeMemory.putLong(address, evaluate(instance, expression));
    }
  }

  /** The value as a reference: address or handle. */
  static long reference(VmInstance instance, ConstExpr expression) {
    return evaluate(instance, expression);
  }

  /** The offset of an active segment, unsigned; of 32 or 64 bits. */
  static long offset(VmInstance instance, @Nullable ConstExpr expression) {
    return evaluate(instance, Objects.requireNonNull(expression));
  }

  /**
   * The value of a valid expression whose type is no vector: numbers of 32 bits are zero-extended.
   *
   * @param instance null only if the expression names nothing of it
   */
  private static long evaluate(@Nullable VmInstance instance, ConstExpr expression) {
    List<ConstInstr> instructions = expression.instructions();
    if (instructions.size() == 1) {
      return value(instance, instructions.get(0));
    }
    long[] stack = new long[instructions.size()];
    int height = 0;
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof ConstInstr.Compute(Operator operator)) {
        height--;
        stack[height - 1] = compute(operator, stack[height - 1], stack[height]);
      } else {
        stack[height++] = value(instance, instructions.get(i));
      }
    }
    return stack[0];
  }

  private static long value(@Nullable VmInstance instance, ConstInstr instruction) {
    return switch (instruction) {
      case ConstInstr.I32(int value) -> Integer.toUnsignedLong(value);
      case ConstInstr.I64(long value) -> value;
      case ConstInstr.F32(int bits) -> Integer.toUnsignedLong(bits);
      case ConstInstr.F64(long bits) -> bits;
      case ConstInstr.RefNull _ -> 0;
      case ConstInstr.RefFunc(int index) ->
          Objects.requireNonNull(instance).functionReference(index);
      case ConstInstr.GlobalGet(int index) ->
          NativeMemory.getLong(Objects.requireNonNull(instance).globalAddress(index));
      case ConstInstr.V128 _, ConstInstr.Compute _, ConstInstr.Allocate _ ->
          throw new IllegalStateException("no single value: " + instruction);
    };
  }

  private static long compute(Operator operator, long a, long b) {
    return switch (operator) {
      case I32_ADD -> Integer.toUnsignedLong((int) a + (int) b);
      case I32_SUB -> Integer.toUnsignedLong((int) a - (int) b);
      case I32_MUL -> Integer.toUnsignedLong((int) a * (int) b);
      case I64_ADD -> a + b;
      case I64_SUB -> a - b;
      case I64_MUL -> a * b;
      default -> throw new IllegalStateException("not in constant expressions: " + operator);
    };
  }
}
