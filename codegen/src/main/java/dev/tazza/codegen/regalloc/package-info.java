/** Register allocation: see {@link dev.tazza.codegen.regalloc.SsaAllocator}. */
@NullMarked
package dev.tazza.codegen.regalloc;

import org.jspecify.annotations.NullMarked;
