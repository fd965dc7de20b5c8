/**
 * Instances in slots that exist beforehand: what an instance consists of is taken from pools of
 * fixed size and given back to them, so that making one takes hardly a system call, and all of them
 * together take no more than was said. {@link dev.tazza.vm.pool.PoolingAllocator} is the whole.
 *
 * <pre>
 *   contexts  │ slot │ slot │ …                 {@link dev.tazza.vm.pool.BlockPool}, one mapping
 *   tables    │ slot │ slot │ …                 another one
 *   memories  guard │ slot │ guard │ slot │ …   {@link dev.tazza.vm.pool.MemoryPool}, one reservation
 *   stacks    {@link dev.tazza.vm.call.GuestStackPool}, which has an upper bound then
 * </pre>
 *
 * <p>A slot is <em>warm</em> when something is mapped or resident in it, <em>cold</em> otherwise.
 * Whichever it is: a free slot holds nothing of what its last user wrote. Contents are set back
 * when a slot is released, before anybody can take it; where that means giving pages back, it may
 * wait in a {@link dev.tazza.vm.pool.DecommitQueue} first, where nobody can take it either.
 *
 * <p>An instance has at most as many memories and tables as there are slots for each instance. So
 * who got a context finds slots for all else: only contexts and stacks can be exhausted ({@link
 * dev.tazza.vm.call.Permits}).
 *
 * <p>The names are those of Wasmtime's pooling allocator, and so is the idea of slots with
 * affinity.
 */
@NullMarked
package dev.tazza.vm.pool;

import org.jspecify.annotations.NullMarked;
