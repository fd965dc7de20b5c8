/** Finds the files that tests share and runs programs for them. */
@NullMarked
package dev.tazza.testkit;

import org.jspecify.annotations.NullMarked;
