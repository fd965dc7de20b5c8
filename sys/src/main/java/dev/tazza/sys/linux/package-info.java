/**
 * Linux behind {@link dev.tazza.sys.Os}: raw system calls, no libc wrapper in between but for
 * finding symbols. What depends on the processor is behind {@link
 * dev.tazza.sys.linux.LinuxMachine}, in a package for each.
 */
@NullMarked
package dev.tazza.sys.linux;

import org.jspecify.annotations.NullMarked;
