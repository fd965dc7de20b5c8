/**
 * Modules mapped as code, stores and instances: what the public API wraps. {@link
 * dev.tazza.vm.instance.VmStore} is the center; {@link dev.tazza.vm.instance.Instantiation} shows
 * how an instance comes to be.
 *
 * <p>Nothing here is thread-safe unless it says so: a store and all that belongs to it is used by
 * one thread at a time, which the API above checks.
 *
 * <p><b>Who keeps what.</b> An arrow is a use that is counted, or a part that is freed with its
 * owner. What is pointed to stays as long as an arrow leads to it:
 *
 * <pre>
 *   dev.tazza.Module ──▶ LoadedModule ──▶ CodeBlock, MemoryImages
 *                             ▲      └──▶ types in the TypeRegistry ──▶ trampolines
 *              each instance  │                      ▲
 *   dev.tazza.Store ──▶ VmStore ─────────────────────┘ of host functions as references
 *                             └──▶ StoreResources: CallSpace (store context, guest stack), contexts
 *                                  of instances, host function references, tables, LinearMemories
 *
 *   dev.tazza.Engine ──▶ idle stacks of the GuestStackPool, idle regions of the MemoryRegions
 *                   └──▶ PoolingAllocator, if there is one, which each VmStore uses, too
 * </pre>
 *
 * Nothing leads to an engine: it can be closed at any time, and what its modules and stores have
 * from it comes back to pools that keep nothing any more. Whatever guest code can reach is kept by
 * its store: code through the instances, and trampolines through the types of those or of the
 * references. So closing, in any order, never takes anything from code that runs: the store is the
 * last to go, and it refuses while somebody is inside.
 */
@NullMarked
package dev.tazza.vm.instance;

import org.jspecify.annotations.NullMarked;
