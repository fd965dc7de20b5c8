/**
 * The Maven plugin: {@link dev.tazza.maven.CompileMojo} and {@link dev.tazza.maven.BindingsMojo}.
 * Both run {@code tazza build} in a JVM of its own, because Maven's may be an older one; what that
 * does is nothing of Maven's.
 */
@NullMarked
package dev.tazza.maven;

import org.jspecify.annotations.NullMarked;
