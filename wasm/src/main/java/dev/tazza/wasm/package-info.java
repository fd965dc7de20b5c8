/**
 * What every part of the module shares: the family of errors and the set of language features.
 *
 * <p>A module comes in as bytes or text and goes out as a decoded, validated {@code WasmModule}:
 *
 * <ul>
 *   <li>{@code text} turns the text format into the binary one;
 *   <li>{@code binary} decodes bytes into the model of {@code module}, using the types of {@code
 *       type};
 *   <li>{@code validate} checks the typing rules, function by function;
 *   <li>{@code operator} is the table of all instructions that all of them work from.
 * </ul>
 *
 * <p>Start reading at {@link dev.tazza.wasm.WasmException}.
 */
@NullMarked
package dev.tazza.wasm;

import org.jspecify.annotations.NullMarked;
