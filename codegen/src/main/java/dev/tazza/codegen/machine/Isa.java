package dev.tazza.codegen.machine;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;
import java.util.List;

/**
 * A target: everything in the compiler that depends on the instruction set. Implementations are
 * stateless and safe for use from several threads.
 *
 * @param <I> the target's instructions
 */
public interface Isa<I> {
  /** Short name, such as {@code x64}. */
  String name();

  /** What code may use beyond the least that is supported, where {@link Settings} allow it. */
  List<CpuFeature> features();

  /** The registers that the allocator may use. */
  RegisterFile registers(Settings settings);

  /**
   * Selects instructions. The blocks of {@code function} are in their final order and have no
   * critical edges, all of them are reachable; the function is not changed.
   *
   * @param analyses of {@code function}; loops give the blocks' depths
   */
  VCode<I> lower(Function function, Analyses analyses, Settings settings);

  /** Writes out the code of {@code function}, with its frame and the allocator's moves. */
  MachineCode emit(Function function, VCode<I> code, Allocation allocation, Settings settings);

  /**
   * Has a direct call in a text go to another place in it.
   *
   * @param at one of {@link MachineCode#callOffsets}, in the text
   * @param target offset of a function
   */
  void linkCall(byte[] text, int at, int target);

  /** Fills a text with instructions that trap: for between the functions. */
  void fillWithTraps(byte[] text);

  /**
   * The instruction as text, for dumps and tests.
   *
   * @param operands texts for its operands in order: virtual registers or their places
   */
  String print(I inst, String[] operands);

  /** What the manuals call a {@link PReg}. */
  String registerName(int preg);
}
