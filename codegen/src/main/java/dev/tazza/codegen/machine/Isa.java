package dev.tazza.codegen.machine;

import dev.tazza.codegen.Settings;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.Function;

/**
 * A target: everything in the compiler that depends on the instruction set. Implementations are
 * stateless and safe for use from several threads.
 *
 * @param <I> the target's instructions
 */
public interface Isa<I> {
  /** Short name, such as {@code x64}. */
  String name();

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
   * The instruction as text, for dumps and tests.
   *
   * @param operands texts for its operands in order: virtual registers or their places
   */
  String print(I inst, String[] operands);
}
