/**
 * Runs the specification's test scripts ({@code .wast}) through the public API: {@link
 * dev.tazza.cli.wast.WastRunner}.
 */
@NullMarked
package dev.tazza.cli.wast;

import org.jspecify.annotations.NullMarked;
