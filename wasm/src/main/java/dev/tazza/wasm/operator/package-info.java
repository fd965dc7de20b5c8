/**
 * The table of WebAssembly's instructions: {@link dev.tazza.wasm.operator.Operator}, one row each
 * with its opcode, name, family, immediates and stack signature. Decoder, validator, text format,
 * printer and compiler all work from this table; a new instruction is a new row first. The table
 * knows nothing of their work.
 */
@NullMarked
package dev.tazza.wasm.operator;

import org.jspecify.annotations.NullMarked;
