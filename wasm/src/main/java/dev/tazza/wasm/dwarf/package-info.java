/**
 * Source positions of a module, from the DWARF that compilers put into its custom sections.
 *
 * <p>In come the sections {@code .debug_*}; {@link dev.tazza.wasm.dwarf.SourceMap} answers where in
 * the source an instruction is from, and into which functions it was inlined before the module was
 * made. Versions 2 to 5 of DWARF are read, of 32 and 64 bits. Addresses in it are byte offsets in
 * the contents of the code section. Of a unit in a file of its own, or in a package of such files,
 * {@link dev.tazza.wasm.dwarf.SplitUnits} joins both parts.
 *
 * <p>Nothing here is needed to run a module, and compilers make mistakes: what cannot be understood
 * is left out, and is never an error.
 *
 * <p>Start reading at {@code SourceMap}. The standard is "DWARF Debugging Information Format,
 * Version 5", 2017; its use in modules is "DWARF for WebAssembly" of the WebAssembly tool
 * conventions.
 */
@NullMarked
package dev.tazza.wasm.dwarf;

import org.jspecify.annotations.NullMarked;
