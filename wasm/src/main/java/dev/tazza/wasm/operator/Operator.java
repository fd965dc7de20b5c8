package dev.tazza.wasm.operator;

import static dev.tazza.wasm.Feature.BULK_MEMORY;
import static dev.tazza.wasm.Feature.EXCEPTIONS;
import static dev.tazza.wasm.Feature.FUNCTION_REFERENCES;
import static dev.tazza.wasm.Feature.GC;
import static dev.tazza.wasm.Feature.LEGACY_EXCEPTIONS;
import static dev.tazza.wasm.Feature.REFERENCE_TYPES;
import static dev.tazza.wasm.Feature.RELAXED_SIMD;
import static dev.tazza.wasm.Feature.SATURATING_FLOAT_TO_INT;
import static dev.tazza.wasm.Feature.SIGN_EXTENSION;
import static dev.tazza.wasm.Feature.TAIL_CALLS;
import static dev.tazza.wasm.Feature.THREADS;
import static dev.tazza.wasm.Feature.WIDE_ARITHMETIC;
import static dev.tazza.wasm.operator.Family.AGGREGATE;
import static dev.tazza.wasm.operator.Family.ATOMIC;
import static dev.tazza.wasm.operator.Family.CONTROL;
import static dev.tazza.wasm.operator.Family.MEMORY;
import static dev.tazza.wasm.operator.Family.NUMERIC;
import static dev.tazza.wasm.operator.Family.PARAMETRIC;
import static dev.tazza.wasm.operator.Family.REFERENCE;
import static dev.tazza.wasm.operator.Family.TABLE;
import static dev.tazza.wasm.operator.Family.VARIABLE;
import static dev.tazza.wasm.operator.Family.VECTOR;
import static dev.tazza.wasm.operator.Immediate.BLOCK_TYPE;
import static dev.tazza.wasm.operator.Immediate.CAST_BRANCH;
import static dev.tazza.wasm.operator.Immediate.CAST_TYPE;
import static dev.tazza.wasm.operator.Immediate.DATA_AND_MEMORY;
import static dev.tazza.wasm.operator.Immediate.DATA_INDEX;
import static dev.tazza.wasm.operator.Immediate.ELEMENT_AND_TABLE;
import static dev.tazza.wasm.operator.Immediate.ELEMENT_INDEX;
import static dev.tazza.wasm.operator.Immediate.F32;
import static dev.tazza.wasm.operator.Immediate.F64;
import static dev.tazza.wasm.operator.Immediate.FUNCTION_INDEX;
import static dev.tazza.wasm.operator.Immediate.GLOBAL_INDEX;
import static dev.tazza.wasm.operator.Immediate.HEAP_TYPE;
import static dev.tazza.wasm.operator.Immediate.I32;
import static dev.tazza.wasm.operator.Immediate.I64;
import static dev.tazza.wasm.operator.Immediate.LABEL_INDEX;
import static dev.tazza.wasm.operator.Immediate.LABEL_TABLE;
import static dev.tazza.wasm.operator.Immediate.LANE_INDEX;
import static dev.tazza.wasm.operator.Immediate.LANE_INDICES;
import static dev.tazza.wasm.operator.Immediate.LOCAL_INDEX;
import static dev.tazza.wasm.operator.Immediate.MEMARG;
import static dev.tazza.wasm.operator.Immediate.MEMARG_LANE;
import static dev.tazza.wasm.operator.Immediate.MEMORY_INDEX;
import static dev.tazza.wasm.operator.Immediate.MEMORY_PAIR;
import static dev.tazza.wasm.operator.Immediate.ORDERING;
import static dev.tazza.wasm.operator.Immediate.SELECT_TYPES;
import static dev.tazza.wasm.operator.Immediate.TABLE_INDEX;
import static dev.tazza.wasm.operator.Immediate.TABLE_PAIR;
import static dev.tazza.wasm.operator.Immediate.TAG_INDEX;
import static dev.tazza.wasm.operator.Immediate.TYPE_AND_COUNT;
import static dev.tazza.wasm.operator.Immediate.TYPE_AND_DATA;
import static dev.tazza.wasm.operator.Immediate.TYPE_AND_ELEMENT;
import static dev.tazza.wasm.operator.Immediate.TYPE_AND_FIELD;
import static dev.tazza.wasm.operator.Immediate.TYPE_AND_TABLE;
import static dev.tazza.wasm.operator.Immediate.TYPE_INDEX;
import static dev.tazza.wasm.operator.Immediate.TYPE_PAIR;
import static dev.tazza.wasm.operator.Immediate.V128;

