/**
 * How guest code is brought to a stop from outside: by another thread, while it runs.
 *
 * <p>Compiled code <em>polls</em> at loop heads and where functions begin: it compares its stack
 * pointer with the limit in the store context, which a function that calls has to do anyway. A
 * {@link dev.tazza.vm.interrupt.PollRequest} moves that limit above all stacks. The next poll then
 * leaves the guest with all its registers parked ({@link dev.tazza.environ.ExitReason#POLL}), on the
 * thread that called it, and there it is decided whether it goes on.
 *
 * <p>Who raises requests: the {@link dev.tazza.vm.interrupt.EpochClock} for the stores whose
 * deadline has come; timers; whoever finds that the calling thread was interrupted. A request says
 * nothing of its reason: the one who handles the poll looks at all of them, so that a request too
 * many costs a moment and never a wrong decision.
 */
@NullMarked
package dev.tazza.vm.interrupt;

import org.jspecify.annotations.NullMarked;
