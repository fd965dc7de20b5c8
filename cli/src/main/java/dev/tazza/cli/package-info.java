/**
 * The {@code tazza} command: {@link dev.tazza.cli.Main} and a class for each subcommand, all on top
 * of the public API.
 */
@NullMarked
package dev.tazza.cli;

import org.jspecify.annotations.NullMarked;
