package dev.tazza.vm.instance;

import dev.tazza.sys.NativeMemory;
import dev.tazza.wasm.module.ConstExpr;
import dev.tazza.wasm.module.ConstInstr;

/** Evaluates constant expressions, which WebAssembly 2.0 restricts to one instruction. */
final class ConstantExpressions {
  private ConstantExpressions() {}

  /** Stores the value to {@code address}, 16 bytes of a global. */
  static void store(VmInstance instance, ConstExpr expression, long address) {
    switch (only(expression)) {
      case ConstInstr.I32(int value) ->
          NativeMemory.putLong(address, Integer.toUnsignedLong(value));
      case ConstInstr.I64(long value) -> NativeMemory.putLong(address, value);
      case ConstInstr.F32(int bits) -> NativeMemory.putLong(address, Integer.toUnsignedLong(bits));
      case ConstInstr.F64(long bits) -> NativeMemory.putLong(address, bits);
      case ConstInstr.V128(long low, long high) -> {
        NativeMemory.putLong(address, low);
        NativeMemory.putLong(address + 8, high);
      }
      case ConstInstr.GlobalGet(int index) -> {
        long from = instance.globals[index].address();
        NativeMemory.putLong(address, NativeMemory.getLong(from));
        NativeMemory.putLong(address + 8, NativeMemory.getLong(from + 8));
      }
      default -> NativeMemory.putLong(address, reference(instance, expression));
    }
  }

  /** The value as a reference: address or handle. */
  static long reference(VmInstance instance, ConstExpr expression) {
    return switch (only(expression)) {
      case ConstInstr.RefNull _ -> 0;
      case ConstInstr.RefFunc(int index) -> instance.functionReference(index);
      case ConstInstr.GlobalGet(int index) ->
          NativeMemory.getLong(instance.globals[index].address());
      default -> throw notYet(expression);
    };
  }

  /** The value as an unsigned 32-bit offset. */
  static int offset(VmInstance instance, ConstExpr expression) {
    return switch (only(expression)) {
      case ConstInstr.I32(int value) -> value;
      case ConstInstr.GlobalGet(int index) ->
          NativeMemory.getInt(instance.globals[index].address());
      default -> throw notYet(expression);
    };
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
