/**
 * What compiled code addresses besides its stack and context: linear memories, tables, and the
 * handles that stand for Java objects in them.
 *
 * <p>Each memory and table has a <em>definition</em> in native memory, {base, length}, that
 * compiled code reads (offsets in {@link dev.tazza.environ.VmLayout}). It lies in the context of
 * the instance that defines the thing; importing instances point to it. Growth updates it.
 *
 * <p>Nothing here is thread-safe: a store is used by one thread at a time.
 */
@NullMarked
package dev.tazza.vm.memory;

import org.jspecify.annotations.NullMarked;
