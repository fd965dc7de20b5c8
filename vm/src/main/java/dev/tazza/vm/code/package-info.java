/**
 * Where compiled code lives: one reserved address range for the whole process, so that "was this pc
 * guest code?" is two comparisons, also in the signal handler, and relative calls reach everything.
 *
 * <p>Start with {@link dev.tazza.vm.code.CodeRange}; a compiled module owns one {@link
 * dev.tazza.vm.code.CodeBlock}. Invariant: no page is ever writable and executable at once.
 */
@NullMarked
package dev.tazza.vm.code;

import org.jspecify.annotations.NullMarked;
