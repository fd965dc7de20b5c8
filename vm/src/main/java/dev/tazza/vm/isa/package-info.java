/**
 * What the runtime must know of the processor. All that depends on it is in a package for each
 * instruction set; the rest of the runtime goes through this one.
 */
@NullMarked
package dev.tazza.vm.isa;

import org.jspecify.annotations.NullMarked;
