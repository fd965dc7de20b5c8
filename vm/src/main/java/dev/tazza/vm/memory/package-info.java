/**
 * What compiled code addresses besides its stack and context: linear memories, tables, and the
 * handles that stand for Java objects in them.
 *
 * <p>Each memory and table has a <em>definition</em> in native memory, {base, length}, that
 * compiled code reads (offsets in {@link dev.tazza.environ.VmLayout}). It lies in the context of
 * the instance that defines the thing; importing instances point to it. Growth updates it.
 *
 * <p>A store is used by one thread at a time, and what is here is not thread-safe, but for what
 * shared memories need: the length and growth of a {@link dev.tazza.vm.memory.LinearMemory} that
 * does not move, and those that wait in it ({@link dev.tazza.vm.memory.ParkingLot}).
 */
@NullMarked
package dev.tazza.vm.memory;

import org.jspecify.annotations.NullMarked;
