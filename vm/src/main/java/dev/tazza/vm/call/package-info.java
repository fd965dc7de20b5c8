/**
 * The way into guest code and out of it.
 *
 * <p>Guest code never calls Java. It runs on a stack of its own and <em>exits</em>: it leaves a
 * reason in the store context, is parked, and the downcall that entered it returns. {@link
 * dev.tazza.vm.call.CallLoop} serves the request and resumes. So no native frame is on the Java
 * stack while a host function runs: it may block a virtual thread without pinning it, throw
 * through, or enter the guest again, further down the same guest stack.
 *
 * <p>Start with {@link dev.tazza.vm.call.CallLoop} (one per store) and {@link
 * dev.tazza.vm.call.ExitHandler} (what the layer above implements). Below them: {@link
 * dev.tazza.vm.call.GuestStack} and its pool, the machine code of {@code dev.tazza.vm.isa}, {@link
 * dev.tazza.vm.call.TrapSignals} and {@link dev.tazza.vm.call.Backtrace}.
 *
 * <p>Invariants: one thread at a time uses a call loop (the caller sees to it).
 */
@NullMarked
package dev.tazza.vm.call;

import org.jspecify.annotations.NullMarked;
