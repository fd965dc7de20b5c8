/**
 * Modules among the sources of a project: {@link dev.tazza.cli.build.SourceModule} finds them,
 * {@link dev.tazza.cli.build.BuildTarget} is what they are compiled for, {@link
 * dev.tazza.cli.build.BuildState} knows what need not be made again. Of engines it knows nothing:
 * the command {@code tazza build} brings the two together, and all build tools run that.
 */
@NullMarked
package dev.tazza.cli.build;

import org.jspecify.annotations.NullMarked;
