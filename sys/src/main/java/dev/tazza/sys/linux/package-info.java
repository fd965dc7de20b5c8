/**
 * Linux behind {@link dev.tazza.sys.Os}: raw system calls (kernel structures and numbers of
 * x86-64), no libc wrapper in between but for finding symbols.
 */
@NullMarked
package dev.tazza.sys.linux;

import org.jspecify.annotations.NullMarked;
