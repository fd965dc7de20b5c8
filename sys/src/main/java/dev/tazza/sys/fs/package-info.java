/**
 * File, socket and clock calls for the WASI implementation: the seam for systems like POSIX. What
 * implements it is in a package for each system.
 *
 * <p>In: descriptors, paths as bytes, native memory, constants of {@link dev.tazza.sys.fs.Posix}.
 * Out: the kernel's result or a negated {@code errno} of these; nothing here throws for what the
 * kernel refuses. {@link dev.tazza.sys.fs.Kernel} is the start: it gives the calls, grouped by what
 * they act on ({@link dev.tazza.sys.fs.FileCalls}, {@link dev.tazza.sys.fs.PathCalls}, {@link
 * dev.tazza.sys.fs.SocketCalls}). {@link dev.tazza.sys.fs.Beneath} is the security part: it opens
 * paths that cannot leave a directory.
 *
 * <p>Invariants: every descriptor is opened close-on-exec; a {@code Kernel} and what comes from it
 * are used by one thread at a time; memory handed to a call outlives it.
 */
@NullMarked
package dev.tazza.sys.fs;

import org.jspecify.annotations.NullMarked;
