/**
 * The runtime's part of x86-64: the stubs between Java and guest code, and the signal handlers.
 *
 * <p>Start with {@link dev.tazza.vm.isa.x64.StubCode}.
 */
@NullMarked
package dev.tazza.vm.isa.x64;

import org.jspecify.annotations.NullMarked;
