/**
 * Tests about the project as a whole. {@link dev.tazza.check.ArchitectureTest} reads the class
 * files of all modules and holds them against the tables in {@link dev.tazza.check.Architecture};
 * the others keep the documents and commands true.
 */
@NullMarked
package dev.tazza.check;

import org.jspecify.annotations.NullMarked;
