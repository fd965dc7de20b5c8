/**
 * File, socket and clock calls of Linux for the WASI implementation.
 *
 * <p>In: descriptors, paths as bytes, native memory. Out: the kernel's result or its negated {@code
 * errno}; nothing here throws for what the kernel refuses. {@link dev.tazza.sys.fs.Kernel} is the
 * start: it owns the scratch memory and gives the calls, grouped by what they act on ({@link
 * dev.tazza.sys.fs.FileCalls}, {@link dev.tazza.sys.fs.PathCalls}, {@link
 * dev.tazza.sys.fs.SocketCalls}). {@link dev.tazza.sys.fs.Beneath} is the security part: it opens
 * paths that cannot leave a directory.
 *
 * <p>Invariants: every descriptor is opened close-on-exec; a {@code Kernel} and what comes from it
 * are used by one thread at a time; memory handed to a call outlives it.
 */
@NullMarked
package dev.tazza.sys.fs;

import org.jspecify.annotations.NullMarked;
