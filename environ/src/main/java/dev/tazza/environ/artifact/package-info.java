/**
 * Compiled modules as files. {@link dev.tazza.environ.artifact.Artifact} writes and reads them; the
 * container is ELF, so that {@code objdump}, {@code gdb} and {@code perf} understand it.
 *
 * <p>What decides whether an artifact fits an engine is its {@link
 * dev.tazza.environ.artifact.Origin}: digests of the layouts and of the code generator, options,
 * features. A refusal names what differs.
 *
 * <p>Reading is one pass from the start to the end of a stream, and nothing refers to the file
 * afterwards; or the file is mapped, and most of it stays there. It believes nothing that a
 * checksum, a version or a bound can check: the checksums cover every byte, and a module comes out
 * only when all of them are right. What a pc means is looked up, and the row checked, when somebody
 * asks; a failure then is a bug of whatever wrote the file. Checksums are no signature: code in an
 * artifact runs as it is, so only artifacts from a trusted place may be loaded.
 */
@NullMarked
package dev.tazza.environ.artifact;

import org.jspecify.annotations.NullMarked;
