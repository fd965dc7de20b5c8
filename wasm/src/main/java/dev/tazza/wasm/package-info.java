/**
 * The front door, and what every part of the module shares: the family of errors and the set of
 * language features.
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
 * <p>{@link dev.tazza.wasm.ModuleReader} is the front door and where to start reading.
 */
@NullMarked
package dev.tazza.wasm;

import org.jspecify.annotations.NullMarked;
