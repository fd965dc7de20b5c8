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
  /** A block type, then a vector of catch clauses. */
  TRY_TABLE,
  TYPE_INDEX,
  TAG_INDEX,
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
  HEAP_TYPE,
  /** A heap type; whether null is included the operator says. */
  CAST_TYPE,
  /** Flags, a label, the heap types of what comes in and of what is asked for. */
  CAST_BRANCH,
  /** A structure's type index, then a field's index. */
  TYPE_AND_FIELD,
  /** An array's type index, then a number of elements. */
  TYPE_AND_COUNT,
  /** An array's type index, then a data segment index. */
  TYPE_AND_DATA,
  /** An array's type index, then an element segment index. */
  TYPE_AND_ELEMENT,
  /** Two type indexes: destination, source. */
  TYPE_PAIR,
  /** A byte that is 0 and stands for sequential consistency. */
  ORDERING
}
