package dev.tazza.wasm.text;

import dev.tazza.wasm.binary.BinaryWriter;
import dev.tazza.wasm.type.TypeCode;
import java.util.Arrays;

/**
 * A type use or a function type being read: the {@link TypeCode}s of its parameters and results.
 */
final class TypeUse {
  private int[] params = new int[4];
  private int[] results = new int[2];
  private int paramCount;
  private int resultCount;

  void addParam(int type) {
    if (paramCount == params.length) {
      params = Arrays.copyOf(params, 2 * paramCount);
    }
    params[paramCount++] = type;
  }

  void addResult(int type) {
    if (resultCount == results.length) {
      results = Arrays.copyOf(results, 2 * resultCount);
    }
    results[resultCount++] = type;
  }

  int paramCount() {
    return paramCount;
  }

  int resultCount() {
    return resultCount;
  }

  int result(int i) {
    return results[i];
  }

  boolean isEmpty() {
    return paramCount + resultCount == 0;
  }

  /** The same text for equal types, different text for different ones. */
  String key() {
    StringBuilder key = new StringBuilder(2 * (paramCount + resultCount) + 1);
    append(key, params, paramCount);
    key.append('>');
    append(key, results, resultCount);
    return key.toString();
  }

  /** Two characters for a type; the low byte of a type's code is never '>'. */
  private static void append(StringBuilder key, int[] types, int count) {
    for (int i = 0; i < count; i++) {
      key.append((char) types[i]).append((char) (types[i] >>> 16));
    }
  }

  void write(BinaryWriter out) {
    out.u8(0x60).u32(paramCount);
    for (int i = 0; i < paramCount; i++) {
      out.typeCode(params[i]);
    }
    out.u32(resultCount);
    for (int i = 0; i < resultCount; i++) {
      out.typeCode(results[i]);
    }
  }
}
