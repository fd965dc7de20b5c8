package dev.tazza;

import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.NumType;
import dev.tazza.wasm.type.RefType;
import dev.tazza.wasm.type.ValType;
import dev.tazza.wasm.type.VecType;
import java.util.List;

/** The types of a function's arguments and results as numbers, for {@link Values} to compare. */
record ValueKinds(FuncType type, byte[] params, byte[] results) {
  static final byte I32 = 1;
  static final byte I64 = 2;
  static final byte F32 = 3;
  static final byte F64 = 4;
  static final byte EXTERNREF = 5;
  static final byte FUNCREF = 6;
  static final byte V128 = 7;
  static final byte EXNREF = 8;

  /** How many kinds {@link #first} has, and how many bits each. */
  static final int FIRST = 16;

  static final int BITS = 4;
  static final int MASK = (1 << BITS) - 1;

  static ValueKinds of(FuncType type) {
    return new ValueKinds(type, kinds(type.params()), kinds(type.results()));
  }

  private static byte[] kinds(List<ValType> types) {
    byte[] kinds = new byte[types.size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = kind(types.get(i));
    }
    return kinds;
  }

  /** Without patterns in a switch: linking one makes 22 classes, 8 ms of a command's start. */
  private static byte kind(ValType type) {
    if (type instanceof NumType number) {
      return switch (number) {
        case I32 -> I32;
        case I64 -> I64;
        case F32 -> F32;
        case F64 -> F64;
      };
    }
    if (type instanceof VecType) {
      return V128;
    }
    if (type instanceof RefType reference) {
      if (reference.heapType() == AbstractHeapType.EXN) {
        return EXNREF;
      }
      return reference.heapType() == AbstractHeapType.EXTERN ? EXTERNREF : FUNCREF;
    }
    throw new UnsupportedOperationException("values of type " + type + " do not work yet");
  }

  /** The first {@link #FIRST} kinds in one number, {@link #BITS} each; 0 for those not there. */
  static long first(byte[] kinds) {
    long first = 0;
    for (int i = 0; i < Math.min(FIRST, kinds.length); i++) {
      first |= (long) kinds[i] << BITS * i;
    }
    return first;
  }

  /**
   * Checks that argument, or result, {@code index} is there and of the kind {@code wanted}.
   *
   * @throws IndexOutOfBoundsException when it is not there
   * @throws IllegalArgumentException when it is of another kind
   */
  void require(boolean result, int index, byte wanted) {
    byte[] kinds = result ? results : params;
    String what = result ? "result" : "argument";
    if (index < 0 || index >= kinds.length) {
      throw new IndexOutOfBoundsException(
          "a host function of type %s was asked for %s %d".formatted(type, what, index));
    }
    if (kinds[index] != wanted) {
      throw new IllegalArgumentException(
          "%s %d of a host function of type %s is %s, not %s"
              .formatted(what, index, type, name(kinds[index]), name(wanted)));
    }
  }

  private static String name(byte kind) {
    return switch (kind) {
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case EXTERNREF -> "externref";
      case V128 -> "v128";
      case EXNREF -> "exnref";
      default -> "funcref";
    };
  }
}
