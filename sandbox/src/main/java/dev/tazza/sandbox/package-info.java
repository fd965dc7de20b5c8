/** The proof that compiled code stays in its sandbox. */
@NullMarked
package dev.tazza.sandbox;

import org.jspecify.annotations.NullMarked;
