/**
 * What the runtime must know of the processor: {@link dev.tazza.vm.isa.Processor} has all that
 * depends on it, with an implementation in a package for each instruction set. Another one is such
 * a package and a row in the table of {@code Processor.Host}.
 *
 * <p>{@link dev.tazza.vm.isa.Stub} says what the stubs are, {@link dev.tazza.vm.isa.Stubs} has
 * those of the process. What depends on the system as well, where signal handlers find registers,
 * comes from {@link dev.tazza.sys.Os}.
 */
@NullMarked
package dev.tazza.vm.isa;

import org.jspecify.annotations.NullMarked;
