package dev.tazza.wasm.module;

import dev.tazza.wasm.operator.Operator;

/** One instruction of a constant expression. */
public sealed interface ConstInstr {

  record I32(int value) implements ConstInstr {}

  record I64(long value) implements ConstInstr {}

  /** A float, as bits, so that NaNs keep their payload. */
  record F32(int bits) implements ConstInstr {}

  /** A float, as bits, so that NaNs keep their payload. */
  record F64(long bits) implements ConstInstr {}

  /** A vector: bytes 0 to 7, then bytes 8 to 15, both little-endian. */
  record V128(long low, long high) implements ConstInstr {}

  /** A null reference; the heap type is a {@link dev.tazza.wasm.type.HeapType#code()}. */
  record RefNull(int heapType) implements ConstInstr {}

  record RefFunc(int functionIndex) implements ConstInstr {}

  record GlobalGet(int globalIndex) implements ConstInstr {}

  /**
   * An instruction that makes a structure or an array.
   *
   * @param typeIndex the type of what is made
   * @param count for {@code array.new_fixed}, the number of elements
   */
  record Allocate(Operator operator, int typeIndex, int count) implements ConstInstr {}

  /** An instruction without immediates that works on what came before. */
  record Compute(Operator operator) implements ConstInstr {}
}
