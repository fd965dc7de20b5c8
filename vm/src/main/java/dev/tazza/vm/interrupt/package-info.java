/**
 * How guest code is brought to a stop from outside: by another thread, while it runs.
 *
 * <p>A {@link dev.tazza.vm.interrupt.StopRequest} is noted in the store context, where the entry
 * stub looks at it, and stops code that is running
 *
 * <ul>
 *   <li>by a <em>signal</em> to its thread: the handler leaves the guest wherever it is, with all
 *       its registers parked ({@link dev.tazza.environ.ExitReason#STOPPED}). Code needs nothing for
 *       it. A signal that comes at a bad moment does nothing; the {@link
 *       dev.tazza.vm.interrupt.Stopper} repeats it;
 *   <li>or, where signals are unwanted, by <em>polls</em> at loop heads and function entries: code
 *       compares its stack pointer with the limit in the store context, which functions that call
 *       have to do anyway, and the request moves that limit above all stacks ({@link
 *       dev.tazza.environ.ExitReason#POLL}).
 * </ul>
 *
 * <p>Either way Java goes on, on the thread that called the guest, and decides there whether that
 * goes on.
 *
 * <p>Who raises requests: the {@link dev.tazza.vm.interrupt.EpochClock} for the stores whose
 * deadline has come; timers; whoever finds that the calling thread was interrupted. A request says
 * nothing of its reason: the {@link dev.tazza.vm.interrupt.StopHandler} looks at all of them, so
 * that a request too many costs a moment and never a wrong decision.
 */
@NullMarked
package dev.tazza.vm.interrupt;

import org.jspecify.annotations.NullMarked;
