package dev.tazza.environ.artifact;

import java.nio.ByteBuffer;

/**
 * An artifact whose file is mapped to be read.
 *
 * @param bytes the artifact, from its start to its end
 * @param descriptor of the file; open as long as the module is being loaded
 * @param offset where in the file the artifact begins, at a page
 */
public record MappedArtifact(ByteBuffer bytes, int descriptor, long offset) {}
