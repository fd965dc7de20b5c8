/**
 * Compiled modules as files. {@link dev.tazza.environ.artifact.Artifact} writes and reads them; the
 * container is ELF, so that {@code objdump}, {@code gdb} and {@code perf} understand it.
 *
 * <p>Reading believes nothing that a checksum, a version or a bound can check, and the checksum is
 * no signature: code in an artifact runs as it is, so only artifacts from a trusted place may be
 * loaded.
 */
@NullMarked
package dev.tazza.environ.artifact;

import org.jspecify.annotations.NullMarked;
