/**
 * Shows guest code to debuggers by GDB's interface for compilers (<i>Debugging with GDB</i>, "JIT
 * Compilation Interface"): the process has a list of ELF files in memory, each with symbols and
 * DWARF for code at fixed addresses, and calls an empty function when the list changes, at which
 * the debugger has a breakpoint.
 *
 * <p>Debuggers find list and function by their names in a shared object. There is no native library
 * of ours, so {@link dev.tazza.vm.debug.DebuggerLibrary} writes one, which is loaded from a file in
 * memory. In comes a {@link dev.tazza.vm.instance.LoadedModule}; {@link
 * dev.tazza.vm.debug.DebugImage} makes the ELF file of it, with the debug information that {@code
 * dev.tazza.vm.debug.dwarf} writes, {@link dev.tazza.vm.debug.Debuggers} keeps the list.
 * Thread-safe.
 */
@NullMarked
package dev.tazza.vm.debug;

import org.jspecify.annotations.NullMarked;
