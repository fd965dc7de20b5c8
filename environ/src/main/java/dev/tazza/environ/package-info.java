/**
 * The contract between compiled code and the runtime: where things are in native memory, how code
 * traps or exits, what a compiled module consists of. Nothing here runs anything.
 *
 * <p>Start with {@link dev.tazza.environ.StoreContext} (what the pinned register points to) and
 * {@link dev.tazza.environ.VmLayout} (what a function gets as its context). Both sides, the
 * translator and the vm, take every offset from here; and from {@link
 * dev.tazza.environ.RuntimeService} what compiled code can ask of the runtime.
 */
@NullMarked
package dev.tazza.environ;

import org.jspecify.annotations.NullMarked;
