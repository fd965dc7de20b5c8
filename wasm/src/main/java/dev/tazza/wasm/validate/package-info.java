/**
 * Validation (specification, chapter 3 and appendix A.3): which decoded modules are valid.
 *
 * <p>{@link dev.tazza.wasm.validate.ModuleValidator} is where to start. It checks everything
 * outside function bodies itself; bodies are decoded and checked in one walk by {@link
 * dev.tazza.wasm.validate.FunctionValidator}s, one per thread, all reading the same {@code
 * ModuleContext}. In a body, value types are {@link dev.tazza.wasm.type.TypeCode}s on the {@code
 * TypeStack}, which also holds the open blocks; nothing is allocated per instruction.
 *
 * <p>Instructions are handled by family. Those whose operands and results are fixed, the great
 * majority, are checked by their row in the operator table alone.
 *
 * <p>Messages begin with the phrase that the specification's test scripts expect, then say what was
 * expected, what was found and where.
 */
@NullMarked
package dev.tazza.wasm.validate;

import org.jspecify.annotations.NullMarked;
