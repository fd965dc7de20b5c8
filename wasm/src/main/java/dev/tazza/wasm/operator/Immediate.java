package dev.tazza.wasm.operator;

/** What follows an opcode in the binary format, in this order. */
public enum Immediate {
  NONE,
  /** A block type. */
  BLOCK_TYPE,
  /** A relative label. */
  LABEL_INDEX,
  /** A vector of labels and the default label. */
  LABEL_TABLE,
  FUNCTION_INDEX,
  /** A type index, then a table index. */
  TYPE_AND_TABLE,
  /** A vector of value types. */
  SELECT_TYPES,
  LOCAL_INDEX,
  GLOBAL_INDEX,
  TABLE_INDEX,
  /** An element segment index, then a table index. */
  ELEMENT_AND_TABLE,
  ELEMENT_INDEX,
  /** Two table indexes: destination, source. */
  TABLE_PAIR,
  /** Alignment, memory index and offset. */
  MEMARG,
  /** The same, then a lane index. */
  MEMARG_LANE,
  MEMORY_INDEX,
  /** A data segment index, then a memory index. */
  DATA_AND_MEMORY,
  DATA_INDEX,
  /** Two memory indexes: destination, source. */
  MEMORY_PAIR,
  LANE_INDEX,
  /** Sixteen lane indexes. */
  LANE_INDICES,
  I32,
  I64,
  F32,
  F64,
  V128,
  HEAP_TYPE
}
