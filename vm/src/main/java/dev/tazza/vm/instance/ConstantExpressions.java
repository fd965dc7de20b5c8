package dev.tazza.vm.instance;

import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Evaluates constant expressions, which WebAssembly 2.0 restricts to one instruction. */
final class ConstantExpressions {
  private ConstantExpressions() {}

  /**
   * Sets the value, two words that are zero, if it is the same in all instances; returns whether it
   * is.
   */
  static boolean storeConstant(ConstExpr expression, long[] words, int at) {
    switch (only(expression)) {
      case ConstInstr.I32(int value) -> words[at] = Integer.toUnsignedLong(value);
      case ConstInstr.I64(long value) -> words[at] = value;
      case ConstInstr.F32(int bits) -> words[at] = Integer.toUnsignedLong(bits);
      case ConstInstr.F64(long bits) -> words[at] = bits;
      case ConstInstr.V128(long low, long high) -> {
        words[at] = low;
        words[at + 1] = high;
      }
      case ConstInstr.RefNull _ -> {}
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Stores a value that is not the same in all instances. */
  static void store(VmInstance instance, ConstExpr expression, long address) {
    if (only(expression) instanceof ConstInstr.GlobalGet(int index)) {
      long from = instance.globalAddress(index);
      NativeMemory.putLong(address, NativeMemory.getLong(from));
      NativeMemory.putLong(address + 8, NativeMemory.getLong(from + 8));
    } else {
      NativeMemory.putLong(address, reference(instance, expression));
    }
  }

  /** The value as a reference: address or handle. */
  static long reference(VmInstance instance, ConstExpr expression) {
    return switch (only(expression)) {
      case ConstInstr.RefNull _ -> 0;
      case ConstInstr.RefFunc(int index) -> instance.functionReference(index);
      case ConstInstr.GlobalGet(int index) -> NativeMemory.getLong(instance.globalAddress(index));
      default -> throw notYet(expression);
    };
  }

  /** The offset of an active segment, unsigned. */
  static int offset(VmInstance instance, @Nullable ConstExpr expression) {
    return switch (only(Objects.requireNonNull(expression))) {
      case ConstInstr.I32(int value) -> value;
      case ConstInstr.GlobalGet(int index) -> NativeMemory.getInt(instance.globalAddress(index));
      default -> throw notYet(expression);
    };
  }

  /** The value of an offset that is the same in all instances, or -1. */
  static long constantOffset(@Nullable ConstExpr expression) {
    return expression != null && only(expression) instanceof ConstInstr.I32(int value)
        ? Integer.toUnsignedLong(value)
        : -1;
  }

  private static ConstInstr only(ConstExpr expression) {
    if (expression.instructions().size() != 1) {
      throw notYet(expression);
    }
    return expression.instructions().get(0);
  }

  private static UnsupportedOperationException notYet(ConstExpr expression) {
    return new UnsupportedOperationException(
        "extended constant expressions cannot be evaluated yet: " + expression.instructions());
  }
}
