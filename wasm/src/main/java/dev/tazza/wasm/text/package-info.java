/**
 * The text format: modules ({@code .wat}), test scripts ({@code .wast}), and back to text.
 *
 * <pre>
 *   text → Lexer → Tokens → Declarations → WatParser ─→ Sections → binary, TextPositions
 *                     │          (identifiers, types)  ├ TypeParser
 *                     │                                ├ ExpressionParser → ImmediateParser
 *                     │                                └ SegmentParser
 *                     └───→ WastParser → WastCommands
 *   WasmModule → WatPrinter → text
 * </pre>
 *
 * <p>In comes text, out comes a binary: the parser knows the grammar and the index spaces, and
 * nothing of validation. Everything is decoded and validated by the one path that binaries take;
 * {@link dev.tazza.wasm.text.TextPositions} leads from an offset in the binary back to line and
 * column.
 *
 * <p>Invariants: work is linear in the size of the text; nothing recurses with the depth of the
 * text; every error is a {@link dev.tazza.wasm.MalformedException} that begins with line and
 * column. A new instruction is a row of {@link dev.tazza.wasm.operator.Operator}; a new kind of
 * immediate is an arm in {@code ImmediateParser} and one in {@code InstructionPrinter}.
 *
 * <p>Start reading at {@link dev.tazza.wasm.text.Wat}.
 */
@NullMarked
package dev.tazza.wasm.text;

import org.jspecify.annotations.NullMarked;
