/** The command line: a command a class, each of them a thin layer over the public API. */
@NullMarked
package dev.tazza.cli;

import org.jspecify.annotations.NullMarked;
