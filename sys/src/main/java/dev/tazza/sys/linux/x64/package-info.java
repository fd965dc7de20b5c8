/**
 * Linux on x86-64: numbers of system calls, layouts, signal frames, and the few instructions that
 * system calls and threads take. Start with {@link dev.tazza.sys.linux.x64.X64Machine}.
 */
@NullMarked
package dev.tazza.sys.linux.x64;

import org.jspecify.annotations.NullMarked;
