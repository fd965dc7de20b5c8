/**
 * Java source for a module's exports and imports. In: a module as decoded; out: the text of one
 * class. Start with {@link dev.tazza.cli.bindings.JavaBindings}.
 */
@NullMarked
package dev.tazza.cli.bindings;

import org.jspecify.annotations.NullMarked;
