/**
 * The model of a decoded module: {@link dev.tazza.wasm.module.WasmModule} and the parts it consists
 * of.
 *
 * <p>A decoder builds it once through {@link dev.tazza.wasm.module.WasmModuleBuilder}; from then on
 * it is immutable and any thread may read it. Function bodies, data and custom sections are not
 * copied: they are ranges of the one array of bytes that the module was decoded from. Offsets
 * always count from the start of that array. The model alone says nothing about validity.
 */
@NullMarked
package dev.tazza.wasm.module;

import org.jspecify.annotations.NullMarked;