import dev.tazza.wasm.Feature;
import dev.tazza.wasm.type.TypeCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The instructions of WebAssembly 3.0 and of proposals that modules use.
 *
 * <p>Columns: opcode, name in the text format, family, immediates (none if absent), stack signature
 * (absent if it depends on the context), bytes of memory accessed (only loads and stores), feature
 * (absent for the first release, and for {@link Feature#SIMD} in the vector family).
 *
 * <p>Opcodes under a prefix are written {@code 0xPP_CCCC}: prefix byte, then the code. Signatures
 * read {@code parameters>results}: {@code i} i32, {@code I} i64, {@code f} f32, {@code F} f64,
 * {@code v} v128, {@code a} the index type of the memory named; references to {@code q} what can be
 * compared, {@code A} arrays, {@code J} integers of 31 bits, {@code j} the same without null.
 */
@SuppressWarnings("ImmutableEnumChecker") // the arrays are never handed out
public enum Operator {
  // Control instructions (specification, section 5.4.1).
  UNREACHABLE(0x00, "unreachable", CONTROL),
  NOP(0x01, "nop", CONTROL, ">"),
  BLOCK(0x02, "block", CONTROL, BLOCK_TYPE),
  LOOP(0x03, "loop", CONTROL, BLOCK_TYPE),
  IF(0x04, "if", CONTROL, BLOCK_TYPE),
  ELSE(0x05, "else", CONTROL),
  TRY(0x06, "try", CONTROL, BLOCK_TYPE, LEGACY_EXCEPTIONS),
  CATCH(0x07, "catch", CONTROL, TAG_INDEX, LEGACY_EXCEPTIONS),
  THROW(0x08, "throw", CONTROL, TAG_INDEX, EXCEPTIONS),
  RETHROW(0x09, "rethrow", CONTROL, LABEL_INDEX, LEGACY_EXCEPTIONS),
  THROW_REF(0x0A, "throw_ref", CONTROL, EXCEPTIONS),
  END(0x0B, "end", CONTROL),
  BR(0x0C, "br", CONTROL, LABEL_INDEX),
  BR_IF(0x0D, "br_if", CONTROL, LABEL_INDEX),
  BR_TABLE(0x0E, "br_table", CONTROL, LABEL_TABLE),
  RETURN(0x0F, "return", CONTROL),
  CALL(0x10, "call", CONTROL, FUNCTION_INDEX),
  CALL_INDIRECT(0x11, "call_indirect", CONTROL, TYPE_AND_TABLE),
  RETURN_CALL(0x12, "return_call", CONTROL, FUNCTION_INDEX, TAIL_CALLS),
  RETURN_CALL_INDIRECT(0x13, "return_call_indirect", CONTROL, TYPE_AND_TABLE, TAIL_CALLS),
  CALL_REF(0x14, "call_ref", CONTROL, TYPE_INDEX, FUNCTION_REFERENCES),
  RETURN_CALL_REF(0x15, "return_call_ref", CONTROL, TYPE_INDEX, TAIL_CALLS),
  DELEGATE(0x18, "delegate", CONTROL, LABEL_INDEX, LEGACY_EXCEPTIONS),
  CATCH_ALL(0x19, "catch_all", CONTROL, LEGACY_EXCEPTIONS),

  // Parametric instructions.
  DROP(0x1A, "drop", PARAMETRIC),
  SELECT(0x1B, "select", PARAMETRIC),
  SELECT_TYPED(0x1C, "select", PARAMETRIC, SELECT_TYPES, REFERENCE_TYPES),
  TRY_TABLE(0x1F, "try_table", CONTROL, Immediate.TRY_TABLE, EXCEPTIONS),

  // Variable instructions.
  LOCAL_GET(0x20, "local.get", VARIABLE, LOCAL_INDEX),
  LOCAL_SET(0x21, "local.set", VARIABLE, LOCAL_INDEX),
  LOCAL_TEE(0x22, "local.tee", VARIABLE, LOCAL_INDEX),
  GLOBAL_GET(0x23, "global.get", VARIABLE, GLOBAL_INDEX),
  GLOBAL_SET(0x24, "global.set", VARIABLE, GLOBAL_INDEX),

  // Table instructions; the rest follow under prefix 0xFC.
  TABLE_GET(0x25, "table.get", TABLE, TABLE_INDEX, REFERENCE_TYPES),
  TABLE_SET(0x26, "table.set", TABLE, TABLE_INDEX, REFERENCE_TYPES),

  // Memory instructions.
  I32_LOAD(0x28, "i32.load", MEMORY, MEMARG, "a>i", 4),
  I64_LOAD(0x29, "i64.load", MEMORY, MEMARG, "a>I", 8),
  F32_LOAD(0x2A, "f32.load", MEMORY, MEMARG, "a>f", 4),
  F64_LOAD(0x2B, "f64.load", MEMORY, MEMARG, "a>F", 8),
  I32_LOAD8_S(0x2C, "i32.load8_s", MEMORY, MEMARG, "a>i", 1),
  I32_LOAD8_U(0x2D, "i32.load8_u", MEMORY, MEMARG, "a>i", 1),
  I32_LOAD16_S(0x2E, "i32.load16_s", MEMORY, MEMARG, "a>i", 2),
  I32_LOAD16_U(0x2F, "i32.load16_u", MEMORY, MEMARG, "a>i", 2),
  I64_LOAD8_S(0x30, "i64.load8_s", MEMORY, MEMARG, "a>I", 1),
  I64_LOAD8_U(0x31, "i64.load8_u", MEMORY, MEMARG, "a>I", 1),
  I64_LOAD16_S(0x32, "i64.load16_s", MEMORY, MEMARG, "a>I", 2),
  I64_LOAD16_U(0x33, "i64.load16_u", MEMORY, MEMARG, "a>I", 2),
  I64_LOAD32_S(0x34, "i64.load32_s", MEMORY, MEMARG, "a>I", 4),
  I64_LOAD32_U(0x35, "i64.load32_u", MEMORY, MEMARG, "a>I", 4),
  I32_STORE(0x36, "i32.store", MEMORY, MEMARG, "ai>", 4),
  I64_STORE(0x37, "i64.store", MEMORY, MEMARG, "aI>", 8),
  F32_STORE(0x38, "f32.store", MEMORY, MEMARG, "af>", 4),
  F64_STORE(0x39, "f64.store", MEMORY, MEMARG, "aF>", 8),
  I32_STORE8(0x3A, "i32.store8", MEMORY, MEMARG, "ai>", 1),
  I32_STORE16(0x3B, "i32.store16", MEMORY, MEMARG, "ai>", 2),
  I64_STORE8(0x3C, "i64.store8", MEMORY, MEMARG, "aI>", 1),
  I64_STORE16(0x3D, "i64.store16", MEMORY, MEMARG, "aI>", 2),
  I64_STORE32(0x3E, "i64.store32", MEMORY, MEMARG, "aI>", 4),
  MEMORY_SIZE(0x3F, "memory.size", MEMORY, MEMORY_INDEX, ">a"),
  MEMORY_GROW(0x40, "memory.grow", MEMORY, MEMORY_INDEX, "a>a"),

  // Numeric instructions.
  I32_CONST(0x41, "i32.const", NUMERIC, I32, ">i"),
  I64_CONST(0x42, "i64.const", NUMERIC, I64, ">I"),
  F32_CONST(0x43, "f32.const", NUMERIC, F32, ">f"),
  F64_CONST(0x44, "f64.const", NUMERIC, F64, ">F"),
  I32_EQZ(0x45, "i32.eqz", NUMERIC, "i>i"),
  I32_EQ(0x46, "i32.eq", NUMERIC, "ii>i"),
  I32_NE(0x47, "i32.ne", NUMERIC, "ii>i"),
  I32_LT_S(0x48, "i32.lt_s", NUMERIC, "ii>i"),
  I32_LT_U(0x49, "i32.lt_u", NUMERIC, "ii>i"),
  I32_GT_S(0x4A, "i32.gt_s", NUMERIC, "ii>i"),
  I32_GT_U(0x4B, "i32.gt_u", NUMERIC, "ii>i"),
  I32_LE_S(0x4C, "i32.le_s", NUMERIC, "ii>i"),
  I32_LE_U(0x4D, "i32.le_u", NUMERIC, "ii>i"),
  I32_GE_S(0x4E, "i32.ge_s", NUMERIC, "ii>i"),
  I32_GE_U(0x4F, "i32.ge_u", NUMERIC, "ii>i"),
  I64_EQZ(0x50, "i64.eqz", NUMERIC, "I>i"),
  I64_EQ(0x51, "i64.eq", NUMERIC, "II>i"),
  I64_NE(0x52, "i64.ne", NUMERIC, "II>i"),
  I64_LT_S(0x53, "i64.lt_s", NUMERIC, "II>i"),
  I64_LT_U(0x54, "i64.lt_u", NUMERIC, "II>i"),
  I64_GT_S(0x55, "i64.gt_s", NUMERIC, "II>i"),
  I64_GT_U(0x56, "i64.gt_u", NUMERIC, "II>i"),
  I64_LE_S(0x57, "i64.le_s", NUMERIC, "II>i"),
  I64_LE_U(0x58, "i64.le_u", NUMERIC, "II>i"),
  I64_GE_S(0x59, "i64.ge_s", NUMERIC, "II>i"),
  I64_GE_U(0x5A, "i64.ge_u", NUMERIC, "II>i"),
  F32_EQ(0x5B, "f32.eq", NUMERIC, "ff>i"),
  F32_NE(0x5C, "f32.ne", NUMERIC, "ff>i"),
  F32_LT(0x5D, "f32.lt", NUMERIC, "ff>i"),
  F32_GT(0x5E, "f32.gt", NUMERIC, "ff>i"),
  F32_LE(0x5F, "f32.le", NUMERIC, "ff>i"),
  F32_GE(0x60, "f32.ge", NUMERIC, "ff>i"),
  F64_EQ(0x61, "f64.eq", NUMERIC, "FF>i"),
  F64_NE(0x62, "f64.ne", NUMERIC, "FF>i"),
  F64_LT(0x63, "f64.lt", NUMERIC, "FF>i"),
  F64_GT(0x64, "f64.gt", NUMERIC, "FF>i"),
  F64_LE(0x65, "f64.le", NUMERIC, "FF>i"),
  F64_GE(0x66, "f64.ge", NUMERIC, "FF>i"),
  I32_CLZ(0x67, "i32.clz", NUMERIC, "i>i"),
  I32_CTZ(0x68, "i32.ctz", NUMERIC, "i>i"),
  I32_POPCNT(0x69, "i32.popcnt", NUMERIC, "i>i"),
  I32_ADD(0x6A, "i32.add", NUMERIC, "ii>i"),
  I32_SUB(0x6B, "i32.sub", NUMERIC, "ii>i"),
  I32_MUL(0x6C, "i32.mul", NUMERIC, "ii>i"),
  I32_DIV_S(0x6D, "i32.div_s", NUMERIC, "ii>i"),
  I32_DIV_U(0x6E, "i32.div_u", NUMERIC, "ii>i"),
  I32_REM_S(0x6F, "i32.rem_s", NUMERIC, "ii>i"),
  I32_REM_U(0x70, "i32.rem_u", NUMERIC, "ii>i"),
  I32_AND(0x71, "i32.and", NUMERIC, "ii>i"),
  I32_OR(0x72, "i32.or", NUMERIC, "ii>i"),
  I32_XOR(0x73, "i32.xor", NUMERIC, "ii>i"),
  I32_SHL(0x74, "i32.shl", NUMERIC, "ii>i"),
  I32_SHR_S(0x75, "i32.shr_s", NUMERIC, "ii>i"),
  I32_SHR_U(0x76, "i32.shr_u", NUMERIC, "ii>i"),
  I32_ROTL(0x77, "i32.rotl", NUMERIC, "ii>i"),
  I32_ROTR(0x78, "i32.rotr", NUMERIC, "ii>i"),
  I64_CLZ(0x79, "i64.clz", NUMERIC, "I>I"),
  I64_CTZ(0x7A, "i64.ctz", NUMERIC, "I>I"),
  I64_POPCNT(0x7B, "i64.popcnt", NUMERIC, "I>I"),
  I64_ADD(0x7C, "i64.add", NUMERIC, "II>I"),
  I64_SUB(0x7D, "i64.sub", NUMERIC, "II>I"),
  I64_MUL(0x7E, "i64.mul", NUMERIC, "II>I"),
  I64_DIV_S(0x7F, "i64.div_s", NUMERIC, "II>I"),
  I64_DIV_U(0x80, "i64.div_u", NUMERIC, "II>I"),
  I64_REM_S(0x81, "i64.rem_s", NUMERIC, "II>I"),
  I64_REM_U(0x82, "i64.rem_u", NUMERIC, "II>I"),
  I64_AND(0x83, "i64.and", NUMERIC, "II>I"),
  I64_OR(0x84, "i64.or", NUMERIC, "II>I"),
  I64_XOR(0x85, "i64.xor", NUMERIC, "II>I"),
  I64_SHL(0x86, "i64.shl", NUMERIC, "II>I"),
  I64_SHR_S(0x87, "i64.shr_s", NUMERIC, "II>I"),
  I64_SHR_U(0x88, "i64.shr_u", NUMERIC, "II>I"),
  I64_ROTL(0x89, "i64.rotl", NUMERIC, "II>I"),
  I64_ROTR(0x8A, "i64.rotr", NUMERIC, "II>I"),
  F32_ABS(0x8B, "f32.abs", NUMERIC, "f>f"),
  F32_NEG(0x8C, "f32.neg", NUMERIC, "f>f"),
  F32_CEIL(0x8D, "f32.ceil", NUMERIC, "f>f"),
  F32_FLOOR(0x8E, "f32.floor", NUMERIC, "f>f"),
  F32_TRUNC(0x8F, "f32.trunc", NUMERIC, "f>f"),
  F32_NEAREST(0x90, "f32.nearest", NUMERIC, "f>f"),
  F32_SQRT(0x91, "f32.sqrt", NUMERIC, "f>f"),
  F32_ADD(0x92, "f32.add", NUMERIC, "ff>f"),
  F32_SUB(0x93, "f32.sub", NUMERIC, "ff>f"),
  F32_MUL(0x94, "f32.mul", NUMERIC, "ff>f"),
  F32_DIV(0x95, "f32.div", NUMERIC, "ff>f"),
  F32_MIN(0x96, "f32.min", NUMERIC, "ff>f"),
  F32_MAX(0x97, "f32.max", NUMERIC, "ff>f"),
  F32_COPYSIGN(0x98, "f32.copysign", NUMERIC, "ff>f"),
  F64_ABS(0x99, "f64.abs", NUMERIC, "F>F"),
  F64_NEG(0x9A, "f64.neg", NUMERIC, "F>F"),
  F64_CEIL(0x9B, "f64.ceil", NUMERIC, "F>F"),
  F64_FLOOR(0x9C, "f64.floor", NUMERIC, "F>F"),
  F64_TRUNC(0x9D, "f64.trunc", NUMERIC, "F>F"),
  F64_NEAREST(0x9E, "f64.nearest", NUMERIC, "F>F"),
  F64_SQRT(0x9F, "f64.sqrt", NUMERIC, "F>F"),
  F64_ADD(0xA0, "f64.add", NUMERIC, "FF>F"),
  F64_SUB(0xA1, "f64.sub", NUMERIC, "FF>F"),
  F64_MUL(0xA2, "f64.mul", NUMERIC, "FF>F"),
  F64_DIV(0xA3, "f64.div", NUMERIC, "FF>F"),
  F64_MIN(0xA4, "f64.min", NUMERIC, "FF>F"),
  F64_MAX(0xA5, "f64.max", NUMERIC, "FF>F"),
  F64_COPYSIGN(0xA6, "f64.copysign", NUMERIC, "FF>F"),
  I32_WRAP_I64(0xA7, "i32.wrap_i64", NUMERIC, "I>i"),
  I32_TRUNC_F32_S(0xA8, "i32.trunc_f32_s", NUMERIC, "f>i"),
  I32_TRUNC_F32_U(0xA9, "i32.trunc_f32_u", NUMERIC, "f>i"),
  I32_TRUNC_F64_S(0xAA, "i32.trunc_f64_s", NUMERIC, "F>i"),
  I32_TRUNC_F64_U(0xAB, "i32.trunc_f64_u", NUMERIC, "F>i"),
  I64_EXTEND_I32_S(0xAC, "i64.extend_i32_s", NUMERIC, "i>I"),
  I64_EXTEND_I32_U(0xAD, "i64.extend_i32_u", NUMERIC, "i>I"),
  I64_TRUNC_F32_S(0xAE, "i64.trunc_f32_s", NUMERIC, "f>I"),
  I64_TRUNC_F32_U(0xAF, "i64.trunc_f32_u", NUMERIC, "f>I"),
  I64_TRUNC_F64_S(0xB0, "i64.trunc_f64_s", NUMERIC, "F>I"),
  I64_TRUNC_F64_U(0xB1, "i64.trunc_f64_u", NUMERIC, "F>I"),
  F32_CONVERT_I32_S(0xB2, "f32.convert_i32_s", NUMERIC, "i>f"),
  F32_CONVERT_I32_U(0xB3, "f32.convert_i32_u", NUMERIC, "i>f"),
  F32_CONVERT_I64_S(0xB4, "f32.convert_i64_s", NUMERIC, "I>f"),
  F32_CONVERT_I64_U(0xB5, "f32.convert_i64_u", NUMERIC, "I>f"),
  F32_DEMOTE_F64(0xB6, "f32.demote_f64", NUMERIC, "F>f"),
  F64_CONVERT_I32_S(0xB7, "f64.convert_i32_s", NUMERIC, "i>F"),
  F64_CONVERT_I32_U(0xB8, "f64.convert_i32_u", NUMERIC, "i>F"),
  F64_CONVERT_I64_S(0xB9, "f64.convert_i64_s", NUMERIC, "I>F"),
  F64_CONVERT_I64_U(0xBA, "f64.convert_i64_u", NUMERIC, "I>F"),
  F64_PROMOTE_F32(0xBB, "f64.promote_f32", NUMERIC, "f>F"),
  I32_REINTERPRET_F32(0xBC, "i32.reinterpret_f32", NUMERIC, "f>i"),
  I64_REINTERPRET_F64(0xBD, "i64.reinterpret_f64", NUMERIC, "F>I"),
  F32_REINTERPRET_I32(0xBE, "f32.reinterpret_i32", NUMERIC, "i>f"),
  F64_REINTERPRET_I64(0xBF, "f64.reinterpret_i64", NUMERIC, "I>F"),

  // Sign extension.
  I32_EXTEND8_S(0xC0, "i32.extend8_s", NUMERIC, "i>i", SIGN_EXTENSION),
  I32_EXTEND16_S(0xC1, "i32.extend16_s", NUMERIC, "i>i", SIGN_EXTENSION),
  I64_EXTEND8_S(0xC2, "i64.extend8_s", NUMERIC, "I>I", SIGN_EXTENSION),
  I64_EXTEND16_S(0xC3, "i64.extend16_s", NUMERIC, "I>I", SIGN_EXTENSION),
  I64_EXTEND32_S(0xC4, "i64.extend32_s", NUMERIC, "I>I", SIGN_EXTENSION),

  // Reference instructions.
  REF_NULL(0xD0, "ref.null", REFERENCE, HEAP_TYPE, REFERENCE_TYPES),
  REF_IS_NULL(0xD1, "ref.is_null", REFERENCE, REFERENCE_TYPES),
  REF_FUNC(0xD2, "ref.func", REFERENCE, FUNCTION_INDEX, REFERENCE_TYPES),
  REF_EQ(0xD3, "ref.eq", REFERENCE, "qq>i", GC),
  REF_AS_NON_NULL(0xD4, "ref.as_non_null", REFERENCE, FUNCTION_REFERENCES),
  BR_ON_NULL(0xD5, "br_on_null", CONTROL, LABEL_INDEX, FUNCTION_REFERENCES),
  BR_ON_NON_NULL(0xD6, "br_on_non_null", CONTROL, LABEL_INDEX, FUNCTION_REFERENCES),

  // Prefix 0xFB: structures, arrays, casts.
  STRUCT_NEW(0xFB_0000, "struct.new", AGGREGATE, TYPE_INDEX, GC),
  STRUCT_NEW_DEFAULT(0xFB_0001, "struct.new_default", AGGREGATE, TYPE_INDEX, GC),
  STRUCT_GET(0xFB_0002, "struct.get", AGGREGATE, TYPE_AND_FIELD, GC),
  STRUCT_GET_S(0xFB_0003, "struct.get_s", AGGREGATE, TYPE_AND_FIELD, GC),
  STRUCT_GET_U(0xFB_0004, "struct.get_u", AGGREGATE, TYPE_AND_FIELD, GC),
  STRUCT_SET(0xFB_0005, "struct.set", AGGREGATE, TYPE_AND_FIELD, GC),
  ARRAY_NEW(0xFB_0006, "array.new", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_NEW_DEFAULT(0xFB_0007, "array.new_default", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_NEW_FIXED(0xFB_0008, "array.new_fixed", AGGREGATE, TYPE_AND_COUNT, GC),
  ARRAY_NEW_DATA(0xFB_0009, "array.new_data", AGGREGATE, TYPE_AND_DATA, GC),
  ARRAY_NEW_ELEM(0xFB_000A, "array.new_elem", AGGREGATE, TYPE_AND_ELEMENT, GC),
  ARRAY_GET(0xFB_000B, "array.get", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_GET_S(0xFB_000C, "array.get_s", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_GET_U(0xFB_000D, "array.get_u", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_SET(0xFB_000E, "array.set", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_LEN(0xFB_000F, "array.len", AGGREGATE, "A>i", GC),
  ARRAY_FILL(0xFB_0010, "array.fill", AGGREGATE, TYPE_INDEX, GC),
  ARRAY_COPY(0xFB_0011, "array.copy", AGGREGATE, TYPE_PAIR, GC),
  ARRAY_INIT_DATA(0xFB_0012, "array.init_data", AGGREGATE, TYPE_AND_DATA, GC),
  ARRAY_INIT_ELEM(0xFB_0013, "array.init_elem", AGGREGATE, TYPE_AND_ELEMENT, GC),
  REF_TEST(0xFB_0014, "ref.test", REFERENCE, CAST_TYPE, GC),
  REF_TEST_NULL(0xFB_0015, "ref.test", REFERENCE, CAST_TYPE, GC),
  REF_CAST(0xFB_0016, "ref.cast", REFERENCE, CAST_TYPE, GC),
  REF_CAST_NULL(0xFB_0017, "ref.cast", REFERENCE, CAST_TYPE, GC),
  BR_ON_CAST(0xFB_0018, "br_on_cast", CONTROL, CAST_BRANCH, GC),
  BR_ON_CAST_FAIL(0xFB_0019, "br_on_cast_fail", CONTROL, CAST_BRANCH, GC),
  ANY_CONVERT_EXTERN(0xFB_001A, "any.convert_extern", REFERENCE, GC),
  EXTERN_CONVERT_ANY(0xFB_001B, "extern.convert_any", REFERENCE, GC),
  REF_I31(0xFB_001C, "ref.i31", REFERENCE, "i>j", GC),
  I31_GET_S(0xFB_001D, "i31.get_s", REFERENCE, "J>i", GC),
  I31_GET_U(0xFB_001E, "i31.get_u", REFERENCE, "J>i", GC),

  // Prefix 0xFC: saturating truncation, bulk memory, tables.
  I32_TRUNC_SAT_F32_S(0xFC_0000, "i32.trunc_sat_f32_s", NUMERIC, "f>i", SATURATING_FLOAT_TO_INT),
  I32_TRUNC_SAT_F32_U(0xFC_0001, "i32.trunc_sat_f32_u", NUMERIC, "f>i", SATURATING_FLOAT_TO_INT),
  I32_TRUNC_SAT_F64_S(0xFC_0002, "i32.trunc_sat_f64_s", NUMERIC, "F>i", SATURATING_FLOAT_TO_INT),
  I32_TRUNC_SAT_F64_U(0xFC_0003, "i32.trunc_sat_f64_u", NUMERIC, "F>i", SATURATING_FLOAT_TO_INT),
  I64_TRUNC_SAT_F32_S(0xFC_0004, "i64.trunc_sat_f32_s", NUMERIC, "f>I", SATURATING_FLOAT_TO_INT),
  I64_TRUNC_SAT_F32_U(0xFC_0005, "i64.trunc_sat_f32_u", NUMERIC, "f>I", SATURATING_FLOAT_TO_INT),
  I64_TRUNC_SAT_F64_S(0xFC_0006, "i64.trunc_sat_f64_s", NUMERIC, "F>I", SATURATING_FLOAT_TO_INT),
  I64_TRUNC_SAT_F64_U(0xFC_0007, "i64.trunc_sat_f64_u", NUMERIC, "F>I", SATURATING_FLOAT_TO_INT),
  MEMORY_INIT(0xFC_0008, "memory.init", MEMORY, DATA_AND_MEMORY, "aii>", BULK_MEMORY),
  DATA_DROP(0xFC_0009, "data.drop", MEMORY, DATA_INDEX, ">", BULK_MEMORY),
  MEMORY_COPY(0xFC_000A, "memory.copy", MEMORY, MEMORY_PAIR, "aaa>", BULK_MEMORY),
  MEMORY_FILL(0xFC_000B, "memory.fill", MEMORY, MEMORY_INDEX, "aia>", BULK_MEMORY),
  TABLE_INIT(0xFC_000C, "table.init", TABLE, ELEMENT_AND_TABLE, BULK_MEMORY),
  ELEM_DROP(0xFC_000D, "elem.drop", TABLE, ELEMENT_INDEX, ">", BULK_MEMORY),
  TABLE_COPY(0xFC_000E, "table.copy", TABLE, TABLE_PAIR, BULK_MEMORY),
  TABLE_GROW(0xFC_000F, "table.grow", TABLE, TABLE_INDEX, REFERENCE_TYPES),
  TABLE_SIZE(0xFC_0010, "table.size", TABLE, TABLE_INDEX, REFERENCE_TYPES),
  TABLE_FILL(0xFC_0011, "table.fill", TABLE, TABLE_INDEX, REFERENCE_TYPES),
  I64_ADD128(0xFC_0013, "i64.add128", NUMERIC, "IIII>II", WIDE_ARITHMETIC),
  I64_SUB128(0xFC_0014, "i64.sub128", NUMERIC, "IIII>II", WIDE_ARITHMETIC),
  I64_MUL_WIDE_S(0xFC_0015, "i64.mul_wide_s", NUMERIC, "II>II", WIDE_ARITHMETIC),
  I64_MUL_WIDE_U(0xFC_0016, "i64.mul_wide_u", NUMERIC, "II>II", WIDE_ARITHMETIC),

  // Prefix 0xFD: vector instructions.
  V128_LOAD(0xFD_0000, "v128.load", VECTOR, MEMARG, "a>v", 16),
  V128_LOAD8X8_S(0xFD_0001, "v128.load8x8_s", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD8X8_U(0xFD_0002, "v128.load8x8_u", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD16X4_S(0xFD_0003, "v128.load16x4_s", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD16X4_U(0xFD_0004, "v128.load16x4_u", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD32X2_S(0xFD_0005, "v128.load32x2_s", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD32X2_U(0xFD_0006, "v128.load32x2_u", VECTOR, MEMARG, "a>v", 8),
  V128_LOAD8_SPLAT(0xFD_0007, "v128.load8_splat", VECTOR, MEMARG, "a>v", 1),
  V128_LOAD16_SPLAT(0xFD_0008, "v128.load16_splat", VECTOR, MEMARG, "a>v", 2),
  V128_LOAD32_SPLAT(0xFD_0009, "v128.load32_splat", VECTOR, MEMARG, "a>v", 4),
  V128_LOAD64_SPLAT(0xFD_000A, "v128.load64_splat", VECTOR, MEMARG, "a>v", 8),
  V128_STORE(0xFD_000B, "v128.store", VECTOR, MEMARG, "av>", 16),
  V128_CONST(0xFD_000C, "v128.const", VECTOR, V128, ">v"),
  I8X16_SHUFFLE(0xFD_000D, "i8x16.shuffle", VECTOR, LANE_INDICES, "vv>v"),
  I8X16_SWIZZLE(0xFD_000E, "i8x16.swizzle", VECTOR, "vv>v"),
  I8X16_SPLAT(0xFD_000F, "i8x16.splat", VECTOR, "i>v"),
  I16X8_SPLAT(0xFD_0010, "i16x8.splat", VECTOR, "i>v"),
  I32X4_SPLAT(0xFD_0011, "i32x4.splat", VECTOR, "i>v"),
  I64X2_SPLAT(0xFD_0012, "i64x2.splat", VECTOR, "I>v"),
  F32X4_SPLAT(0xFD_0013, "f32x4.splat", VECTOR, "f>v"),
  F64X2_SPLAT(0xFD_0014, "f64x2.splat", VECTOR, "F>v"),
  I8X16_EXTRACT_LANE_S(0xFD_0015, "i8x16.extract_lane_s", VECTOR, LANE_INDEX, "v>i"),
  I8X16_EXTRACT_LANE_U(0xFD_0016, "i8x16.extract_lane_u", VECTOR, LANE_INDEX, "v>i"),
  I8X16_REPLACE_LANE(0xFD_0017, "i8x16.replace_lane", VECTOR, LANE_INDEX, "vi>v"),
  I16X8_EXTRACT_LANE_S(0xFD_0018, "i16x8.extract_lane_s", VECTOR, LANE_INDEX, "v>i"),
  I16X8_EXTRACT_LANE_U(0xFD_0019, "i16x8.extract_lane_u", VECTOR, LANE_INDEX, "v>i"),
  I16X8_REPLACE_LANE(0xFD_001A, "i16x8.replace_lane", VECTOR, LANE_INDEX, "vi>v"),
  I32X4_EXTRACT_LANE(0xFD_001B, "i32x4.extract_lane", VECTOR, LANE_INDEX, "v>i"),
  I32X4_REPLACE_LANE(0xFD_001C, "i32x4.replace_lane", VECTOR, LANE_INDEX, "vi>v"),
  I64X2_EXTRACT_LANE(0xFD_001D, "i64x2.extract_lane", VECTOR, LANE_INDEX, "v>I"),
  I64X2_REPLACE_LANE(0xFD_001E, "i64x2.replace_lane", VECTOR, LANE_INDEX, "vI>v"),
  F32X4_EXTRACT_LANE(0xFD_001F, "f32x4.extract_lane", VECTOR, LANE_INDEX, "v>f"),
  F32X4_REPLACE_LANE(0xFD_0020, "f32x4.replace_lane", VECTOR, LANE_INDEX, "vf>v"),
  F64X2_EXTRACT_LANE(0xFD_0021, "f64x2.extract_lane", VECTOR, LANE_INDEX, "v>F"),
  F64X2_REPLACE_LANE(0xFD_0022, "f64x2.replace_lane", VECTOR, LANE_INDEX, "vF>v"),
  I8X16_EQ(0xFD_0023, "i8x16.eq", VECTOR, "vv>v"),
  I8X16_NE(0xFD_0024, "i8x16.ne", VECTOR, "vv>v"),
  I8X16_LT_S(0xFD_0025, "i8x16.lt_s", VECTOR, "vv>v"),
  I8X16_LT_U(0xFD_0026, "i8x16.lt_u", VECTOR, "vv>v"),
  I8X16_GT_S(0xFD_0027, "i8x16.gt_s", VECTOR, "vv>v"),
  I8X16_GT_U(0xFD_0028, "i8x16.gt_u", VECTOR, "vv>v"),
  I8X16_LE_S(0xFD_0029, "i8x16.le_s", VECTOR, "vv>v"),
  I8X16_LE_U(0xFD_002A, "i8x16.le_u", VECTOR, "vv>v"),
  I8X16_GE_S(0xFD_002B, "i8x16.ge_s", VECTOR, "vv>v"),
  I8X16_GE_U(0xFD_002C, "i8x16.ge_u", VECTOR, "vv>v"),
  I16X8_EQ(0xFD_002D, "i16x8.eq", VECTOR, "vv>v"),
  I16X8_NE(0xFD_002E, "i16x8.ne", VECTOR, "vv>v"),
  I16X8_LT_S(0xFD_002F, "i16x8.lt_s", VECTOR, "vv>v"),
  I16X8_LT_U(0xFD_0030, "i16x8.lt_u", VECTOR, "vv>v"),
  I16X8_GT_S(0xFD_0031, "i16x8.gt_s", VECTOR, "vv>v"),
  I16X8_GT_U(0xFD_0032, "i16x8.gt_u", VECTOR, "vv>v"),
  I16X8_LE_S(0xFD_0033, "i16x8.le_s", VECTOR, "vv>v"),
  I16X8_LE_U(0xFD_0034, "i16x8.le_u", VECTOR, "vv>v"),
  I16X8_GE_S(0xFD_0035, "i16x8.ge_s", VECTOR, "vv>v"),
  I16X8_GE_U(0xFD_0036, "i16x8.ge_u", VECTOR, "vv>v"),
  I32X4_EQ(0xFD_0037, "i32x4.eq", VECTOR, "vv>v"),
  I32X4_NE(0xFD_0038, "i32x4.ne", VECTOR, "vv>v"),
  I32X4_LT_S(0xFD_0039, "i32x4.lt_s", VECTOR, "vv>v"),
  I32X4_LT_U(0xFD_003A, "i32x4.lt_u", VECTOR, "vv>v"),
  I32X4_GT_S(0xFD_003B, "i32x4.gt_s", VECTOR, "vv>v"),
  I32X4_GT_U(0xFD_003C, "i32x4.gt_u", VECTOR, "vv>v"),
  I32X4_LE_S(0xFD_003D, "i32x4.le_s", VECTOR, "vv>v"),
  I32X4_LE_U(0xFD_003E, "i32x4.le_u", VECTOR, "vv>v"),
  I32X4_GE_S(0xFD_003F, "i32x4.ge_s", VECTOR, "vv>v"),
  I32X4_GE_U(0xFD_0040, "i32x4.ge_u", VECTOR, "vv>v"),
  F32X4_EQ(0xFD_0041, "f32x4.eq", VECTOR, "vv>v"),
  F32X4_NE(0xFD_0042, "f32x4.ne", VECTOR, "vv>v"),
  F32X4_LT(0xFD_0043, "f32x4.lt", VECTOR, "vv>v"),
  F32X4_GT(0xFD_0044, "f32x4.gt", VECTOR, "vv>v"),
  F32X4_LE(0xFD_0045, "f32x4.le", VECTOR, "vv>v"),
  F32X4_GE(0xFD_0046, "f32x4.ge", VECTOR, "vv>v"),
  F64X2_EQ(0xFD_0047, "f64x2.eq", VECTOR, "vv>v"),
  F64X2_NE(0xFD_0048, "f64x2.ne", VECTOR, "vv>v"),
  F64X2_LT(0xFD_0049, "f64x2.lt", VECTOR, "vv>v"),
  F64X2_GT(0xFD_004A, "f64x2.gt", VECTOR, "vv>v"),
  F64X2_LE(0xFD_004B, "f64x2.le", VECTOR, "vv>v"),
  F64X2_GE(0xFD_004C, "f64x2.ge", VECTOR, "vv>v"),
  V128_NOT(0xFD_004D, "v128.not", VECTOR, "v>v"),
  V128_AND(0xFD_004E, "v128.and", VECTOR, "vv>v"),
  V128_ANDNOT(0xFD_004F, "v128.andnot", VECTOR, "vv>v"),
  V128_OR(0xFD_0050, "v128.or", VECTOR, "vv>v"),
  V128_XOR(0xFD_0051, "v128.xor", VECTOR, "vv>v"),
  V128_BITSELECT(0xFD_0052, "v128.bitselect", VECTOR, "vvv>v"),
  V128_ANY_TRUE(0xFD_0053, "v128.any_true", VECTOR, "v>i"),
  V128_LOAD8_LANE(0xFD_0054, "v128.load8_lane", VECTOR, MEMARG_LANE, "av>v", 1),
  V128_LOAD16_LANE(0xFD_0055, "v128.load16_lane", VECTOR, MEMARG_LANE, "av>v", 2),
  V128_LOAD32_LANE(0xFD_0056, "v128.load32_lane", VECTOR, MEMARG_LANE, "av>v", 4),
  V128_LOAD64_LANE(0xFD_0057, "v128.load64_lane", VECTOR, MEMARG_LANE, "av>v", 8),
  V128_STORE8_LANE(0xFD_0058, "v128.store8_lane", VECTOR, MEMARG_LANE, "av>", 1),
  V128_STORE16_LANE(0xFD_0059, "v128.store16_lane", VECTOR, MEMARG_LANE, "av>", 2),
  V128_STORE32_LANE(0xFD_005A, "v128.store32_lane", VECTOR, MEMARG_LANE, "av>", 4),
  V128_STORE64_LANE(0xFD_005B, "v128.store64_lane", VECTOR, MEMARG_LANE, "av>", 8),
  V128_LOAD32_ZERO(0xFD_005C, "v128.load32_zero", VECTOR, MEMARG, "a>v", 4),
  V128_LOAD64_ZERO(0xFD_005D, "v128.load64_zero", VECTOR, MEMARG, "a>v", 8),
  F32X4_DEMOTE_F64X2_ZERO(0xFD_005E, "f32x4.demote_f64x2_zero", VECTOR, "v>v"),
  F64X2_PROMOTE_LOW_F32X4(0xFD_005F, "f64x2.promote_low_f32x4", VECTOR, "v>v"),
  I8X16_ABS(0xFD_0060, "i8x16.abs", VECTOR, "v>v"),
  I8X16_NEG(0xFD_0061, "i8x16.neg", VECTOR, "v>v"),
  I8X16_POPCNT(0xFD_0062, "i8x16.popcnt", VECTOR, "v>v"),
  I8X16_ALL_TRUE(0xFD_0063, "i8x16.all_true", VECTOR, "v>i"),
  I8X16_BITMASK(0xFD_0064, "i8x16.bitmask", VECTOR, "v>i"),
  I8X16_NARROW_I16X8_S(0xFD_0065, "i8x16.narrow_i16x8_s", VECTOR, "vv>v"),
  I8X16_NARROW_I16X8_U(0xFD_0066, "i8x16.narrow_i16x8_u", VECTOR, "vv>v"),
  F32X4_CEIL(0xFD_0067, "f32x4.ceil", VECTOR, "v>v"),
  F32X4_FLOOR(0xFD_0068, "f32x4.floor", VECTOR, "v>v"),
  F32X4_TRUNC(0xFD_0069, "f32x4.trunc", VECTOR, "v>v"),
  F32X4_NEAREST(0xFD_006A, "f32x4.nearest", VECTOR, "v>v"),
  I8X16_SHL(0xFD_006B, "i8x16.shl", VECTOR, "vi>v"),
  I8X16_SHR_S(0xFD_006C, "i8x16.shr_s", VECTOR, "vi>v"),
  I8X16_SHR_U(0xFD_006D, "i8x16.shr_u", VECTOR, "vi>v"),
  I8X16_ADD(0xFD_006E, "i8x16.add", VECTOR, "vv>v"),
  I8X16_ADD_SAT_S(0xFD_006F, "i8x16.add_sat_s", VECTOR, "vv>v"),
  I8X16_ADD_SAT_U(0xFD_0070, "i8x16.add_sat_u", VECTOR, "vv>v"),
  I8X16_SUB(0xFD_0071, "i8x16.sub", VECTOR, "vv>v"),
  I8X16_SUB_SAT_S(0xFD_0072, "i8x16.sub_sat_s", VECTOR, "vv>v"),
  I8X16_SUB_SAT_U(0xFD_0073, "i8x16.sub_sat_u", VECTOR, "vv>v"),
  F64X2_CEIL(0xFD_0074, "f64x2.ceil", VECTOR, "v>v"),
  F64X2_FLOOR(0xFD_0075, "f64x2.floor", VECTOR, "v>v"),
  I8X16_MIN_S(0xFD_0076, "i8x16.min_s", VECTOR, "vv>v"),
  I8X16_MIN_U(0xFD_0077, "i8x16.min_u", VECTOR, "vv>v"),
  I8X16_MAX_S(0xFD_0078, "i8x16.max_s", VECTOR, "vv>v"),
  I8X16_MAX_U(0xFD_0079, "i8x16.max_u", VECTOR, "vv>v"),
  F64X2_TRUNC(0xFD_007A, "f64x2.trunc", VECTOR, "v>v"),
  I8X16_AVGR_U(0xFD_007B, "i8x16.avgr_u", VECTOR, "vv>v"),
  I16X8_EXTADD_PAIRWISE_I8X16_S(0xFD_007C, "i16x8.extadd_pairwise_i8x16_s", VECTOR, "v>v"),
  I16X8_EXTADD_PAIRWISE_I8X16_U(0xFD_007D, "i16x8.extadd_pairwise_i8x16_u", VECTOR, "v>v"),
  I32X4_EXTADD_PAIRWISE_I16X8_S(0xFD_007E, "i32x4.extadd_pairwise_i16x8_s", VECTOR, "v>v"),
  I32X4_EXTADD_PAIRWISE_I16X8_U(0xFD_007F, "i32x4.extadd_pairwise_i16x8_u", VECTOR, "v>v"),
  I16X8_ABS(0xFD_0080, "i16x8.abs", VECTOR, "v>v"),
  I16X8_NEG(0xFD_0081, "i16x8.neg", VECTOR, "v>v"),
  I16X8_Q15MULR_SAT_S(0xFD_0082, "i16x8.q15mulr_sat_s", VECTOR, "vv>v"),
  I16X8_ALL_TRUE(0xFD_0083, "i16x8.all_true", VECTOR, "v>i"),
  I16X8_BITMASK(0xFD_0084, "i16x8.bitmask", VECTOR, "v>i"),
  I16X8_NARROW_I32X4_S(0xFD_0085, "i16x8.narrow_i32x4_s", VECTOR, "vv>v"),
  I16X8_NARROW_I32X4_U(0xFD_0086, "i16x8.narrow_i32x4_u", VECTOR, "vv>v"),
  I16X8_EXTEND_LOW_I8X16_S(0xFD_0087, "i16x8.extend_low_i8x16_s", VECTOR, "v>v"),
  I16X8_EXTEND_HIGH_I8X16_S(0xFD_0088, "i16x8.extend_high_i8x16_s", VECTOR, "v>v"),
  I16X8_EXTEND_LOW_I8X16_U(0xFD_0089, "i16x8.extend_low_i8x16_u", VECTOR, "v>v"),
  I16X8_EXTEND_HIGH_I8X16_U(0xFD_008A, "i16x8.extend_high_i8x16_u", VECTOR, "v>v"),
  I16X8_SHL(0xFD_008B, "i16x8.shl", VECTOR, "vi>v"),
  I16X8_SHR_S(0xFD_008C, "i16x8.shr_s", VECTOR, "vi>v"),
  I16X8_SHR_U(0xFD_008D, "i16x8.shr_u", VECTOR, "vi>v"),
  I16X8_ADD(0xFD_008E, "i16x8.add", VECTOR, "vv>v"),
  I16X8_ADD_SAT_S(0xFD_008F, "i16x8.add_sat_s", VECTOR, "vv>v"),
  I16X8_ADD_SAT_U(0xFD_0090, "i16x8.add_sat_u", VECTOR, "vv>v"),
  I16X8_SUB(0xFD_0091, "i16x8.sub", VECTOR, "vv>v"),
  I16X8_SUB_SAT_S(0xFD_0092, "i16x8.sub_sat_s", VECTOR, "vv>v"),
  I16X8_SUB_SAT_U(0xFD_0093, "i16x8.sub_sat_u", VECTOR, "vv>v"),
  F64X2_NEAREST(0xFD_0094, "f64x2.nearest", VECTOR, "v>v"),
  I16X8_MUL(0xFD_0095, "i16x8.mul", VECTOR, "vv>v"),
  I16X8_MIN_S(0xFD_0096, "i16x8.min_s", VECTOR, "vv>v"),
  I16X8_MIN_U(0xFD_0097, "i16x8.min_u", VECTOR, "vv>v"),
  I16X8_MAX_S(0xFD_0098, "i16x8.max_s", VECTOR, "vv>v"),
  I16X8_MAX_U(0xFD_0099, "i16x8.max_u", VECTOR, "vv>v"),
  I16X8_AVGR_U(0xFD_009B, "i16x8.avgr_u", VECTOR, "vv>v"),
  I16X8_EXTMUL_LOW_I8X16_S(0xFD_009C, "i16x8.extmul_low_i8x16_s", VECTOR, "vv>v"),
  I16X8_EXTMUL_HIGH_I8X16_S(0xFD_009D, "i16x8.extmul_high_i8x16_s", VECTOR, "vv>v"),
  I16X8_EXTMUL_LOW_I8X16_U(0xFD_009E, "i16x8.extmul_low_i8x16_u", VECTOR, "vv>v"),
  I16X8_EXTMUL_HIGH_I8X16_U(0xFD_009F, "i16x8.extmul_high_i8x16_u", VECTOR, "vv>v"),
  I32X4_ABS(0xFD_00A0, "i32x4.abs", VECTOR, "v>v"),
  I32X4_NEG(0xFD_00A1, "i32x4.neg", VECTOR, "v>v"),
  I32X4_ALL_TRUE(0xFD_00A3, "i32x4.all_true", VECTOR, "v>i"),
  I32X4_BITMASK(0xFD_00A4, "i32x4.bitmask", VECTOR, "v>i"),
  I32X4_EXTEND_LOW_I16X8_S(0xFD_00A7, "i32x4.extend_low_i16x8_s", VECTOR, "v>v"),
  I32X4_EXTEND_HIGH_I16X8_S(0xFD_00A8, "i32x4.extend_high_i16x8_s", VECTOR, "v>v"),
  I32X4_EXTEND_LOW_I16X8_U(0xFD_00A9, "i32x4.extend_low_i16x8_u", VECTOR, "v>v"),
  I32X4_EXTEND_HIGH_I16X8_U(0xFD_00AA, "i32x4.extend_high_i16x8_u", VECTOR, "v>v"),
  I32X4_SHL(0xFD_00AB, "i32x4.shl", VECTOR, "vi>v"),
  I32X4_SHR_S(0xFD_00AC, "i32x4.shr_s", VECTOR, "vi>v"),
  I32X4_SHR_U(0xFD_00AD, "i32x4.shr_u", VECTOR, "vi>v"),
  I32X4_ADD(0xFD_00AE, "i32x4.add", VECTOR, "vv>v"),
  I32X4_SUB(0xFD_00B1, "i32x4.sub", VECTOR, "vv>v"),
  I32X4_MUL(0xFD_00B5, "i32x4.mul", VECTOR, "vv>v"),
  I32X4_MIN_S(0xFD_00B6, "i32x4.min_s", VECTOR, "vv>v"),
  I32X4_MIN_U(0xFD_00B7, "i32x4.min_u", VECTOR, "vv>v"),
  I32X4_MAX_S(0xFD_00B8, "i32x4.max_s", VECTOR, "vv>v"),
  I32X4_MAX_U(0xFD_00B9, "i32x4.max_u", VECTOR, "vv>v"),
  I32X4_DOT_I16X8_S(0xFD_00BA, "i32x4.dot_i16x8_s", VECTOR, "vv>v"),
  I32X4_EXTMUL_LOW_I16X8_S(0xFD_00BC, "i32x4.extmul_low_i16x8_s", VECTOR, "vv>v"),
  I32X4_EXTMUL_HIGH_I16X8_S(0xFD_00BD, "i32x4.extmul_high_i16x8_s", VECTOR, "vv>v"),
  I32X4_EXTMUL_LOW_I16X8_U(0xFD_00BE, "i32x4.extmul_low_i16x8_u", VECTOR, "vv>v"),
  I32X4_EXTMUL_HIGH_I16X8_U(0xFD_00BF, "i32x4.extmul_high_i16x8_u", VECTOR, "vv>v"),
  I64X2_ABS(0xFD_00C0, "i64x2.abs", VECTOR, "v>v"),
  I64X2_NEG(0xFD_00C1, "i64x2.neg", VECTOR, "v>v"),
  I64X2_ALL_TRUE(0xFD_00C3, "i64x2.all_true", VECTOR, "v>i"),
  I64X2_BITMASK(0xFD_00C4, "i64x2.bitmask", VECTOR, "v>i"),
  I64X2_EXTEND_LOW_I32X4_S(0xFD_00C7, "i64x2.extend_low_i32x4_s", VECTOR, "v>v"),
  I64X2_EXTEND_HIGH_I32X4_S(0xFD_00C8, "i64x2.extend_high_i32x4_s", VECTOR, "v>v"),
  I64X2_EXTEND_LOW_I32X4_U(0xFD_00C9, "i64x2.extend_low_i32x4_u", VECTOR, "v>v"),
  I64X2_EXTEND_HIGH_I32X4_U(0xFD_00CA, "i64x2.extend_high_i32x4_u", VECTOR, "v>v"),
  I64X2_SHL(0xFD_00CB, "i64x2.shl", VECTOR, "vi>v"),
  I64X2_SHR_S(0xFD_00CC, "i64x2.shr_s", VECTOR, "vi>v"),
  I64X2_SHR_U(0xFD_00CD, "i64x2.shr_u", VECTOR, "vi>v"),
  I64X2_ADD(0xFD_00CE, "i64x2.add", VECTOR, "vv>v"),
  I64X2_SUB(0xFD_00D1, "i64x2.sub", VECTOR, "vv>v"),
  I64X2_MUL(0xFD_00D5, "i64x2.mul", VECTOR, "vv>v"),
  I64X2_EQ(0xFD_00D6, "i64x2.eq", VECTOR, "vv>v"),
  I64X2_NE(0xFD_00D7, "i64x2.ne", VECTOR, "vv>v"),
  I64X2_LT_S(0xFD_00D8, "i64x2.lt_s", VECTOR, "vv>v"),
  I64X2_GT_S(0xFD_00D9, "i64x2.gt_s", VECTOR, "vv>v"),
  I64X2_LE_S(0xFD_00DA, "i64x2.le_s", VECTOR, "vv>v"),
  I64X2_GE_S(0xFD_00DB, "i64x2.ge_s", VECTOR, "vv>v"),
  I64X2_EXTMUL_LOW_I32X4_S(0xFD_00DC, "i64x2.extmul_low_i32x4_s", VECTOR, "vv>v"),
  I64X2_EXTMUL_HIGH_I32X4_S(0xFD_00DD, "i64x2.extmul_high_i32x4_s", VECTOR, "vv>v"),
  I64X2_EXTMUL_LOW_I32X4_U(0xFD_00DE, "i64x2.extmul_low_i32x4_u", VECTOR, "vv>v"),
  I64X2_EXTMUL_HIGH_I32X4_U(0xFD_00DF, "i64x2.extmul_high_i32x4_u", VECTOR, "vv>v"),
  F32X4_ABS(0xFD_00E0, "f32x4.abs", VECTOR, "v>v"),
  F32X4_NEG(0xFD_00E1, "f32x4.neg", VECTOR, "v>v"),
  F32X4_SQRT(0xFD_00E3, "f32x4.sqrt", VECTOR, "v>v"),
  F32X4_ADD(0xFD_00E4, "f32x4.add", VECTOR, "vv>v"),
  F32X4_SUB(0xFD_00E5, "f32x4.sub", VECTOR, "vv>v"),
  F32X4_MUL(0xFD_00E6, "f32x4.mul", VECTOR, "vv>v"),
  F32X4_DIV(0xFD_00E7, "f32x4.div", VECTOR, "vv>v"),
  F32X4_MIN(0xFD_00E8, "f32x4.min", VECTOR, "vv>v"),
  F32X4_MAX(0xFD_00E9, "f32x4.max", VECTOR, "vv>v"),
  F32X4_PMIN(0xFD_00EA, "f32x4.pmin", VECTOR, "vv>v"),
  F32X4_PMAX(0xFD_00EB, "f32x4.pmax", VECTOR, "vv>v"),
  F64X2_ABS(0xFD_00EC, "f64x2.abs", VECTOR, "v>v"),
  F64X2_NEG(0xFD_00ED, "f64x2.neg", VECTOR, "v>v"),
  F64X2_SQRT(0xFD_00EF, "f64x2.sqrt", VECTOR, "v>v"),
  F64X2_ADD(0xFD_00F0, "f64x2.add", VECTOR, "vv>v"),
  F64X2_SUB(0xFD_00F1, "f64x2.sub", VECTOR, "vv>v"),
  F64X2_MUL(0xFD_00F2, "f64x2.mul", VECTOR, "vv>v"),
  F64X2_DIV(0xFD_00F3, "f64x2.div", VECTOR, "vv>v"),
  F64X2_MIN(0xFD_00F4, "f64x2.min", VECTOR, "vv>v"),
  F64X2_MAX(0xFD_00F5, "f64x2.max", VECTOR, "vv>v"),
  F64X2_PMIN(0xFD_00F6, "f64x2.pmin", VECTOR, "vv>v"),
  F64X2_PMAX(0xFD_00F7, "f64x2.pmax", VECTOR, "vv>v"),
  I32X4_TRUNC_SAT_F32X4_S(0xFD_00F8, "i32x4.trunc_sat_f32x4_s", VECTOR, "v>v"),
  I32X4_TRUNC_SAT_F32X4_U(0xFD_00F9, "i32x4.trunc_sat_f32x4_u", VECTOR, "v>v"),
  F32X4_CONVERT_I32X4_S(0xFD_00FA, "f32x4.convert_i32x4_s", VECTOR, "v>v"),
  F32X4_CONVERT_I32X4_U(0xFD_00FB, "f32x4.convert_i32x4_u", VECTOR, "v>v"),
  I32X4_TRUNC_SAT_F64X2_S_ZERO(0xFD_00FC, "i32x4.trunc_sat_f64x2_s_zero", VECTOR, "v>v"),
  I32X4_TRUNC_SAT_F64X2_U_ZERO(0xFD_00FD, "i32x4.trunc_sat_f64x2_u_zero", VECTOR, "v>v"),
  F64X2_CONVERT_LOW_I32X4_S(0xFD_00FE, "f64x2.convert_low_i32x4_s", VECTOR, "v>v"),
  F64X2_CONVERT_LOW_I32X4_U(0xFD_00FF, "f64x2.convert_low_i32x4_u", VECTOR, "v>v"),

  // Relaxed SIMD.
  I8X16_RELAXED_SWIZZLE(0xFD_0100, "i8x16.relaxed_swizzle", VECTOR, "vv>v", RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F32X4_S(
      0xFD_0101, "i32x4.relaxed_trunc_f32x4_s", VECTOR, "v>v", RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F32X4_U(
      0xFD_0102, "i32x4.relaxed_trunc_f32x4_u", VECTOR, "v>v", RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F64X2_S_ZERO(
      0xFD_0103, "i32x4.relaxed_trunc_f64x2_s_zero", VECTOR, "v>v", RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F64X2_U_ZERO(
      0xFD_0104, "i32x4.relaxed_trunc_f64x2_u_zero", VECTOR, "v>v", RELAXED_SIMD),
  F32X4_RELAXED_MADD(0xFD_0105, "f32x4.relaxed_madd", VECTOR, "vvv>v", RELAXED_SIMD),
  F32X4_RELAXED_NMADD(0xFD_0106, "f32x4.relaxed_nmadd", VECTOR, "vvv>v", RELAXED_SIMD),
  F64X2_RELAXED_MADD(0xFD_0107, "f64x2.relaxed_madd", VECTOR, "vvv>v", RELAXED_SIMD),
  F64X2_RELAXED_NMADD(0xFD_0108, "f64x2.relaxed_nmadd", VECTOR, "vvv>v", RELAXED_SIMD),
  I8X16_RELAXED_LANESELECT(0xFD_0109, "i8x16.relaxed_laneselect", VECTOR, "vvv>v", RELAXED_SIMD),
  I16X8_RELAXED_LANESELECT(0xFD_010A, "i16x8.relaxed_laneselect", VECTOR, "vvv>v", RELAXED_SIMD),
  I32X4_RELAXED_LANESELECT(0xFD_010B, "i32x4.relaxed_laneselect", VECTOR, "vvv>v", RELAXED_SIMD),
  I64X2_RELAXED_LANESELECT(0xFD_010C, "i64x2.relaxed_laneselect", VECTOR, "vvv>v", RELAXED_SIMD),
  F32X4_RELAXED_MIN(0xFD_010D, "f32x4.relaxed_min", VECTOR, "vv>v", RELAXED_SIMD),
  F32X4_RELAXED_MAX(0xFD_010E, "f32x4.relaxed_max", VECTOR, "vv>v", RELAXED_SIMD),
  F64X2_RELAXED_MIN(0xFD_010F, "f64x2.relaxed_min", VECTOR, "vv>v", RELAXED_SIMD),
  F64X2_RELAXED_MAX(0xFD_0110, "f64x2.relaxed_max", VECTOR, "vv>v", RELAXED_SIMD),
  I16X8_RELAXED_Q15MULR_S(0xFD_0111, "i16x8.relaxed_q15mulr_s", VECTOR, "vv>v", RELAXED_SIMD),
  I16X8_RELAXED_DOT_I8X16_I7X16_S(
      0xFD_0112, "i16x8.relaxed_dot_i8x16_i7x16_s", VECTOR, "vv>v", RELAXED_SIMD),
  I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S(
      0xFD_0113, "i32x4.relaxed_dot_i8x16_i7x16_add_s", VECTOR, "vvv>v", RELAXED_SIMD),

  // Prefix 0xFE: atomic access.
  MEMORY_ATOMIC_NOTIFY(0xFE_0000, "memory.atomic.notify", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  MEMORY_ATOMIC_WAIT32(0xFE_0001, "memory.atomic.wait32", ATOMIC, MEMARG, "aiI>i", 4, THREADS),
  MEMORY_ATOMIC_WAIT64(0xFE_0002, "memory.atomic.wait64", ATOMIC, MEMARG, "aII>i", 8, THREADS),
  ATOMIC_FENCE(0xFE_0003, "atomic.fence", ATOMIC, ORDERING, ">", THREADS),
  I32_ATOMIC_LOAD(0xFE_0010, "i32.atomic.load", ATOMIC, MEMARG, "a>i", 4, THREADS),
  I64_ATOMIC_LOAD(0xFE_0011, "i64.atomic.load", ATOMIC, MEMARG, "a>I", 8, THREADS),
  I32_ATOMIC_LOAD8_U(0xFE_0012, "i32.atomic.load8_u", ATOMIC, MEMARG, "a>i", 1, THREADS),
  I32_ATOMIC_LOAD16_U(0xFE_0013, "i32.atomic.load16_u", ATOMIC, MEMARG, "a>i", 2, THREADS),
  I64_ATOMIC_LOAD8_U(0xFE_0014, "i64.atomic.load8_u", ATOMIC, MEMARG, "a>I", 1, THREADS),
  I64_ATOMIC_LOAD16_U(0xFE_0015, "i64.atomic.load16_u", ATOMIC, MEMARG, "a>I", 2, THREADS),
  I64_ATOMIC_LOAD32_U(0xFE_0016, "i64.atomic.load32_u", ATOMIC, MEMARG, "a>I", 4, THREADS),
  I32_ATOMIC_STORE(0xFE_0017, "i32.atomic.store", ATOMIC, MEMARG, "ai>", 4, THREADS),
  I64_ATOMIC_STORE(0xFE_0018, "i64.atomic.store", ATOMIC, MEMARG, "aI>", 8, THREADS),
  I32_ATOMIC_STORE8(0xFE_0019, "i32.atomic.store8", ATOMIC, MEMARG, "ai>", 1, THREADS),
  I32_ATOMIC_STORE16(0xFE_001A, "i32.atomic.store16", ATOMIC, MEMARG, "ai>", 2, THREADS),
  I64_ATOMIC_STORE8(0xFE_001B, "i64.atomic.store8", ATOMIC, MEMARG, "aI>", 1, THREADS),
  I64_ATOMIC_STORE16(0xFE_001C, "i64.atomic.store16", ATOMIC, MEMARG, "aI>", 2, THREADS),
  I64_ATOMIC_STORE32(0xFE_001D, "i64.atomic.store32", ATOMIC, MEMARG, "aI>", 4, THREADS),
  I32_ATOMIC_RMW_ADD(0xFE_001E, "i32.atomic.rmw.add", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_ADD(0xFE_001F, "i64.atomic.rmw.add", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_ADD_U(0xFE_0020, "i32.atomic.rmw8.add_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_ADD_U(0xFE_0021, "i32.atomic.rmw16.add_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_ADD_U(0xFE_0022, "i64.atomic.rmw8.add_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_ADD_U(0xFE_0023, "i64.atomic.rmw16.add_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_ADD_U(0xFE_0024, "i64.atomic.rmw32.add_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_SUB(0xFE_0025, "i32.atomic.rmw.sub", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_SUB(0xFE_0026, "i64.atomic.rmw.sub", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_SUB_U(0xFE_0027, "i32.atomic.rmw8.sub_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_SUB_U(0xFE_0028, "i32.atomic.rmw16.sub_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_SUB_U(0xFE_0029, "i64.atomic.rmw8.sub_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_SUB_U(0xFE_002A, "i64.atomic.rmw16.sub_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_SUB_U(0xFE_002B, "i64.atomic.rmw32.sub_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_AND(0xFE_002C, "i32.atomic.rmw.and", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_AND(0xFE_002D, "i64.atomic.rmw.and", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_AND_U(0xFE_002E, "i32.atomic.rmw8.and_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_AND_U(0xFE_002F, "i32.atomic.rmw16.and_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_AND_U(0xFE_0030, "i64.atomic.rmw8.and_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_AND_U(0xFE_0031, "i64.atomic.rmw16.and_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_AND_U(0xFE_0032, "i64.atomic.rmw32.and_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_OR(0xFE_0033, "i32.atomic.rmw.or", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_OR(0xFE_0034, "i64.atomic.rmw.or", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_OR_U(0xFE_0035, "i32.atomic.rmw8.or_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_OR_U(0xFE_0036, "i32.atomic.rmw16.or_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_OR_U(0xFE_0037, "i64.atomic.rmw8.or_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_OR_U(0xFE_0038, "i64.atomic.rmw16.or_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_OR_U(0xFE_0039, "i64.atomic.rmw32.or_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_XOR(0xFE_003A, "i32.atomic.rmw.xor", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_XOR(0xFE_003B, "i64.atomic.rmw.xor", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_XOR_U(0xFE_003C, "i32.atomic.rmw8.xor_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_XOR_U(0xFE_003D, "i32.atomic.rmw16.xor_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_XOR_U(0xFE_003E, "i64.atomic.rmw8.xor_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_XOR_U(0xFE_003F, "i64.atomic.rmw16.xor_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_XOR_U(0xFE_0040, "i64.atomic.rmw32.xor_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_XCHG(0xFE_0041, "i32.atomic.rmw.xchg", ATOMIC, MEMARG, "ai>i", 4, THREADS),
  I64_ATOMIC_RMW_XCHG(0xFE_0042, "i64.atomic.rmw.xchg", ATOMIC, MEMARG, "aI>I", 8, THREADS),
  I32_ATOMIC_RMW8_XCHG_U(0xFE_0043, "i32.atomic.rmw8.xchg_u", ATOMIC, MEMARG, "ai>i", 1, THREADS),
  I32_ATOMIC_RMW16_XCHG_U(0xFE_0044, "i32.atomic.rmw16.xchg_u", ATOMIC, MEMARG, "ai>i", 2, THREADS),
  I64_ATOMIC_RMW8_XCHG_U(0xFE_0045, "i64.atomic.rmw8.xchg_u", ATOMIC, MEMARG, "aI>I", 1, THREADS),
  I64_ATOMIC_RMW16_XCHG_U(0xFE_0046, "i64.atomic.rmw16.xchg_u", ATOMIC, MEMARG, "aI>I", 2, THREADS),
  I64_ATOMIC_RMW32_XCHG_U(0xFE_0047, "i64.atomic.rmw32.xchg_u", ATOMIC, MEMARG, "aI>I", 4, THREADS),
  I32_ATOMIC_RMW_CMPXCHG(0xFE_0048, "i32.atomic.rmw.cmpxchg", ATOMIC, MEMARG, "aii>i", 4, THREADS),
  I64_ATOMIC_RMW_CMPXCHG(0xFE_0049, "i64.atomic.rmw.cmpxchg", ATOMIC, MEMARG, "aII>I", 8, THREADS),
  I32_ATOMIC_RMW8_CMPXCHG_U(
      0xFE_004A, "i32.atomic.rmw8.cmpxchg_u", ATOMIC, MEMARG, "aii>i", 1, THREADS),
  I32_ATOMIC_RMW16_CMPXCHG_U(
      0xFE_004B, "i32.atomic.rmw16.cmpxchg_u", ATOMIC, MEMARG, "aii>i", 2, THREADS),
  I64_ATOMIC_RMW8_CMPXCHG_U(
      0xFE_004C, "i64.atomic.rmw8.cmpxchg_u", ATOMIC, MEMARG, "aII>I", 1, THREADS),
  I64_ATOMIC_RMW16_CMPXCHG_U(
      0xFE_004D, "i64.atomic.rmw16.cmpxchg_u", ATOMIC, MEMARG, "aII>I", 2, THREADS),
  I64_ATOMIC_RMW32_CMPXCHG_U(
      0xFE_004E, "i64.atomic.rmw32.cmpxchg_u", ATOMIC, MEMARG, "aII>I", 4, THREADS);

  private static final @Nullable Operator[] PLAIN = new Operator[0x100];
  private static final @Nullable Operator[] PREFIX_FB = new Operator[0x20];
  private static final @Nullable Operator[] PREFIX_FC = new Operator[0x20];
  private static final @Nullable Operator[] PREFIX_FD = new Operator[0x120];
  private static final @Nullable Operator[] PREFIX_FE = new Operator[0x50];

  static {
    for (Operator operator : values()) {
      Objects.requireNonNull(table(operator.prefix()))[operator.code()] = operator;
    }
  }

  private final int opcode;
  private final String mnemonic;
  private final Family family;
  private final Immediate immediate;
  private final @Nullable Feature feature;
  private final boolean fixedSignature;
  private final int[] params;
  private final int[] results;
  private final int accessBytes;
  private final int laneCount;

  Operator(
      int opcode,
      String mnemonic,
      Family family,
      Immediate immediate,
      @Nullable String signature,
      int accessBytes,
      @Nullable Feature feature) {
    this.opcode = opcode;
    this.mnemonic = mnemonic;
    this.family = family;
    this.immediate = immediate;
    this.feature = family == VECTOR && feature == null ? Feature.SIMD : feature;
    this.fixedSignature = signature != null;
    OperandTypes types = OperandTypes.of(signature == null ? ">" : signature);
    this.params = types.params;
    this.results = types.results;
    this.accessBytes = accessBytes;
    this.laneCount = lanes(immediate, mnemonic, accessBytes);
  }

  Operator(int opcode, String mnemonic, Family family) {
    this(opcode, mnemonic, family, Immediate.NONE, null, 0, null);
  }

  Operator(int opcode, String mnemonic, Family family, Feature feature) {
    this(opcode, mnemonic, family, Immediate.NONE, null, 0, feature);
  }

  Operator(int opcode, String mnemonic, Family family, Immediate immediate) {
    this(opcode, mnemonic, family, immediate, null, 0, null);
  }

  Operator(int opcode, String mnemonic, Family family, Immediate immediate, Feature feature) {
    this(opcode, mnemonic, family, immediate, null, 0, feature);
  }

  Operator(int opcode, String mnemonic, Family family, String signature) {
    this(opcode, mnemonic, family, Immediate.NONE, signature, 0, null);
  }

  Operator(int opcode, String mnemonic, Family family, String signature, Feature feature) {
    this(opcode, mnemonic, family, Immediate.NONE, signature, 0, feature);
  }

  Operator(int opcode, String mnemonic, Family family, Immediate immediate, String signature) {
    this(opcode, mnemonic, family, immediate, signature, 0, null);
  }

  Operator(
      int opcode,
      String mnemonic,
      Family family,
      Immediate immediate,
      String signature,
      int accessBytes) {
    this(opcode, mnemonic, family, immediate, signature, accessBytes, null);
  }

  Operator(
      int opcode,
      String mnemonic,
      Family family,
      Immediate immediate,
      String signature,
      Feature feature) {
    this(opcode, mnemonic, family, immediate, signature, 0, feature);
  }

  /** The opcode: the byte, or {@code prefix << 16 | code}. */
  public int opcode() {
    return opcode;
  }

  /** The prefix byte, or 0. */
  public int prefix() {
    return opcode >>> 16;
  }

  /** The code without the prefix. */
  public int code() {
    return opcode & 0xFFFF;
  }

  /** The name in the text format. */
  public String mnemonic() {
    return mnemonic;
  }

  public Family family() {
    return family;
  }

  public Immediate immediate() {
    return immediate;
  }

  /** The feature that introduced the instruction, or null if it was always there. */
  public @Nullable Feature feature() {
    return feature;
  }

  /** Whether it calls a function, and comes back or not. */
  public boolean isCall() {
    return switch (this) {
      case CALL, CALL_INDIRECT, CALL_REF -> true;
      case RETURN_CALL, RETURN_CALL_INDIRECT, RETURN_CALL_REF -> true;
      default -> false;
    };
  }

  /**
   * Whether operands and results depend on nothing but the operator (and the memory's index type).
   */
  public boolean hasFixedSignature() {
    return fixedSignature;
  }

  public int paramCount() {
    return params.length;
  }

  /** The {@link TypeCode} of an operand, the deepest first. */
  public int param(int i) {
    return params[i];
  }

  /** The number of results of a fixed signature. */
  public int resultCount() {
    return results.length;
  }

  /** The {@link TypeCode} of a result. */
  public int result(int i) {
    return results[i];
  }

  /** The number of bytes that a load or store accesses, otherwise 0. */
  public int accessBytes() {
    return accessBytes;
  }

  /** The logarithm of the natural, and largest allowed, alignment of a load or store. */
  public int naturalAlignLog2() {
    return Integer.numberOfTrailingZeros(accessBytes);
  }

  /** Lane indexes in the immediates must be below this; 0 if there are none. */
  public int laneCount() {
    return laneCount;
  }

  /** The operator of an unprefixed opcode byte, or null. */
  public static @Nullable Operator plain(int opcodeByte) {
    return PLAIN[opcodeByte];
  }

  /** Whether a byte is the prefix of opcodes rather than an opcode. */
  public static boolean isPrefix(int opcodeByte) {
    return opcodeByte >= 0xFB && opcodeByte <= 0xFE;
  }

  /** The operator of a prefixed code, or null. */
  public static @Nullable Operator prefixed(int prefix, int code) {
    @Nullable Operator[] operators = prefix == 0 ? null : table(prefix);
    return operators != null && code >= 0 && code < operators.length ? operators[code] : null;
  }

  @Override
  public String toString() {
    return mnemonic;
  }

  /** The operators of a prefix by code, those without one for 0, or null. */
  private static @Nullable Operator @Nullable [] table(int prefix) {
    return switch (prefix) {
      case 0 -> PLAIN;
      case 0xFB -> PREFIX_FB;
      case 0xFC -> PREFIX_FC;
      case 0xFD -> PREFIX_FD;
      case 0xFE -> PREFIX_FE;
      default -> null;
    };
  }

  /** A lane instruction's name starts with its shape, as in {@code i16x8}. */
  private static int lanes(Immediate immediate, String mnemonic, int accessBytes) {
    return switch (immediate) {
      case LANE_INDEX ->
          Integer.parseInt(mnemonic, mnemonic.indexOf('x') + 1, mnemonic.indexOf('.'), 10);
      case LANE_INDICES -> 32;
      case MEMARG_LANE -> 16 / accessBytes;
      default -> 0;
    };
  }
}
