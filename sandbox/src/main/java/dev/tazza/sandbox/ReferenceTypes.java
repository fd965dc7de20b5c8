package dev.tazza.sandbox;

import dev.tazza.wasm.module.DefinedTypes;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.type.AbstractHeapType;
import dev.tazza.wasm.type.FuncType;
import dev.tazza.wasm.type.TypeCode;
import dev.tazza.wasm.type.TypeMatching;

/**
 * Types of references to functions, as {@link TypeCode}s, and which of them are subtypes of which.
 * All include null here: a call of null faults where nothing is ever mapped, so nothing depends on
 * it. Immutable, shared by threads.
 *
 * <p>Why the types that a module declares may be believed: a reference has the type of the
 * parameter, result, global, table or exception that it comes from because whoever puts one there
 * is held to it, verified code by the proof and the runtime by its checks. What a caller or another
 * instance takes the place for is a type that is equal, or above, by the rules of linking.
 */
final class ReferenceTypes {
  /** No reference to a function. */
  static final int NONE = TypeCode.UNKNOWN;

  /** Of any function. */
  static final int ANY = TypeCode.FUNCREF;

  /** Of null alone. */
  static final int NULL = TypeCode.reference(true, AbstractHeapType.NOFUNC.code());

  private static final int MOST_PARAMS = 1 << 16;

  private final WasmModule module;
  private final TypeMatching matching;

  ReferenceTypes(WasmModule module) {
    this.module = module;
    matching = new TypeMatching(new DefinedTypes(module));
  }

  /** Of a type of values: its type as a reference to a function, or {@link #NONE}. */
  int of(int typeCode) {
    if (!TypeCode.isReference(typeCode)) {
      return NONE;
    }
    int heapType = TypeCode.heapType(typeCode);
    boolean isFunction =
        heapType >= 0
            ? module.type(heapType) instanceof FuncType
            : heapType == AbstractHeapType.FUNC.code()
                || heapType == AbstractHeapType.NOFUNC.code();
    return isFunction ? TypeCode.withNull(typeCode, true) : NONE;
  }

  /** Of functions of a type of the module. */
  static int ofDefined(int typeIndex) {
    return TypeCode.reference(true, typeIndex);
  }

  /**
   * A type of which nothing is known but that a parameter, or result, has it: for code that hands
   * on values of whatever types.
   */
  static int unnamed(boolean isResult, int number) {
    return ofDefined(TypeCode.MAX_TYPE_INDEX + (isResult ? MOST_PARAMS : 0) + number);
  }

  /** The index of the type that the referenced function has, or is below; -1: nobody knows. */
  int defined(int type) {
    int heapType = TypeCode.heapType(type);
    return heapType < module.typeCount() ? Math.max(heapType, -1) : -1;
  }

  /** Whether a reference of one type is one of another, too; neither is {@link #NONE}. */
  boolean matches(int actual, int expected) {
    if (actual == expected || expected == ANY || actual == NULL) {
      return true;
    }
    return defined(actual) >= 0 && defined(expected) >= 0 && matching.matches(actual, expected);
  }

  /** A type of which references of both are. */
  int common(int a, int b) {
    return matches(a, b) ? b : matches(b, a) ? a : ANY;
  }
}
