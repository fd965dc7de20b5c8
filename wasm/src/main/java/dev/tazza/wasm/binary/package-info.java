/**
 * The binary format (specification, chapter 5): decoding, and the primitives to write it.
 *
 * <p>Readers never trust a count or a size: what they allocate is bounded by the bytes that are
 * really there, nothing recurses, and every fault is a {@link dev.tazza.wasm.WasmException} with
 * the offset of the byte in question.
 *
 * <p>Bytes come into {@link dev.tazza.wasm.binary.ModuleDecoder} and a {@link
 * dev.tazza.wasm.module.WasmModule} comes out, its function bodies delimited but unread. {@link
 * dev.tazza.wasm.binary.BinaryReader} reads primitives and {@link
 * dev.tazza.wasm.binary.OperatorReader} instructions; {@link dev.tazza.wasm.binary.BinaryWriter} is
 * the reverse of the former.
 */
@NullMarked
package dev.tazza.wasm.binary;

import org.jspecify.annotations.NullMarked;
