/**
 * The debug information of machine code (DWARF 4). In comes a {@link
 * dev.tazza.vm.instance.LoadedModule}, out go the sections ({@link
 * dev.tazza.vm.debug.dwarf.DwarfSections}): functions and lines of all modules, and for those that
 * have DWARF themselves a translation of it, with variables and their types.
 *
 * <p>What changes in the translation:
 *
 * <ul>
 *   <li>Ranges of code are looked up in the address map ({@link
 *       dev.tazza.vm.debug.dwarf.FunctionCode}).
 *   <li>Where variables are: an address in memory becomes the same offset from where the memory
 *       begins, which the instance's context tells; a local is read where the frame keeps it, if it
 *       does ({@link dev.tazza.vm.debug.dwarf.ExpressionTranslator}). The frame base of each
 *       function is where its frame keeps these, of which the first is the context. What is not
 *       kept, debuggers show as optimized out.
 *   <li>Pointers hold offsets in the memory, which a debugger takes for addresses. So what they
 *       point to is a copy of its type that says where the data of a value is in truth ({@code
 *       DW_AT_data_location}, {@link dev.tazza.vm.debug.dwarf.Pointees}): that much of the standard
 *       gdb understands, and no code has to run for it.
 * </ul>
 *
 * <p>Start reading at {@code DwarfSections}. Wrong input gives less information and is no error.
 */
@NullMarked
package dev.tazza.vm.debug.dwarf;

import org.jspecify.annotations.NullMarked;
