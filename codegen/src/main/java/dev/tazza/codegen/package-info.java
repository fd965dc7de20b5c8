/**
 * The compiler: a function in SSA form goes in, machine code comes out.
 *
 * <p>Start at {@link dev.tazza.codegen.Compiler#compile}, one method that shows every stage. The
 * optimizations it runs are data: {@link dev.tazza.codegen.PassList}. Whoever wants to look on
 * (dumps, timing, the verifier, tests) implements {@link dev.tazza.codegen.Observer}.
 */
@NullMarked
package dev.tazza.codegen;

import org.jspecify.annotations.NullMarked;
