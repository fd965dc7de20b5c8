package dev.tazza.wasm.operator;

import dev.tazza.wasm.type.TypeCode;
import java.util.HashMap;
import java.util.Map;

/**
 * What an operator takes from the stack and leaves there, as {@link TypeCode}s. Operators share the
 * few there are: making one for each of hundreds is felt in the start of a process.
 */
final class OperandTypes {
  /** Only used while {@link Operator} is initialized, by one thread. */
  private static final Map<String, OperandTypes> KNOWN = new HashMap<>();

  final int[] params;
  final int[] results;

  private OperandTypes(String letters) {
    int arrow = letters.indexOf('>');
    params = types(letters, 0, arrow);
    results = types(letters, arrow + 1, letters.length());
  }

  /** The signature that is written {@code parameters>results}, a letter for each type. */
  static OperandTypes of(String letters) {
    OperandTypes known = KNOWN.get(letters);
    if (known == null) {
      known = new OperandTypes(letters);
      KNOWN.put(letters, known);
    }
    return known;
  }

  private static int[] types(String letters, int from, int to) {
    int[] result = new int[to - from];
    for (int i = from; i < to; i++) {
      result[i - from] =
          switch (letters.charAt(i)) {
            case 'i' -> TypeCode.I32;
            case 'I' -> TypeCode.I64;
            case 'f' -> TypeCode.F32;
            case 'F' -> TypeCode.F64;
            case 'v' -> TypeCode.V128;
            case 'a' -> TypeCode.ADDRESS;
            case 'q' -> TypeCode.EQREF;
            case 'A' -> TypeCode.ARRAYREF;
            case 'J' -> TypeCode.I31REF;
            case 'j' -> TypeCode.withNull(TypeCode.I31REF, false);
            default -> throw new IllegalArgumentException(letters);
          };
    }
    return result;
  }
}
