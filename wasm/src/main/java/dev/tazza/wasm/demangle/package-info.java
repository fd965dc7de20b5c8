/**
 * The names of functions as their authors wrote them. Linkers know functions of Rust and C++ by
 * names that say types and scopes in a code of their own, the <i>mangled</i> names; {@link
 * dev.tazza.wasm.demangle.Demangler} turns them back.
 *
 * <p>In comes any text, from a module that nobody trusts; out comes text that is bounded in length
 * and can be printed anywhere. What is no mangled name, or uses a form that is not known here,
 * stays as it is. Nothing has state: everything is thread-safe.
 *
 * <p>Start reading at {@link dev.tazza.wasm.demangle.Demangler}. {@code RustV0} writes while it
 * reads; C++ needs a tree between ({@code CxxNode}), because a declaration goes around the name.
 */
@NullMarked
package dev.tazza.wasm.demangle;

import org.jspecify.annotations.NullMarked;
