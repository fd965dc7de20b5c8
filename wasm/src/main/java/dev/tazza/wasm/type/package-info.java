/**
 * The types of WebAssembly (specification, section 2.3), as immutable values.
 *
 * <p>Every value type has two forms: an object ({@link dev.tazza.wasm.type.ValType}), for models
 * and messages, and an {@code int} ({@link dev.tazza.wasm.type.TypeCode}), for stacks and tables
 * that are touched once per instruction. They convert into each other without loss. Start reading
 * at {@code ValType}.
 */
@NullMarked
package dev.tazza.wasm.type;

import org.jspecify.annotations.NullMarked;
