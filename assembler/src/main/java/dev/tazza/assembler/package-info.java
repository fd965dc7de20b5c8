/**
 * Machine code as bytes: labels, branches that are as short as they can be, padding. What knows
 * instructions is in a package for each instruction set.
 *
 * <p>Two use it: the compiler's emitters, and the runtime for the stubs that it writes by hand.
 * Start with {@link dev.tazza.assembler.CodeBuffer}.
 */
@NullMarked
package dev.tazza.assembler;

import org.jspecify.annotations.NullMarked;
