/**
 * File, socket and clock calls of Linux, behind the interfaces of {@link dev.tazza.sys.fs}.
 *
 * <p>Start with {@link dev.tazza.sys.linux.fs.LinuxKernel}: it owns the native memory for
 * structures and paths. Invariants: every descriptor is opened close-on-exec; memory handed to a
 * call outlives it.
 */
@NullMarked
package dev.tazza.sys.linux.fs;

import org.jspecify.annotations.NullMarked;
