/**
 * From a validated WebAssembly module to machine code. {@link dev.tazza.translate.ModuleCompiler}
 * is the one entry and shows the steps; {@code FunctionTranslator} is where wasm operators become
 * SSA instructions.
 *
 * <p>What comes in is valid: nothing here reports errors of the module. What goes out is a {@link
 * dev.tazza.environ.CompiledModule}, the same for the same input whatever the number of threads.
 */
@NullMarked
package dev.tazza.translate;

import org.jspecify.annotations.NullMarked;
